import type { Operation } from '../compiled/connector.ts'

/**
 * The highest number of the vendor's credits that one item, or one page of its results, can cost.
 * @param results how many results are asked for, where credits are counted by results
 */
export const mostCredits = ({ manifest }: Operation, results?: number): number => {
  const { credits = 0 } = manifest
  if (typeof credits === 'number') return credits
  return Math.ceil((results ?? credits.results) / credits.results) * credits.each
}

/** How many results an item asks for; undefined where its input has no limit. */
export const wantedOf = (item: unknown): number | undefined => {
  const limit: unknown = typeof item === 'object' && item !== null ? Reflect.get(item, 'limit') : undefined
  return typeof limit === 'number' ? limit : undefined
}
