import type { Observation } from '../contracts/observation.ts'
import type { Asked } from './block.ts'
import { isRecord } from './fields.ts'

/** Who said something, and when: of a vendor's answer all of it is known. */
export type Said = Omit<Observation, 'values'>

/** Where a vendor does not say how sure it is. */
export const usualConfidence = 0.8

/** @returns who said it, of an answer of an outside service */
export const saidBy = ({ provider = 'unknown', at, price, ledger }: Asked<unknown>): Said => ({
  source: provider,
  at: at.toISOString(),
  ...(price !== undefined && price > 0 && { price }),
  ...(ledger !== undefined && { ledger }),
})

/** The item with one more observation. Fields that nobody said anything of are left out; one without any is none. */
export const observe = (
  item: Record<string, unknown>,
  said: Said,
  values: Record<string, unknown>,
  confidence = usualConfidence,
): Record<string, unknown> => {
  const known = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '')
  if (known.length === 0) return item
  const before: unknown[] = Array.isArray(item.observations) ? item.observations : []
  const observation = {
    ...said,
    values: Object.fromEntries(
      known.map(([field, value]): [string, [unknown, number]] => [field, [value, confidence]]),
    ),
  }
  return { ...item, observations: [...before, observation] }
}

/** The fields of a person and their company as an observation names them: company.name, ids.apollo. */
export const fieldsOf = (lead: Record<string, unknown>, within = ''): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(lead).flatMap(([name, value]): [string, unknown][] =>
      (name === 'company' || name === 'ids') && isRecord(value)
        ? Object.entries(fieldsOf(value, `${within}${name}.`))
        : [[`${within}${name}`, value]],
    ),
  )

/** What an item's observations say of its company alone, for an output about somebody else there. */
export const aboutCompany = ({ observations }: Record<string, unknown>): Observation[] =>
  (Array.isArray(observations) ? observations : []).flatMap((one: Observation) => {
    const values = Object.fromEntries(
      Object.entries(isRecord(one.values) ? one.values : {}).filter(([field]) => field.startsWith('company.')),
    )
    return Object.keys(values).length > 0 ? [{ ...one, values }] : []
  })
