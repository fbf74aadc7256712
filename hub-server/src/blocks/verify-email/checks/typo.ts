import { parse } from 'tldts'
import { isDisposableDomain, isFreeMailDomain } from '../../../contracts/free-mail.ts'

/** Where most private mailboxes are; a slip of one of these is worth a word. */
const popular = [
  'gmail.com',
  'googlemail.com',
  'yahoo.com',
  'yahoo.co.uk',
  'yahoo.fr',
  'yahoo.de',
  'hotmail.com',
  'hotmail.co.uk',
  'hotmail.fr',
  'outlook.com',
  'icloud.com',
  'live.com',
  'msn.com',
  'aol.com',
  'comcast.net',
  'verizon.net',
  'protonmail.com',
  'proton.me',
  'fastmail.com',
  'gmx.de',
  'gmx.net',
  'web.de',
  't-online.de',
  'freenet.de',
  'orange.fr',
  'wanadoo.fr',
  'laposte.net',
  'libero.it',
  'virgilio.it',
  'btinternet.com',
  'rediffmail.com',
  'yandex.ru',
  'mail.ru',
  'rambler.ru',
  'seznam.cz',
  'bigpond.com',
  'telstra.com',
  'sympatico.ca',
  'shaw.ca',
  'rogers.com',
] as const

/** The list of free providers also holds these, which belong to people who wait for slips. */
const slips = new Set([
  'hitmail.com',
  'hotmail.co',
  'vahoo.com',
  'yaho.com',
  'yahoo.co',
  'outiook.com',
  'gmail.co',
  'gmai.com',
  'gmial.com',
])

/** Endings that do not exist and whose meaning is plain. */
const endings: Record<string, string> = {
  con: 'com',
  cmo: 'com',
  ocm: 'com',
  comm: 'com',
  coom: 'com',
  cpm: 'com',
  xom: 'com',
  vom: 'com',
  com0: 'com',
  cim: 'com',
  copm: 'com',
  ney: 'net',
  nte: 'net',
  ent: 'net',
  nett: 'net',
  rog: 'org',
  ogr: 'org',
  orgg: 'org',
  prg: 'org',
  edi: 'edu',
  eud: 'edu',
  ccom: 'com',
}

const reserved = /(^|\.)(example|test|invalid|localhost)$/

/** Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment). */
export const slipsBetween = (a: string, b: string): number => {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1)
      row.push(least)
    }
    before = last
    last = row
  }
  return last[b.length] ?? 0
}

/** One slip; in long names two, if the name begins as it should. Short names (msn, web) are too near to everything. */
const near = (domain: string, wanted: string): boolean => {
  if (wanted.length < 8) return false
  const slipped = slipsBetween(domain, wanted)
  return (
    slipped === 1 ||
    (slipped === 2 && wanted.length >= 10 && domain[0] === wanted[0] && domain.at(-1) === wanted.at(-1))
  )
}

const withRightEnding = (domain: string): string | undefined => {
  const dot = domain.lastIndexOf('.')
  const right = endings[domain.slice(dot + 1)]
  return right && `${domain.slice(0, dot)}.${right}`
}

/**
 * The domain that was probably meant; undefined for what is right, known, or nobody's guess.
 * @param domain ASCII, lower case
 */
export const likelyDomain = (domain: string): string | undefined => {
  if (reserved.test(domain) || popular.some((known) => known === domain)) return undefined
  if (isFreeMailDomain(domain) && !slips.has(domain)) return undefined
  // Some slips of providers' names are used by throw-away services: one letter off is a slip all the same.
  if (isDisposableDomain(domain)) return popular.find((known) => known.length >= 8 && slipsBetween(domain, known) === 1)
  const mended = parse(domain).isIcann ? undefined : withRightEnding(domain)
  const start = mended ?? domain
  return popular.find((known) => known === start) ?? popular.find((known) => near(start, known)) ?? mended
}
