import type { Observation } from '../contracts/observation.ts'
import type { Asked } from './block.ts'

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
export const observe = (item: Record<string, unknown>, said: Said, values: Record<string, unknown>, confidence = usualConfidence): Record<string, unknown> => {
  const known = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '')
  if (known.length === 0) return item
  const before: unknown[] = Array.isArray(item.observations) ? item.observations : []
  const observation = { ...said, values: Object.fromEntries(known.map(([field, value]): [string, [unknown, number]] => [field, [value, confidence]])) }
  return { ...item, observations: [...before, observation] }
}
