import type { SandboxCompany, SandboxPerson } from '../../hub-server/src/sandbox/population/types.ts'

/** What the population says of a field, and when a value says the same. */
export interface Saying<Subject> {
  readonly of: (subject: Subject) => unknown
  readonly same?: (value: unknown, expected: unknown) => boolean
}

/** Names and words: upper and lower case, and what stands between words, differ from vendor to vendor. */
export const sameText = (value: unknown, expected: unknown): boolean => wordsOf(value) === wordsOf(expected)

const wordsOf = (value: unknown): string =>
  String(value)
    .toLowerCase()
    .replace(/[\s_&,-]+/g, ' ')
    .trim()

const sameNumber = (value: unknown, expected: unknown): boolean => value === expected
const samePhone = (value: unknown, expected: unknown): boolean =>
  String(value).replace(/\D/g, '') === String(expected).replace(/\D/g, '')
const addressOf = (value: unknown): string =>
  String(value)
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/^www\./, '')
    .replace(/\/+$/, '')
const sameAddress = (value: unknown, expected: unknown): boolean => addressOf(value) === addressOf(expected)
const sameList = (value: unknown, expected: unknown): boolean =>
  Array.isArray(value) &&
  Array.isArray(expected) &&
  value.every((one) => expected.some((other) => sameText(one, other)))
const countries = new Intl.DisplayNames('en', { type: 'region' })
const sameCountry = (value: unknown, expected: unknown): boolean =>
  value === expected || sameText(value, countries.of(String(expected)))
/** The parts that are there. */
const samePlace = (value: unknown, expected: unknown): boolean =>
  Object.entries(Object(value)).every(([name, part]) =>
    (name === 'country' ? sameCountry : sameText)(part, Reflect.get(Object(expected), name)),
  )

const company: Readonly<Record<string, Saying<SandboxCompany>>> = {
  name: { of: ({ name }) => name },
  domain: { of: ({ domain }) => domain },
  website: { of: ({ website }) => website, same: sameAddress },
  industry: { of: ({ industry }) => industry },
  employees: { of: ({ employees }) => employees, same: sameNumber },
  revenue: { of: ({ revenue }) => revenue, same: sameNumber },
  founded: { of: ({ founded }) => founded, same: sameNumber },
  description: { of: ({ description }) => description },
  phone: { of: ({ phone }) => phone, same: samePhone },
  email: { of: ({ email }) => email },
  address: { of: ({ address }) => address, same: samePlace },
  linkedin: { of: ({ linkedin }) => linkedin, same: sameAddress },
  technologies: { of: ({ technologies }) => technologies, same: sameList },
}

const person: Readonly<Record<string, Saying<SandboxPerson>>> = {
  firstName: { of: ({ firstName }) => firstName },
  lastName: { of: ({ lastName }) => lastName },
  fullName: { of: ({ fullName }) => fullName },
  title: { of: ({ title }) => title },
  seniority: { of: ({ seniority }) => seniority },
  department: { of: ({ department }) => department },
  email: { of: ({ email }) => email },
  phone: { of: ({ phone }) => phone, same: samePhone },
  mobile: { of: ({ mobile }) => mobile, same: samePhone },
  linkedin: { of: ({ linkedin }) => linkedin, same: sameAddress },
  city: { of: ({ city }) => city },
  state: { of: ({ state }) => state },
  country: { of: ({ country }) => country, same: sameCountry },
}

const place: Readonly<Record<string, Saying<SandboxCompany>>> = {
  country: { of: ({ address }) => address.country, same: sameCountry },
  state: { of: ({ address }) => address.state },
  city: { of: ({ address }) => address.city },
  postcode: { of: ({ address }) => address.postcode },
  organization: { of: ({ name }) => name },
}

export const sayings = { company, person, place }
