import { isDeepStrictEqual } from 'node:util'
import { Observation } from '../contracts/observation.ts'
import { problemsOf } from '../contracts/validate.ts'
import { splitLead, type Split } from './fields.ts'

/** Where facts come from that no observation of the item says, for all of one upsert. */
export interface Provenance {
  readonly source: string
  readonly at: Date
  /** 0 to 1: the chance that the values are right. */
  readonly confidence: number
  readonly legalBasis?: string
}

/** Field → [value, the chance that it is right, for a verdict the address that it is about]. */
export type Fields = Record<string, [unknown, number, string?]>

/** What one answer says of one subject. */
export interface Saying extends Omit<Observation, 'values' | 'at'> {
  readonly at: Date
  readonly fields: Fields
  /** By whoever stores the item, not by an observation in it. */
  readonly isOwn?: boolean
}

const isObservation = (value: unknown): value is Observation => problemsOf(Observation, value).length === 0

export interface Sayings {
  readonly person: readonly Saying[]
  readonly company: readonly Saying[]
}

/**
 * Who said each field of an item: the observations that it carries, as far as the item still holds what they say, and
 * for all else whoever stores it.
 * @param split the item, taken apart
 */
export const sayingsOf = (item: Record<string, unknown>, { person, company }: Split, from: Provenance): Sayings => {
  const observations = (Array.isArray(item.observations) ? item.observations : []).filter(isObservation)
  const given = observations.map((observation) => fieldsIn(observation, item))
  const of = (part: keyof Split, held: Record<string, unknown>): Saying[] => {
    const said = observations.map(({ values: _values, at, legalBasis = from.legalBasis, ...by }, position): Saying => ({
      ...by,
      legalBasis,
      at: new Date(at),
      fields: stillHeld(given[position]?.[part] ?? {}, held),
    }))
    const left = Object.entries(held).filter(([field]) => !said.some(({ fields }) => field in fields))
    const rest: Saying = {
      ...from,
      isOwn: true,
      fields: Object.fromEntries(
        left.map(([field, value]): [string, Fields[string]] => [field, [value, from.confidence]]),
      ),
    }
    return [...said, rest]
      .filter(({ fields }) => Object.keys(fields).length > 0)
      .map((saying) => ({ ...saying, fields: about(saying.fields, person.email) }))
  }
  return { person: of('person', person), company: of('company', company) }
}

/** An observation's fields by the names and in the forms in which they are stored. */
const fieldsIn = ({ values }: Observation, item: Record<string, unknown>): Record<keyof Split, Fields> => {
  const found: Record<keyof Split, Fields> = { person: {}, company: {} }
  for (const [path, [value, confidence]] of Object.entries(values)) {
    const { country } = item
    const { person, company } = splitLead(nested(path, value), typeof country === 'string' ? country : undefined)
    for (const [field, stored] of Object.entries(person)) found.person[field] = [stored, confidence]
    for (const [field, stored] of Object.entries(company)) found.company[field] = [stored, confidence]
  }
  return found
}

/** company.name → {company: {name}}; ids.apollo → {ids: {apollo}}; a vendor's extra, vendor.field, stays as it is. */
const nested = (path: string, value: unknown): Record<string, unknown> => {
  const [head = path, ...rest] = path.split('.')
  return rest.length > 0 && ['company', 'ids', 'custom'].includes(head)
    ? { [head]: nested(rest.join('.'), value) }
    : { [path]: value }
}

const stillHeld = (said: Fields, held: Record<string, unknown>): Fields =>
  Object.fromEntries(
    Object.entries(said).filter(([field, [value]]) => field in held && isDeepStrictEqual(held[field], value)),
  )

/** A verdict is about the address that stands beside it, whoever else said that one. */
const about = (fields: Fields, email: string | undefined): Fields => {
  const [value, confidence] = fields.verdict ?? []
  return email === undefined || confidence === undefined ? fields : { ...fields, verdict: [value, confidence, email] }
}
