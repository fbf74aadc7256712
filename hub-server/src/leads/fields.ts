import { Company, Person } from '../contracts/lead.ts'

const { ids: _ofPerson, ...personFields } = Person.properties
const { ids: _ofCompany, ...companyFields } = Company.properties
const standard = new Set([...Object.keys(personFields), 'score'])
const ofCompany = new Set(Object.keys(companyFields))

export interface Split {
  /** Standard fields of the person, and custom ones as they came. */
  readonly person: Record<string, unknown>
  readonly company: Company
}

/**
 * A lead-shaped item taken apart: fields of the person, and the company's. What a flow adds on the way (a run's
 * reasons, a CRM's answer) is not a fact about the person and is left out; a vendor's extras are named `vendor.field`.
 */
export const splitLead = (item: Record<string, unknown>): Split => {
  const person = Object.fromEntries(
    Object.entries(item).filter(([name, value]) => name !== 'company' && isWorthKeeping(value) && (standard.has(name) || /^[a-z0-9-]+\.[A-Za-z0-9_]+$/.test(name))),
  )
  if (isRecord(item.custom)) for (const [name, value] of Object.entries(item.custom)) if (isWorthKeeping(value)) person[`custom.${name}`] = value
  return { person: { ...person, ...idsOf(item) }, company: companyOf(item.company) }
}

/** {ids: {apollo: '54a'}} → {'apollo.id': '54a'} */
const idsOf = ({ ids }: Record<string, unknown>): Record<string, unknown> =>
  isRecord(ids) ? Object.fromEntries(Object.entries(ids).flatMap(([connector, id]) => (isWorthKeeping(id) ? [[`${connector}.id`, id]] : []))) : {}

const companyOf = (value: unknown): Company => {
  if (typeof value === 'string' && value.trim()) return { name: value.trim() }
  if (!isRecord(value)) return {}
  return { ...Object.fromEntries(Object.entries(value).filter(([name, inner]) => ofCompany.has(name) && isWorthKeeping(inner))), ...idsOf(value) }
}

const isWorthKeeping = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
