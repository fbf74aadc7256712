import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js/max'
import { countriesNamed } from './country.ts'
import { dialVanity, phoneCandidates, type PhoneCandidate } from './phone-candidates.ts'
import { labelBefore, looksLikeOtherNumber, type NumberLabel } from './phone-labels.ts'
import type { PhoneFact, PhoneKind } from './types.ts'
import type { Line, View } from './view.ts'

const MAX_PHONES = 300
const MAX_CANDIDATES = 2_000

/**
 * Every telephone and fax number on the page, in E.164.
 * @param countries whose numbering plans to try for a number without a country code, likeliest first
 * @param structured numbers the page's JSON-LD or microdata gives
 */
export function findPhones(
  view: View,
  countries: readonly CountryCode[],
  structured: readonly StructuredPhone[],
): PhoneFact[] {
  const found = new Map<string, PhoneFact>()
  function add(number: PhoneNumber, source: PhoneFact['source'], label: NumberLabel, extension?: string): void {
    const value = number.number
    const known = found.get(value)
    if (known) {
      if (label === 'fax' && known.source !== 'text') known.kind = 'fax'
      if (extension && !known.extension) known.extension = extension
      return
    }
    if (found.size >= MAX_PHONES) return
    found.set(value, {
      value,
      national: number.formatNational(),
      ...(extension ? { extension } : {}),
      kind: kindOf(number, label),
      source,
    })
  }
  let left = MAX_CANDIDATES
  view.lines.forEach((line, index) => {
    if (left <= 0 || !/\d{2}/.test(line.text)) return
    const candidates = phoneCandidates(line.text)
    if (!candidates.length) return
    const near = countriesNear(view.lines, index, countries)
    for (const candidate of candidates) {
      if (left-- <= 0) return
      const label = labelBefore(view.lines, index, candidate.start)
      if (looksLikeOtherNumber(line.text, candidate, label)) continue
      for (const number of readNumbers(candidate, near, label)) add(number, 'text', label, candidate.extension)
    }
  })
  view.$('a[href]').each((_, link) => {
    const href = view.$(link).attr('href') ?? ''
    const target =
      /^\s*(?:tel|callto|fax|whatsapp):\/{0,2}(.{5,40})/i.exec(href)?.[1] ??
      /^https?:\/\/(?:wa\.me|api\.whatsapp\.com\/send\?phone=)\/?(\+?\d{8,15})/i.exec(href)?.[1]?.replace(/^\+?/, '+')
    if (!target) return
    const number = readOne(safeDecode(target), countries, 'phone')
    if (number) add(number, 'tel', /^\s*fax/i.test(href) ? 'fax' : 'phone')
  })
  for (const { value, fax, country, source } of structured) {
    const number = readOne(value, country ? [country, ...countries] : countries, 'phone')
    if (number) add(number, source, fax ? 'fax' : 'phone')
  }
  return [...found.values()]
}

export interface StructuredPhone {
  value: string
  fax: boolean
  country?: CountryCode
  source: 'json-ld' | 'microdata'
}

const safeDecode = (text: string): string =>
  text.replace(/%20/g, ' ').replace(/%2b/gi, '+').replace(/%28/g, '(').replace(/%29/g, ')')

function kindOf(number: PhoneNumber, label: NumberLabel): PhoneKind {
  if (label === 'fax') return 'fax'
  return label === 'mobile' || number.getType() === 'MOBILE' ? 'mobile' : 'phone'
}

/** A country named on the line, or just above it as in a list of branches, comes before the page's own. */
function countriesNear(
  lines: readonly Line[],
  index: number,
  countries: readonly CountryCode[],
): readonly CountryCode[] {
  for (let back = 0; back <= 6 && index - back >= 0; back++) {
    const line = lines[index - back]?.text ?? ''
    if (line.length > 120) continue
    const named = countriesNamed(line)
    if (named.length) return [...new Set([...named, ...countries])]
  }
  return countries
}

/** A candidate's numbers: usually one; several where they stand side by side with nothing but spaces between. */
function readNumbers(candidate: PhoneCandidate, countries: readonly CountryCode[], label: NumberLabel): PhoneNumber[] {
  if (/[A-Z]/.test(candidate.text)) {
    const number = valid(`+1${dialVanity(candidate.text).replace(/^1/, '')}`)
    return number ? [number] : []
  }
  const whole = readOne(candidate.text, countries, label)
  if (whole) return [whole]
  const groups = [...candidate.text.matchAll(/[+(]{0,2}\d+\)?/g)]
  if (groups.length < 2 || groups.length > 24) return []
  const found: PhoneNumber[] = []
  for (let from = 0; from < groups.length; from++) {
    for (let to = Math.min(groups.length, from + 7); to > from; to--) {
      const first = groups[from]
      const last = groups[to - 1]
      if (!first || !last) break
      // Only a space, a slash or a bracket parts two numbers; a hyphen or a full stop inside means one.
      if (!parts(candidate.text, first.index) || !ends(candidate.text, last.index + last[0].length)) continue
      const number = readOne(candidate.text.slice(first.index, last.index + last[0].length), countries, label)
      if (!number) continue
      found.push(number)
      from = to - 1
      break
    }
  }
  return found
}

