import type { ClaimScope, Claims } from './claims.ts'

const lookMs = 100

/**
 * Does work while no other process does work of the same name: what looks for a record first and then creates it must
 * not be done twice at once. Within one process such work stands in line already.
 * @param sleep rejects when the work is no longer wanted
 */
export const distributedMutex =
  (claims: Claims, place: ClaimScope, sleep: (ms: number) => Promise<void>) =>
  async <Out>(name: string, work: () => Promise<Out>): Promise<Out> => {
    const keys = [`mutex ${name}`]
    while ((await claims.claim(place, keys)).length === 0) await sleep(lookMs)
    try {
      return await work()
    } finally {
      await claims.release(place, keys)
    }
  }
