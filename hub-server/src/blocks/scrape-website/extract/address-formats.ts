import type { CountryCode } from 'libphonenumber-js/max'
import type { Address } from './types.ts'

/** How a country writes the line with city and postcode: the fixed point from which a street is looked for. */
export interface AddressFormat {
  country: CountryCode
  pattern: RegExp
  /** false: only where the page is likely to be of that country, because five digits and a word are not much */
  distinctive: boolean
}

export const US_STATES: Record<string, string> = {
  alabama: 'AL',
  alaska: 'AK',
  arizona: 'AZ',
  arkansas: 'AR',
  california: 'CA',
  colorado: 'CO',
  connecticut: 'CT',
  delaware: 'DE',
  'district of columbia': 'DC',
  florida: 'FL',
  georgia: 'GA',
  hawaii: 'HI',
  idaho: 'ID',
  illinois: 'IL',
  indiana: 'IN',
  iowa: 'IA',
  kansas: 'KS',
  kentucky: 'KY',
  louisiana: 'LA',
  maine: 'ME',
  maryland: 'MD',
  massachusetts: 'MA',
  michigan: 'MI',
  minnesota: 'MN',
  mississippi: 'MS',
  missouri: 'MO',
  montana: 'MT',
  nebraska: 'NE',
  nevada: 'NV',
  'new hampshire': 'NH',
  'new jersey': 'NJ',
  'new mexico': 'NM',
  'new york': 'NY',
  'north carolina': 'NC',
  'north dakota': 'ND',
  ohio: 'OH',
  oklahoma: 'OK',
  oregon: 'OR',
  pennsylvania: 'PA',
  'rhode island': 'RI',
  'south carolina': 'SC',
  'south dakota': 'SD',
  tennessee: 'TN',
  texas: 'TX',
  utah: 'UT',
  vermont: 'VT',
  virginia: 'VA',
  washington: 'WA',
  'west virginia': 'WV',
  wisconsin: 'WI',
  wyoming: 'WY',
  'puerto rico': 'PR',
}
const PROVINCES: Record<string, string> = {
  alberta: 'AB',
  'british columbia': 'BC',
  manitoba: 'MB',
  'new brunswick': 'NB',
  newfoundland: 'NL',
  'nova scotia': 'NS',
  ontario: 'ON',
  'prince edward island': 'PE',
  quebec: 'QC',
  québec: 'QC',
  saskatchewan: 'SK',
}
const TERRITORIES: Record<string, string> = {
  'new south wales': 'NSW',
  victoria: 'VIC',
  queensland: 'QLD',
  'western australia': 'WA',
  'south australia': 'SA',
  tasmania: 'TAS',
}

/** A city: one to four capitalised words, or one in capitals; bounded, so that no text makes it slow. */
const WORD = "\\p{Lu}[\\p{L}\\p{M}.'’-]{0,24}"
const SMALL = 'of|the|on|upon|in|by|am|an|de|la|le|les|sur|del|di|den|der|im|bei|aan|a/d'
const CITY = `(?<city>${WORD}(?: (?:${WORD}|${SMALL})){0,4})`

/** British counties as they stand in addresses. */
const COUNTY =
  '[A-Z][a-z]{2,14}shire|[A-Z]{3,14}SHIRE|' +
  'Kent|Essex|Surrey|Norfolk|Suffolk|Devon|Dorset|Somerset|Cornwall|Cumbria|Lancs|Herts|Bucks|Berks|' +
  'Hants|Wilts|Middlesex|Middx|Merseyside|Avon|Greater London|Greater Manchester|Co\\.? ?Durham|' +
  '(?:East|West) Sussex|(?:East|North|South|West) Yorkshire|' +
  'West Midlands|Tyne (?:and|&) Wear|Isle of Wight'
export const BRITISH_COUNTY = new RegExp(`^(.*?),? ?\\b(${COUNTY})$`, 'u')

