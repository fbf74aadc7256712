import type { CountryCode } from 'libphonenumber-js/max'
import { ADDRESS_FORMATS, BRITISH_COUNTY, sameAddress, stateCode, streetness } from './address-formats.ts'
import { LEGAL_FORM } from './company-names.ts'
import { countryCode } from './country.ts'
import type { Address } from './types.ts'
import type { Line, View } from './view.ts'
import { withoutEnd, withoutStart } from '../../../contracts/text/trim.ts'

const MAX_ADDRESSES = 60
/** Words that open a line but belong to no city. */
const LEAD_IN = new RegExp(
  String.raw`^(?:(?:our|main|head|corporate|mailing|postal|physical|business|registered|visit|location|` +
    String.raw`address|office|headquarters|hq|us|usa|in|at|to|the|from|of|serving|located|and)[:,]? )+`,
  'i',
)

/**
 * Postal addresses in the visible text: found by their line with city and postcode, completed by the street before it.
 * @param countries the page's likely countries; formats that any five digits would fit are tried only for these
 */
export function findAddresses(view: View, countries: readonly CountryCode[]): Address[] {
  const found: Address[] = []
  const likely = new Set(countries.slice(0, 2))
  const formats = ADDRESS_FORMATS.filter((format) => format.distinctive || likely.has(format.country)).sort(
    (a, b) => rank(countries, a.country) - rank(countries, b.country),
  )
  view.lines.forEach((_, index) => {
    if (found.length >= MAX_ADDRESSES) return
    const { text, joined } = windowAt(view.lines, index)
    if (text.length < 5 || text.length > 1_500) return
    // Without a postcode only a bare "Springfield, Illinois" can be the city's line.
    if (!/\d{3}|\d[A-Za-z]/.test(text) && !(text.length < 50 && text.includes(','))) return
    for (const format of formats) {
      let hit = false
      for (const match of text.matchAll(format.pattern)) {
        const groups = match.groups ?? {}
        // A match inside the joined next line alone will be found again on its own.
        if (joined >= 0 && match.index + match[0].length <= joined) {
          /* within this line */
        } else if (joined >= 0 && match.index >= joined) continue
        const address = complete(view.lines, index, text, match.index, match[0].length, groups, format.country)
        if (!address) continue
        hit = true
        const same = found.findIndex((one) => sameAddress(one, address) || covers(one, address))
        if (same < 0) found.push(address)
        else if (covers(address, found[same] ?? {}) && !covers(found[same] ?? {}, address)) found[same] = address
      }
      if (hit) break
    }
  })
  return found
}

const rank = (countries: readonly CountryCode[], country: CountryCode): number => {
  const at = countries.indexOf(country)
  return at < 0 ? 99 : at
}

/** Address `a` says all that `b` says. */
function covers(a: Address, b: Address): boolean {
  return (['street', 'city', 'state', 'postcode'] as const).every(
    (key) => !b[key] || (a[key] ?? '').toLowerCase() === b[key].toLowerCase(),
  )
}

/** A line; joined with the next when the two together make the city line ("Fort Lee, NJ" / "07024"). */
function windowAt(lines: readonly Line[], index: number): { text: string; joined: number } {
  const text = lines[index]?.text ?? ''
  const next = lines[index + 1]?.text ?? ''
  const opensNext =
    /^(?:\d{5}(?:-\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})\b/.test(next) && next.length < 40
  const splitState = /^[A-Z]{2}[,.]? \d{5}/.test(next) && next.length < 30
  if (text.length < 60 && (opensNext || splitState)) return { text: `${text} ${next}`, joined: text.length }
  return { text, joined: -1 }
}

