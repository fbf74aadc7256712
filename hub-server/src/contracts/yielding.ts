import { setImmediate as others } from 'node:timers/promises'

/** Milliseconds that a computation may go on without letting in what else waits. */
const longest = 15

/**
 * For long computations in small parts: called between the parts, it gives the event loop a turn when one is due.
 * @returns nothing to wait for, mostly
 */
export const createYielding = (): (() => Promise<void> | undefined) => {
  let since = performance.now()
  const yielded = async (): Promise<void> => {
    await others()
    since = performance.now()
  }
  return () => (performance.now() - since > longest ? yielded() : undefined)
}
