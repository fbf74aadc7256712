import { withoutEnd } from '../../contracts/text/trim.ts'

/**
 * Whether two values of a field say the same. Form does not matter: capitals of an address, blanks in a telephone
 * number, a number as text, a list in another order.
 */
export const saysTheSame = (field: string, one: unknown, other: unknown): boolean => {
  if (Array.isArray(one) || Array.isArray(other)) return sameList(one, other)
  const [a, b] = [plainText(one), plainText(other)]
  if (a === b) return true
  if (a === '' || b === '') return false
  if (isNumber(a) && isNumber(b) && !isPhone(field)) return Number(a) === Number(b)
  return sameOfKind(field, a, b) || sameDay(a, b)
}

const plainText = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.trim().normalize('NFC').replace(/\s+/g, ' ')
}

const entriesOf = (value: unknown): string[] => {
  const list: readonly unknown[] = Array.isArray(value) ? value : plainText(value).split(';')
  return list
    .map(plainText)
    .filter((entry) => entry !== '')
    .sort()
}

const sameList = (one: unknown, other: unknown): boolean => {
  const [a, b] = [entriesOf(one), entriesOf(other)]
  return a.length === b.length && a.every((entry, at) => entry === b[at])
}

const isNumber = (text: string): boolean => /^[+-]?\d+(\.\d+)?$/.test(text)
const isPhone = (field: string): boolean => /phone|mobile/i.test(field)
const isAddress = (field: string): boolean => /email|website|domain|linkedin|facebook|url/i.test(field)

const sameOfKind = (field: string, a: string, b: string): boolean => {
  if (isPhone(field)) return digitsOf(a) !== '' && digitsOf(a) === digitsOf(b)
  if (isAddress(field)) return bareAddress(a) === bareAddress(b)
  if (field === 'industry') return industryWords(a) === industryWords(b)
  return field === 'country' && countryOf(a) === countryOf(b)
}

/** “Computer Software” and COMPUTER_SOFTWARE. */
const industryWords = (text: string): string => text.toLowerCase().replace(/[^\p{L}\d]+(and[^\p{L}\d]+)?/gu, ' ')

const digitsOf = (phone: string): string => phone.replace(/^00/, '').replace(/\D/g, '')

const bareAddress = (address: string): string =>
  withoutEnd(
    address
      .toLowerCase()
      .replace(/^[a-z]+:\/\//, '')
      .replace(/^www\./, ''),
    /\//,
  )

const countryNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

/** "DE" and "Germany" are one. */
const countryOf = (text: string): string =>
  (/^[a-z]{2}$/i.test(text) ? (countryNames.of(text.toUpperCase()) ?? text) : text).toLowerCase()

/** A day, and the moment that it begins. */
const sameDay = (a: string, b: string): boolean => {
  const [day, moment] = a.length < b.length ? [a, b] : [b, a]
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && /^T00:00(:00(\.0+)?)?Z?$/.test(moment.slice(10)) && moment.startsWith(day)
}
