import { createHmac } from 'node:crypto'
// The English data alone: the whole of faker costs 10 MB more.
import { faker } from '@faker-js/faker/locale/en'

/** Made-up values for real ones: the same for the same, everywhere, and nobody finds the way back without the key. */
export interface MadeUp {
  /** All of a text: addresses, numbers and each word of it. Spaces and marks stay, so it stays as long as it was. */
  readonly text: (real: string) => string
  /** For what is looked up by its whole: another's id, a hash. */
  readonly code: (real: string) => string
  /** 32 bytes in base64, for a key. */
  readonly key: (real: string) => string
  /** With as many digits before the point. */
  readonly number: (real: number) => number
  /** The path of a profile: `in/anna-berg`. */
  readonly path: (real: string) => string
}

/** Names of programs, not of people: their hosts, and the first parts of their paths. */
const knownHosts = new Set(['linkedin.com', 'x.com', 'twitter.com', 'facebook.com', 'instagram.com', 'github.com'])
const knownParts = new Set(['in', 'pub', 'company', 'school', 'showcase', 'sales', 'lead', 'people', 'mwlite', 'm'])

// Bounded, so that a long text takes no longer than it is long; what is longer is made up word by word.
const label = String.raw`[\p{L}\p{N}-]{1,63}`
const email = String.raw`[\p{L}\p{N}._%+'-]{1,64}@${label}(?:\.${label}){0,8}`
const rest = String.raw`[\/?#][^\s"'<>,;]{0,2000}`
const web = String.raw`(?:https?:\/\/)?(?:${label}\.){1,8}\p{L}{2,63}(?::\d{1,5})?(?:${rest})?`
const phone = String.raw`\+?\d[\d ()\/.-]{6,30}\d`
const word = String.raw`[\p{L}\p{N}\p{M}]{1,100}`
const parts = new RegExp(`(?<email>${email})|(?<web>${web})|(?<phone>${phone})|(?<word>${word})`, 'gu')

const lastNames = [...new Set(faker.definitions.person.last_name.generic)].map((name) => name.replace(/[^a-z]/gi, ''))
const consonants = 'bdfgklmnprstvz'
const vowels = 'aeiou'
const mostRemembered = 50_000

/** @param secret thrown away when the work is done */
export const createMadeUp = (secret: Uint8Array): MadeUp => {
  const known = new Map<string, Buffer>()
  const digest = (kind: string, real: string): Buffer => {
    const name = `${kind}:${real}`
    const found = known.get(name) ?? createHmac('sha256', secret).update(name).digest()
    if (known.size >= mostRemembered) known.clear()
    known.set(name, found)
    return found
  }

  const wordOf = (real: string): string => {
    const bytes = digest('word', real.toLowerCase())
    if (/^\p{N}+$/u.test(real)) return digitsOf(bytes, real.length)
    return inCaseOf(real, `${lastNames[bytes.readUInt32BE(0) % lastNames.length]}${syllables(bytes)}`)
  }
  const hostOf = (real: string): string => {
    const [www = '', host = ''] = real.startsWith('www.') ? ['www.', real.slice(4)] : ['', real]
    if (knownHosts.has(host)) return real
    return `${www}${slug('host', host)}.example`
  }
  const slug = (kind: string, real: string): string => {
    const bytes = digest(kind, real)
    return `${lastNames[bytes.readUInt32BE(0) % lastNames.length]?.toLowerCase()}-${bytes.toString('hex', 8, 14)}`
  }
  const partOf = (part: string): string =>
    part === '' || knownParts.has(part.toLowerCase()) ? part : slug('part', decoded(part))
  const webOf = (real: string): string => {
    const scheme = /^https?:\/\//i.exec(real)?.[0] ?? ''
    // What is asked for behind the path tells more than it is worth.
    const [place = ''] = real.slice(scheme.length).split(/[?#]/)
    const [authority = '', ...parts] = place.split('/')
    const [host = '', port] = authority.split(':')
    return [`${scheme}${hostOf(host.toLowerCase())}${port === undefined ? '' : `:${port}`}`, ...parts.map(partOf)].join(
      '/',
    )
  }
  const emailOf = (real: string): string => {
    const address = real.toLowerCase()
    const bytes = digest('email', address)
    const first = lastNames[bytes.readUInt32BE(0) % lastNames.length]?.toLowerCase()
    return `${first}.${bytes.toString('hex', 8, 13)}@${hostOf(address.slice(address.lastIndexOf('@') + 1))}`
  }
  const phoneOf = (real: string): string => {
    const bytes = digest('phone', real.replace(/\D/g, ''))
    const [area, line] = [200 + (bytes.readUInt16BE(0) % 800), String(bytes.readUInt16BE(2) % 100).padStart(2, '0')]
    return /^\+\d+$/.test(real) ? `+1${area}55501${line}` : `+1-${area}-555-01${line}`
  }
  const kindOf = (found: Readonly<Record<string, string | undefined>>, real: string): string => {
    if (found.email !== undefined) return emailOf(real)
    if (found.web !== undefined) return webOf(real)
    return found.phone === undefined ? wordOf(real) : phoneOf(real)
  }

  return {
    text: (real) => {
      let [made, from] = ['', 0]
      for (const match of real.matchAll(parts)) {
        made += real.slice(from, match.index) + kindOf(match.groups ?? {}, match[0])
        from = match.index + match[0].length
      }
      return made + real.slice(from)
    },
    code: (real) => digest('code', real).toString('hex'),
    key: (real) => digest('key', real).toString('base64'),
    number: (real) => {
      const size = Math.trunc(Math.abs(real)).toString().length
      const made = Number(digitsOf(digest('number', String(real)), Math.min(size, 15)))
      return real < 0 ? -made : made
    },
    path: (real) => real.split('/').map(partOf).join('/'),
  }
}

/** The same for `Anna` and `%41nna`. */
const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part).toLowerCase()
  } catch (thrown) {
    if (thrown instanceof URIError) return part.toLowerCase()
    throw thrown
  }
}

/** Three: with the name before them two words hardly ever become one. */
const syllables = (bytes: Buffer): string =>
  [4, 6, 8]
    .map(
      (at) =>
        `${consonants[bytes.readUInt8(at) % consonants.length]}${vowels[bytes.readUInt8(at + 1) % vowels.length]}`,
    )
    .join('')

/** The first is no 0: a number stays as long as it is. */
const digitsOf = (bytes: Buffer, count: number): string =>
  Array.from({ length: count }, (_, at) =>
    at === 0 ? 1 + ((bytes[0] ?? 0) % 9) : (bytes[at % bytes.length] ?? 0) % 10,
  ).join('')

const inCaseOf = (real: string, made: string): string => {
  if (real === real.toLowerCase()) return made.toLowerCase()
  return real.length > 1 && real === real.toUpperCase() ? made.toUpperCase() : made
}
