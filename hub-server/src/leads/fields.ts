import {
  companyDomain,
  emailAddress,
  isBlank,
  linkedinPerson,
  phoneNumber,
  somebodysEmail,
} from '../contracts/addresses.ts'
import { Company, Person } from '../contracts/lead.ts'

const { ids: _ofPerson, ...personFields } = Person.properties
const { ids: _ofCompany, ...companyFields } = Company.properties
const standard = new Set([...Object.keys(personFields), 'score'])
const ofCompany = new Set(Object.keys(companyFields))

export interface Split {
  /** Standard fields of the person, and custom ones as they came. */
  readonly person: Person & Record<string, unknown>
  readonly company: Company & Record<string, unknown>
}

/**
 * A lead-shaped item taken apart: fields of the person, and the company's, in their normal forms. What a flow adds on
 * the way (a run's reasons, a CRM's answer) is not a fact about the person and is left out, as are addresses that are
 * nobody's; a vendor's extras are named `vendor.field`.
 * @param country of a phone that is written as dialled at home; else the item's own
 */
export const splitLead = (item: Record<string, unknown>, country = countryOf(item)): Split => {
  const person: Record<string, unknown> = Object.fromEntries(
    Object.entries(item).filter(
      ([name, value]) => name !== 'company' && isWorthKeeping(value) && (standard.has(name) || isExtra(name)),
    ),
  )
  if (isRecord(item.custom))
    for (const [name, value] of Object.entries(item.custom))
      if (isWorthKeeping(value)) person[isExtra(name) ? name : `custom.${name}`] = value
  return {
    person: normal({ ...person, ...idsOf(item) }, ofPersons, country),
    company: normal(companyOf(item.company), ofCompanies, country),
  }
}

/** A vendor's extra: vendor.field. */
const isExtra = (name: string): boolean => /^[a-z0-9-]+\.[A-Za-z0-9_]+$/.test(name)

type Normaliser = (text: string, country?: string) => string | undefined

const named: Normaliser = (text) => (isBlank(text) ? undefined : text)
const phone: Normaliser = (text, country) => phoneNumber(text, country) ?? named(text)
/** A company's page, or any other that is no person's, says nothing of the person. */
const profile: Normaliser = (text) => (linkedinPerson(text) === undefined ? undefined : text.trim())

const ofPersons: Readonly<Record<string, Normaliser>> = {
  email: somebodysEmail,
  linkedin: profile,
  phone,
  mobile: phone,
  fullName: named,
  firstName: named,
  lastName: named,
  title: named,
}
const ofCompanies: Readonly<Record<string, Normaliser>> = {
  name: named,
  domain: companyDomain,
  website: named,
  email: emailAddress,
  phone,
}

/** Undefined fields are left out; a verdict goes with its address. */
const normal = (
  fields: Record<string, unknown>,
  normalisers: Readonly<Record<string, Normaliser>>,
  country: string | undefined,
): Record<string, unknown> => {
  const entries = Object.entries(fields).flatMap(([name, value]): [string, unknown][] => {
    const normaliser = normalisers[name]
    const kept = normaliser && typeof value === 'string' ? normaliser(value, country) : value
    return kept === undefined ? [] : [[name, kept]]
  })
  const kept = Object.fromEntries(entries)
  if (fields.email !== undefined && kept.email === undefined) delete kept.verdict
  return kept
}

const countryOf = ({ country, company }: Record<string, unknown>): string | undefined => {
  const address = isRecord(company) && isRecord(company.address) ? company.address.country : undefined
  return [country, address].find((value) => typeof value === 'string' && /^[a-z]{2}$/i.test(value.trim()))?.toString()
}

/** {ids: {apollo: '54a'}} → {'apollo.id': '54a'} */
const idsOf = ({ ids }: Record<string, unknown>): Record<string, unknown> =>
  isRecord(ids)
    ? Object.fromEntries(
        Object.entries(ids).flatMap(([connector, id]) => (isWorthKeeping(id) ? [[`${connector}.id`, id]] : [])),
      )
    : {}

const companyOf = (value: unknown): Company => {
  if (typeof value === 'string' && value.trim()) return { name: value.trim() }
  if (!isRecord(value)) return {}
  return {
    ...Object.fromEntries(
      Object.entries(value).filter(([name, inner]) => ofCompany.has(name) && isWorthKeeping(inner)),
    ),
    ...idsOf(value),
  }
}

const isWorthKeeping = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