export const ADDRESS_FORMATS: AddressFormat[] = [
  {
    country: 'US',
    distinctive: true,
    pattern: new RegExp(
      `${CITY}\\s?,? ?(?<state>${bothCases(US_STATES)})[,.]? {0,2}(?:USA )?(?<postcode>\\d{5}(?: ?[-–] ` +
        `?\\d{4})?)(?![\\d-])`,
      'gu',
    ),
  },
  {
    country: 'CA',
    distinctive: true,
    pattern: new RegExp(
      `${CITY},? ?\\(?(?<state>${bothCases(PROVINCES)})\\)?[,.]? {0,2}(?:Canada,? ` +
        `)?(?<postcode>[ABCEGHJ-NPRSTVXYabceghj-nprstvxy]\\d[A-Za-z][ -]?\\d[A-Za-z]\\d)\\b`,
      'gu',
    ),
  },
  {
    country: 'CA',
    distinctive: true,
    pattern: new RegExp(
      `${CITY},? (?<postcode>[ABCEGHJ-NPRSTVXY]\\d[A-Z] ?\\d[A-Z]\\d),? (?<state>${bothCases(PROVINCES)})`,
      'gu',
    ),
  },
  {
    country: 'PT',
    distinctive: false,
    pattern: new RegExp(`(?<![\\p{L}\\d.-])(?:P[ -]{1,3})?(?<postcode>\\d{4}-\\d{3}) ${CITY}`, 'gu'),
  },
  {
    country: 'SE',
    distinctive: false,
    pattern: new RegExp(`(?<![\\p{L}\\d.-])(?:SE?[ -]{1,3})?(?<postcode>\\d{3} \\d{2}) ${CITY}`, 'gu'),
  },
  {
    country: 'DK',
    distinctive: false,
    pattern: new RegExp(`(?<![\\p{L}\\d.-])(?:DK[ -]{1,3})?(?<postcode>[1-9]\\d{3}) ${CITY}`, 'gu'),
  },
  {
    country: 'PL',
    distinctive: false,
    pattern: new RegExp(`(?<![\\p{L}\\d.-])(?<postcode>\\d{2}-\\d{3}) ${CITY}`, 'gu'),
  },
  {
    country: 'AU',
    distinctive: true,
    pattern: new RegExp(
      `${CITY},? ?(?<state>${bothCases(TERRITORIES)}|ACT|NT)[,.]? {0,2}(?:Australia )?(?<postcode>\\d{4})\\b`,
      'gu',
    ),
  },
  {
    country: 'GB',
    distinctive: true,
    pattern: new RegExp(
      `(?:${CITY}(?:[,.]| ?-)? {1,2}(?:(?<state>${COUNTY})[,.]? ` +
        `{1,2})?)?(?<![\\p{L}\\d])(?<postcode>[A-Z]{1,2}\\d[A-Z\\d]? {0,2}\\d[ABD-HJLNP-UW-Z]{2})\\b`,
      'gu',
    ),
  },
  {
    country: 'NL',
    distinctive: true,
    pattern: new RegExp(
      `(?<![\\p{L}\\d])(?:NL[ -])?(?<postcode>[1-9]\\d{3} ?(?!SA|SD|SS)[A-Z]{2}),? {1,2}${CITY}`,
      'gu',
    ),
  },
  {
    country: 'DE',
    distinctive: false,
    pattern: new RegExp(`(?<![\\p{L}\\d.-])(?:D[ -]{1,3}|DE-)?(?<postcode>\\d{5}) ${CITY}`, 'gu'),
  },
  {
    country: 'FR',
    distinctive: false,
    pattern: new RegExp(`(?<![\\p{L}\\d.-])(?:F[ -]{1,3})?(?<postcode>\\d{5}|\\d{2} \\d{3}) ${CITY}`, 'gu'),
  },
  {
    country: 'IT',
    distinctive: false,
    pattern: new RegExp(
      `(?<![\\p{L}\\d.-])(?:I[ -]{1,3})?(?<postcode>\\d{5}) ${CITY}(?: \\((?<state>[A-Z]{2})\\))?`,
      'gu',
    ),
  },
  {
    country: 'ES',
    distinctive: false,
    pattern: new RegExp(
      `(?<![\\p{L}\\d.-])(?:E[ -]{1,3})?(?<postcode>\\d{5}) ${CITY}(?:,? \\(?(?<state>[A-Z]\\p{L}{3,14})\\)?)?`,
      'gu',
    ),
  },
  {
    country: 'AT',
    distinctive: false,
    pattern: new RegExp(`(?<![\\p{L}\\d.-])(?:A[ -]{1,3})?(?<postcode>[1-9]\\d{3}) ${CITY}`, 'gu'),
  },
  {
    country: 'CH',
    distinctive: false,
    pattern: new RegExp(`(?<![\\p{L}\\d.-])(?:CH[ -]{1,3})?(?<postcode>[1-9]\\d{3}) ${CITY}`, 'gu'),
  },
  {
    country: 'BE',
    distinctive: false,
    pattern: new RegExp(`(?<![\\p{L}\\d.-])(?:B[ -]{1,3})?(?<postcode>[1-9]\\d{3}) ${CITY}`, 'gu'),
  },
  {
    country: 'US',
    distinctive: true,
    pattern: new RegExp(
      `^${CITY}, ?(?<state>${bothCases(US_STATES)})\\.?(?:,? (?:USA|U\\.S\\.A\\.?|United States))?$`,
      'gu',
    ),
  },
]

