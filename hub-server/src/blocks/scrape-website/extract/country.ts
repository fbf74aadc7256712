import { parse } from 'tldts'
import { getCountryCallingCode, isSupportedCountry, type CountryCode } from 'libphonenumber-js/max'
import { COUNTRY_NAMES } from './country-names.ts'
import type { View } from './view.ts'

/** Top-level domains that are countries on paper but are sold to the world. */
const WORLDWIDE = new Set([
  'io',
  'co',
  'me',
  'tv',
  'ai',
  'cc',
  'ws',
  'fm',
  'la',
  'gg',
  'to',
  'ly',
  'sh',
  'vc',
  'im',
  'nu',
  'eu',
  'am',
  'st',
  'so',
  'gl',
  'ag',
  'sc',
  'bz',
])
/** The country most pages of a language come from, for languages spoken mainly in one. */
const HOME_OF_LANGUAGE: Record<string, CountryCode> = {
  de: 'DE',
  nl: 'NL',
  fr: 'FR',
  es: 'ES',
  it: 'IT',
  pl: 'PL',
  sv: 'SE',
  da: 'DK',
  nb: 'NO',
  no: 'NO',
  fi: 'FI',
  cs: 'CZ',
  hu: 'HU',
  ro: 'RO',
  el: 'GR',
  tr: 'TR',
  ja: 'JP',
  ko: 'KR',
  he: 'IL',
  ru: 'RU',
  uk: 'UA',
  sk: 'SK',
  bg: 'BG',
  hr: 'HR',
  sl: 'SI',
}
/** Postcodes distinctive enough to place a page. */
const POSTCODES: [RegExp, CountryCode][] = [
  [/\b[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b/g, 'GB'],
  [/\b[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] ?\d[ABCEGHJ-NPRSTV-Z]\d\b/g, 'CA'],
  [/\b(?:NSW|VIC|QLD|WA|SA|TAS|ACT)[,.]? {0,2}\d{4}\b/gi, 'AU'],
  [/\b[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}\b(?= [A-Z][a-z])/g, 'NL'],
  [
    new RegExp(
      String.raw`\b(?:A[LKZR]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|` +
        String.raw`T[NX]|UT|V[AT]|W[AIVY])[,.]? {1,2}\d{5}(?:-\d{4})?\b`,
      'g',
    ),
    'US',
  ],
]

/**
 * The countries a page's numbers and addresses may belong to, likeliest first. In order of weight: countries of the
 * structured data, the top-level domain, the region in the declared language, postcodes, international numbers and
 * country names in the text, the language itself.
 * The United States close the list: the generic domains are mostly theirs.
 */
export function likelyCountries(view: View, structured: readonly string[]): CountryCode[] {
  const weight = new Map<CountryCode, number>()
  function vote(country: string | undefined, points: number): void {
    if (country && isSupportedCountry(country)) weight.set(country, (weight.get(country) ?? 0) + points)
  }
  for (const name of structured) vote(countryCode(name), 5)
  for (const host of hosts(view)) vote(countryOfHost(host), 6)
  const language = declaredLanguage(view)
  vote(/[-_]([a-z]{2})\b/i.exec(language)?.[1]?.toUpperCase(), /^en[-_]us/i.test(language) ? 0.5 : 3)
  vote(HOME_OF_LANGUAGE[language.slice(0, 2).toLowerCase()], 2)
  const text = view.lines
    .map((line) => line.text)
    .join('\n')
    .slice(0, 300_000)
  for (const [pattern, country] of POSTCODES) {
    const count = text.match(pattern)?.length ?? 0
    if (count) vote(country, 3 + Math.min(count, 4) * 0.5)
  }
  const international = text.matchAll(/(?:\+|\b00) ?(\d{1,3})(?=[ ().\-/]|\d)/g)
  const seen = new Map<string, number>()
  for (const [, digits = ''] of international) {
    for (const country of COUNTRY_NAMES.values()) {
      if (digits.startsWith(callingCode(country))) seen.set(country, (seen.get(country) ?? 0) + 1)
    }
  }
  for (const [country, count] of seen)
    if (country !== 'US' && country !== 'CA') vote(country, 1 + Math.min(count, 4) * 0.5)
  const named = new Map<CountryCode, number>()
  for (const country of countriesNamed(text)) named.set(country, (named.get(country) ?? 0) + 1)
  for (const [country, count] of named) vote(country, 0.5 + Math.min(count, 5) * 0.2)
  vote('US', 1)
  return [...weight].sort((a, b) => b[1] - a[1]).map(([country]) => country)
}

const callingCode = (country: CountryCode): string => getCountryCallingCode(country)

function* hosts(view: View): Generator<string> {
  yield view.url.hostname
  const canonical =
    view.$('link[rel="canonical"]').attr('href') ??
    view.$('meta[property="og:url"]').attr('content') ??
    view.$('base').attr('href') ??
    ''
  const host = /^https?:\/\/([^/:?#]+)/i.exec(canonical)?.[1]?.toLowerCase()
  if (host && host !== view.url.hostname) yield host
}

function countryOfHost(host: string): string | undefined {
  const suffix = parse(host).publicSuffix?.split('.').at(-1)
  if (!suffix || suffix.length !== 2 || WORLDWIDE.has(suffix)) return undefined
  return suffix === 'uk' ? 'GB' : suffix.toUpperCase()
}

/** The language a page declares for itself, as written ("en-GB"), or an empty string. */
export function declaredLanguage(view: View): string {
  const { $ } = view
  return (
    $('html').attr('lang') ??
    $('html').attr('xml:lang') ??
    $('meta[http-equiv="content-language" i]').attr('content') ??
    $('meta[name="language" i]').attr('content') ??
    $('meta[property="og:locale"]').attr('content') ??
    ''
  ).trim()
}

const NAMES = new RegExp(
  `(?<![\\p{L}-])(?:${[...COUNTRY_NAMES.keys()]
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[.()]/g, '\\$&'))
    .join('|')})(?![\\p{L}-])`,
  'giu',
)

/** The countries whose names stand in a text, in order, with repetitions. */
export function countriesNamed(text: string): CountryCode[] {
  const found: CountryCode[] = []
  for (const [name] of text.matchAll(NAMES)) {
    // "us" and "uk" in small letters are words.
    if (name.length <= 3 && name !== name.toUpperCase()) continue
    const country = COUNTRY_NAMES.get(name.toLowerCase())
    if (country) found.push(country)
  }
  return found
}

/** ISO code of a country given by name (in any of the hub's languages) or by code; undefined when unknown. */
export function countryCode(name: string): CountryCode | undefined {
  const plain = name.trim()
  const upper = plain.toUpperCase()
  return COUNTRY_NAMES.get(plain.toLowerCase()) ?? (upper.length === 2 && isSupportedCountry(upper) ? upper : undefined)
}