function complete(
  lines: readonly Line[],
  index: number,
  text: string,
  at: number,
  length: number,
  groups: Record<string, string | undefined>,
  country: CountryCode,
): Address | null {
  // "© 2014 UK Plumbing" has the shape of a Dutch postcode and city.
  if (country === 'NL' && /^(?:19|20)\d\d ?(?:UK|US|AL|BY)/.test(groups['postcode'] ?? '')) return null
  let city = placeOnly(groups['city'] ?? '')
  let before = withoutEnd(text.slice(0, at), /[\s,;:|•·–-]/)
  const postcode = groups['postcode']
    ?.replace(/ ?[-–] ?/, '-')
    .replace(/ {2,}/, ' ')
    .toUpperCase()
  let line = index
  let county = ''
  if (country === 'GB') {
    const place = britishPlace(lines, index, before, city)
    ;({ city, county, before, line } = place)
  }
  // "123 Main Street Springfield, IL": the street runs on into the city.
  const split = splitStreet(before, city)
  city = split.city
  let street = split.street
  if (!street || UNIT.test(street)) street = [streetAbove(lines, line, country), street].filter(Boolean).join(', ')
  if (!street && !postcode) {
    // "Austin, TX" alone is a place somebody mentions.
    return null
  }
  // A British postcode alone still names a street; five digits alone name nothing.
  if (!city && !street && country !== 'GB') return null
  const state = groups['state'] ?? (county || undefined)
  const named =
    countryCode(lines[index + 1]?.text ?? '') ??
    countryCode(/,? ([\p{L}. ]{2,24})$/u.exec(text.slice(at + length))?.[1] ?? '')
  return {
    ...(street ? { street } : {}),
    ...(city ? { city } : {}),
    ...(state ? { state: stateCode(country, state) } : {}),
    ...(postcode ? { postcode } : {}),
    country: named ?? country,
  }
}

/**
 * The city of a British address, where the county may stand before the postcode and either may be on a line of its own:
 * "Harlow, Essex CM20 2SL", or "Petersfield" / "Hampshire" / "GU32 3QF".
 */
function britishPlace(
  lines: readonly Line[],
  index: number,
  before: string,
  found: string,
): { city: string; county: string; before: string; line: number } {
  const pieces = [...before.split(/,\s*/), ...found.split(/,\s*/)].map((piece) => piece.trim()).filter(Boolean)
  let county = ''
  let line = index
  for (let steps = 0; steps < 3; steps++) {
    const above = lines[line - 1]?.text ?? ''
    if (!pieces.length) {
      if (!above || above.length > 90) break
      line--
      pieces.push(
        ...above
          .split(/,\s*/)
          .map((piece) => piece.trim())
          .filter(Boolean),
      )
    }
    const last = pieces.pop() ?? ''
    const shire = BRITISH_COUNTY.exec(last)
    if (shire?.[2] && !county) {
      county = shire[2]
      if (shire[1]) pieces.push(shire[1])
    } else return { city: placeName(last) ?? '', county, before: pieces.join(', '), line }
  }
  return { city: '', county, before, line }
}

/**
 * A city without what runs into it: "Our office: Springfield", "Roosendaal Nederland T", "Tullamore Co. Offaly Phone".
 */
function placeOnly(text: string): string {
  const place = text
    .replace(LEAD_IN, '')
    .replace(
      new RegExp(
        String.raw`(?<=\p{L}) (?:Nederland|Deutschland|Germany|Italia|España|France|Schweiz|Österreich|België|Tel` +
          String.raw`(?:efon|efoon|éphone)?|Phone|Fax|Fon|Mobil|[TFEPM])\.?(?: .*)?$`,
        'u',
      ),
      '',
    )
  return withoutEnd(place, /[.,\s]/)
}

