import { decoded, plainText } from './plain-text.ts'

/** Paths that look like a profile's and are nobody's: one's own, or what a search shows of strangers. */
const nobodys = new Set([
  'me',
  'unavailable',
  'unknown',
  'undefined',
  'null',
  'none',
  'n-a',
  'na',
  'headless',
  'username',
  'yourname',
  'your-name',
  'profile',
])

/**
 * The profile of a person, of any spelling of its address (country and mobile hosts, languages, encoded letters):
 * - `in/anna-berg`; the address in Sales Navigator gives `in/<member's id>`, under which LinkedIn shows the profile too
 * - `pub/anna-berg/1/2/3`, the form of old: the numbers tell people of one name apart
 *
 * Undefined for what is no person's profile: a company's page, a directory, `linkedin.com/in/` alone.
 */
export const linkedinPerson = (address: string): string | undefined => {
  const [kind, ...rest] = pathOf(address)
  const [name, ...numbers] = kind === 'mwlite' || kind === 'm' ? rest.slice(1) : rest
  const place = kind === 'mwlite' || kind === 'm' ? rest[0] : kind
  if (place === 'in') return handle(name)
  if (place === 'sales' && (name === 'lead' || name === 'people')) return handle(numbers[0]?.split(',')[0])
  if (place === 'pub' && numbers.length >= 3 && name !== 'dir') return `pub/${[name, ...numbers.slice(0, 3)].join('/')}`
  return undefined
}

/** `company/acme` of any spelling of a company's page (a school's and a showcase too); undefined for anything else. */
export const linkedinCompany = (address: string): string | undefined => {
  const [kind, name] = pathOf(address)
  return name && (kind === 'company' || kind === 'school' || kind === 'showcase') ? `${kind}/${name}` : undefined
}

const handle = (name: string | undefined): string | undefined =>
  name && /[\p{L}\p{N}]/u.test(name) && !nobodys.has(name) ? `in/${name}` : undefined

/** The parts of the path at linkedin.com, in lower case and with their letters decoded; of `in/anna-berg` alone too. */
const pathOf = (address: string): string[] => {
  const bare = plainText(address)
  const path =
    /^(?:[a-z]+:\/*)?(?:[a-z0-9-]+\.)*linkedin\.com(?::\d+)?\/([^?#]*)/i.exec(bare)?.[1] ??
    /^\/?((?:in|pub)\/[^?#\s]+)$/i.exec(bare)?.[1] ??
    ''
  return path.split('/').flatMap((part) => {
    const name = decoded(part).normalize('NFC').toLowerCase().trim()
    return name === '' ? [] : [name]
  })
}
