import { allCounts, resetCounts } from '../shared/vendor-counts.ts'
import { rounded } from '../shared/figures.ts'
import { timed } from '../shared/processes.ts'
import type { Place } from './place.ts'
import { csvOf, options, whenDone } from './run.ts'

export interface Went {
  readonly items: number
  readonly seconds: number
  readonly itemsPerSecond: number
  /** The vendor's own count. */
  readonly calls: number
  readonly refused: number
}

/**
 * Sends a file of addresses and waits for the end of its run.
 * @param more options of Verify Email
 * @throws Error where an item was not verified
 */
export const verifyFile = async (
  { hub: { client }, sandbox }: Place,
  takeMails: (count: number) => string[],
  items: number,
  more: object = {},
): Promise<Went> => {
  await resetCounts(sandbox)
  const ms = await timed(async () => {
    const { data } = await client.post('/v1/runs', csvOf(takeMails, items), {
      params: { block: 'verify-email', options: JSON.stringify({ ...options, ...more }) },
      headers: { 'content-type': 'text/csv' },
    })
    const ended = await whenDone(client, data.run.id)
    if (ended.items.done !== items)
      throw new Error(`${ended.items.done} of ${items} were verified: ${JSON.stringify(ended.items)}`)
  })
  const { calls, refused } = await allCounts(sandbox)
  const seconds = rounded(ms / 1000, 1)
  return { items, seconds, itemsPerSecond: rounded((items / ms) * 1000), calls, refused }
}