const placeName = (text: string | undefined): string | null =>
  text && /^\p{Lu}[\p{L} .'’-]{1,30}$/u.test(text.trim()) ? text.trim() : null

/**
 * The last street word of a run of capitalised words, with a compass point behind it: "Charles Street North | Perth".
 */
const LAST_STREET_WORD = new RegExp(
  String.raw`^(.*\b(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Drive|Dr|Lane|Ln|Way|Court|Ct|Circle|Place|` +
    String.raw`Pl|Parkway|Pkwy|Highway|Hwy|Square|Terrace|Plaza|Broadway|Pike|Loop|Trail|Close|Crescent)\b\.?` +
    String.raw`(?: (?:North|South|East|West|NW|NE|SW|SE|N|S|E|W)\b\.?)?),? (\p{Lu}.*)$`,
  'u',
)
/** Names and headings that stand in front of a street on its line. */
const BEFORE_STREET = new RegExp(
  `^(?:.{0,60}(?:${LEGAL_FORM.source})[,:]? ` +
    `|.{0,40}\\b(?:headquarters|office|branch|showroom|warehouse|address|location|store|write to us at|visit us ` +
    `at)\\b[:.]?(?: ?\\d{4},?)? )(?=.{4})`,
  'iu',
)

/** Parts what stands before the postcode on one line into street and city. */
function splitStreet(before: string, city: string): { street: string; city: string } {
  const pieces = before
    .split(/[|•·;–]|: /)
    .map((piece) => piece.trim())
    .filter(Boolean)
  let street = pieces.at(-1) ?? ''
  // The pattern took the street's last words for the city's first.
  const glued = LAST_STREET_WORD.exec(city)
  if (/\d[^,]{0,30}$/.test(street) && glued?.[1] && glued[2] && streetness(`${street} ${glued[1]}`) > 0) {
    return { street: tidy(`${street} ${glued[1]}`), city: glued[2] }
  }
  if (streetness(street) === 0) {
    const parts = street.split(/,\s*/)
    while (parts.length > 1 && streetness(parts.join(', ')) === 0) parts.shift()
    street = parts.join(', ')
  } else {
    const parts = street.split(/,\s*/)
    // "Acme Ltd, 12 High Street": the company's name is not the street's.
    while (parts.length > 1 && streetness(parts[0] ?? '') === 0 && streetness(parts.slice(1).join(', ')) > 0)
      parts.shift()
    street = parts.join(', ')
  }
  return {
    street: streetness(street) === 2 || (streetness(street) === 1 && /\d/.test(street)) ? tidy(street) : '',
    city,
  }
}

const UNIT =
  /^(?:suite|ste\b|unit|floor|level|room|\d+(?:st|nd|rd|th) (?:floor|level)|p\.? ?o\.? ?box|building|bldg|apt|#)/i

/** The street in the one to three lines above the city's. */
function streetAbove(lines: readonly Line[], index: number, country: CountryCode): string {
  const taken: string[] = []
  let best = 0
  let units = 0
  for (let at = index - 1; at >= 0 && at >= index - 3; at--) {
    const text = (lines[at]?.text ?? '')
      .replace(/[,;]\s*$/, '')
      .replace(
        new RegExp(
          String.raw`^(?:(?:mailing |postal |street |physical |our |office )?address|location|adresse|visit us|adres|` +
            String.raw`indirizzo|dirección)\s*:?\s+`,
          'i',
        ),
        '',
      )
    if (!text) break
    const score = streetness(text)
    if (score === 0) break
    // A line above a full street is taken only when it is a building or a suite, never a name with a stray word in it.
    // Above a full street only a building, a floor or a suite belongs to it, never a name with a stray number in it.
    if (best === 2 && !UNIT.test(text) && !(country === 'GB' && score === 2)) break
    taken.unshift(text)
    if (!UNIT.test(text)) best = Math.max(best, score)
    else if (/\d/.test(text)) units++
  }
  return best + units > 0 && taken.some((text) => /\d/.test(text) || streetness(text) === 2)
    ? tidy(taken.join(', '))
    : ''
}

const tidy = (text: string): string => {
  const street = text.replace(BEFORE_STREET, '').replace(/\s+/g, ' ')
  const bare = withoutEnd(street, /[\s,;:.]/)
  // The stop of an abbreviation stays: "Main St."
  return withoutStart(street.charAt(bare.length) === '.' ? `${bare}.` : bare, /[\s,;:.-]/)
}