/** "Florida", "FLORIDA", "FL" and "F.L.": the forms in which a state is written. */
function bothCases(names: Record<string, string>): string {
  const long = Object.keys(names).sort((a, b) => b.length - a.length)
  const title = long.map((name) => name.replace(/(^| )\p{L}/gu, (start) => start.toUpperCase()).replace('Of', 'of'))
  const codes = [...new Set(Object.values(names))].sort((a, b) => b.length - a.length)
  return [
    ...title,
    ...long.map((name) => name.toUpperCase()),
    ...codes.map((code) => code.split('').join('\\.?') + '(?![\\p{L}])\\.?'),
    ...codes.filter((code) => code.length === 2).map((code) => `${code[0]}${code[1]?.toLowerCase()}(?!\\p{L})`),
  ].join('|')
}

/** Street words, in front or behind, in the hub's languages. */
const STREET_WORD = new RegExp(
  String.raw`\b(?:street|st|avenue|ave?|road|rd|boulevard|blvd|drive|dr|lane|ln|way|court|ct|circle|cir|` +
    String.raw`place|pl|parkway|pkwy|pky|highway|hwy|suite|ste|floor|fl|square|sq|terrace|trail|turnpike|tpke|` +
    String.raw`plaza|route|rt|rte|unit|building|bldg|broadway|loop|row|close|crescent|gardens?|park|estate|` +
    String.raw`house|hill|mews|wharf|quay|walk|center|centre|industrial|business|pike|mall|gate|bridge|alley|` +
    String.raw`crossing|expressway|freeway|fwy|p\.? ?o\.? ?box|box|rue|avenue|chemin|place|allée|quai|impasse|` +
    String.raw`via|viale|piazza|corso|calle|avenida|avda|plaza|paseo|carretera|c\/|postfach|postbus)\b\.?`,
  'i',
)
const GERMANIC_STREET = new RegExp(
  String.raw`\p{L}{2}(?:stra(?:ß|ss)e|str\.?|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|plein|kade|` +
    String.raw`gracht|singel|dijk|dreef|hof)\b`,
  'iu',
)
const NUMBERED = /(?:^|[\s,#])(?:no\.? ?)?\d{1,6}[A-Za-z]?(?:[-/–]\d{1,6}[A-Za-z]?)?(?=[\s,.]|$)/
const NOT_STREET = new RegExp(
  String.raw`@|https?:|www\.|\b(?:phone|tel|telephone|fax|e-?mail|call|hours|open|copyright|©|rights|` +
    String.raw`reserved|mon|monday|am|pm|visit|click|free|since|years|more|contact us|sq\.? ?ft)\b|\(\d{3}\)|` +
    String.raw`\d{3}[-.]\d{3,4}|\d:\d\d|\$|£|€|%`,
  'i',
)

/** How much a line reads like a street: 0 not at all, 1 by number or word, 2 by both. */
export function streetness(text: string): 0 | 1 | 2 {
  if (text.length < 4 || text.length > 90 || NOT_STREET.test(text)) return 0
  const word = STREET_WORD.test(text) || GERMANIC_STREET.test(text)
  const number = NUMBERED.test(text)
  if (!word && !number) return 0
  return word && number ? 2 : 1
}

const STATES: Partial<Record<CountryCode, Record<string, string>>> = { US: US_STATES, CA: PROVINCES, AU: TERRITORIES }

/** The two- or three-letter code of a state written out, or the text as it was. */
export function stateCode(country: CountryCode, written: string): string {
  const plain = written.replace(/\./g, '')
  return STATES[country]?.[plain.toLowerCase()] ?? (plain.length <= 3 ? plain.toUpperCase() : plain)
}

export const sameAddress = (a: Address, b: Address): boolean => fold(a) === fold(b)
const fold = (address: Address): string =>
  [address.street, address.city, address.postcode]
    .map((part) => (part ?? '').toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''))
    .join('|')
