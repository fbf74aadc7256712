import { setTimeout as pause } from 'node:timers/promises'
import type { Kept } from './kept.ts'
import { begin } from './work.ts'

const everyMs = 250

/** Small runs, one after the other, as long as the long ones last: each gives events, and each is accepted once. */
export const startSmallRuns = (api: Kept) => {
  const ids: string[] = []
  let over = false
  const starting = (async () => {
    for (let count = 0; !over; count++) {
      ids.push(
        await begin(
          api,
          { block: 'lead-store', options: {} },
          [{ email: `small${count}@acme.example`, fullName: `Anna Small${count}` }],
          `small ${count}`,
        ),
      )
      await pause(everyMs)
    }
  })()
  // Told of by finish.
  starting.catch(() => undefined)
  return {
    /** @returns their ids */
    finish: async (): Promise<string[]> => {
      over = true
      await starting
      return ids
    },
  }
}
