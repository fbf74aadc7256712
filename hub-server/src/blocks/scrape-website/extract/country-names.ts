import { getCountries, type CountryCode } from 'libphonenumber-js/max'

/** Names in use that Unicode's tables do not give. */
const OTHER: Record<string, CountryCode> = {
  usa: 'US',
  'u.s.a.': 'US',
  'u.s.': 'US',
  us: 'US',
  'united states of america': 'US',
  uk: 'GB',
  'u.k.': 'GB',
  'great britain': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  uae: 'AE',
  'u.a.e.': 'AE',
  korea: 'KR',
  'republic of ireland': 'IE',
  holland: 'NL',
  'the netherlands': 'NL',
  'czech republic': 'CZ',
  macedonia: 'MK',
  burma: 'MM',
  'ivory coast': 'CI',
  turkey: 'TR',
  'hong kong': 'HK',
  macau: 'MO',
  'b.v.i.': 'VG',
  brasil: 'BR',
  taiwan: 'TW',
}
/** Names that are more often something else on an English page: a state, given names, a bird kept for dinner. */
const AMBIGUOUS = new Set(['georgia', 'jordan', 'chad', 'jersey', 'guinea'])

function build(): Map<string, CountryCode> {
  const names = new Map<string, CountryCode>()
  for (const language of ['en', 'de', 'nl', 'fr', 'es', 'it']) {
    const display = new Intl.DisplayNames([language], { type: 'region' })
    for (const country of getCountries()) {
      const name = display.of(country)?.toLowerCase()
      if (name && name.length > 3 && !AMBIGUOUS.has(name) && !names.has(name)) names.set(name, country)
    }
  }
  for (const [name, country] of Object.entries(OTHER)) names.set(name, country)
  return names
}

/**
 * Lower-case country name → ISO code, in the six languages the hub reads. Names come from Unicode's CLDR, by way of
 * Intl.
 */
export const COUNTRY_NAMES: ReadonlyMap<string, CountryCode> = build()