const parts = (text: string, at: number): boolean => at === 0 || /[ /(]/.test(text[at - 1] ?? '')
const ends = (text: string, at: number): boolean => at >= text.length || /[ /(–-]/.test(text[at] ?? '')

/** One number by the first numbering plan it fits, or undefined. */
export function readOne(
  written: string,
  countries: readonly CountryCode[],
  label: NumberLabel,
): PhoneNumber | undefined {
  const text = written.replace(/[–‑]/g, '-').replace(/[·•]/g, '.').trim()
  const digits = text.replace(/\D/g, '')
  if (digits.length < 7 || digits.length > 17) return undefined
  if (/^[( ]{0,2}\+/.test(text) || /^[( ]{0,2}00[1-9]/.test(text)) {
    const international = digits.replace(/^00/, '')
    // The trunk zero in "+44 (0)20" or "+44 020" is not dialled from abroad.
    return valid(`+${dropTrunkZero(text, international)}`) ?? valid(`+${international}`)
  }
  for (const country of countries) {
    const number = parsePhoneNumberFromString(text, country)
    if (number?.isValid() && believable(number, text, digits, label)) return number
  }
  return countryCodeWithoutPlus(text, digits, label) ?? trunkZeroAbroad(text, digits, countries, label)
}

/** English-speaking countries that dial a zero first, by population on the web. */
const TRUNK_ZERO: CountryCode[] = ['GB', 'AU', 'IE', 'NZ', 'ZA', 'IN']

/** "01632 960123" on a page that gives away no country but by its English. */
function trunkZeroAbroad(
  text: string,
  digits: string,
  countries: readonly CountryCode[],
  label: NumberLabel,
): PhoneNumber | undefined {
  if (!digits.startsWith('0') || digits.startsWith('00') || countries.some((country) => TRUNK_ZERO.includes(country)))
    return undefined
  if (label === 'none' && !/^\(?0\d{2,4}\)?[ -]\d/.test(text)) return undefined
  for (const country of TRUNK_ZERO) {
    const number = parsePhoneNumberFromString(text, country)
    if (number?.isValid()) return number
  }
  return undefined
}

function dropTrunkZero(text: string, international: string): string {
  const bracketed = /^[( ]{0,2}(?:\+|00) ?(\d{1,3})[-). ]{0,2}\(0(\d{0,4})\)/.exec(text)
  if (bracketed?.[1]) return bracketed[1] + international.slice(bracketed[1].length + 1)
  const spaced = /^[( ]{0,2}(?:\+|00) ?(\d{1,3})[-). ]{1,2}0/.exec(text)
  if (spaced?.[1] && spaced[1] !== '39' && spaced[1] !== '7')
    return spaced[1] + international.slice(spaced[1].length + 1)
  return international
}

function valid(e164: string): PhoneNumber | undefined {
  const number = parsePhoneNumberFromString(e164)
  return number?.isValid() ? number : undefined
}

/**
 * A number that fits a plan may still be a date or an article number. A label settles it; without one it must be
 * written the way people write numbers: grouped, and with the trunk zero where the country has one.
 */
function believable(number: PhoneNumber, text: string, digits: string, label: NumberLabel): boolean {
  const first = /\d+/.exec(text.replace(/^\D{0,3}1[ ().\-/]*(?=\d)/, ''))?.[0].length ?? 0
  // "(65) 6436 5000" has ten digits, and 656 is an American area code; but nobody breaks one in two.
  if (number.countryCallingCode === '1' && (first < 3 || first === 4 || first === 5)) return false
  if (label !== 'none') return true
  // "500 600 1200" fits the American plan for follow-me numbers, which nobody prints.
  if (number.getType() === 'PERSONAL_NUMBER') return false
  const groups = text.match(/\d+/g)?.length ?? 1
  if (number.countryCallingCode === '1')
    return (
      groups >= 3 ||
      (groups === 2 && /\(/.test(text)) ||
      (groups === 2 && /^\(?\d{3}\)? ?[-.]? ?\d{7}$/.test(text)) ||
      (digits.length >= 10 && groups === 1)
    )
  return digits.startsWith('0') || /^1[38]00/.test(digits) || /^\(/.test(text)
}

/** "(65) 6436 5000", "49 69 2740150": a country code alone in its group, where no national plan fitted. */
function countryCodeWithoutPlus(text: string, digits: string, label: NumberLabel): PhoneNumber | undefined {
  const apart = /^\(? ?([1-9]\d{0,2})[ )\-/]/.exec(text)
  if (!apart?.[1] || (label === 'none' && !text.startsWith('('))) return undefined
  if (digits.length < 10) return undefined
  return valid(`+${dropTrunkZero(`+${text.replace(/^\( ?/, '')}`, digits)}`)
}
