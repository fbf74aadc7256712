import { setImmediate as others } from 'node:timers/promises'

/** How long one goes on until others are let in, milliseconds. */
const turnMs = 15

/**
 * As `map`, but all else that waits is let in now and then: what takes a while for each of thousands would hold the
 * whole hub up.
 */
export const mapInTurns = async <In, Out>(
  values: readonly In[],
  to: (value: In, index: number) => Out,
): Promise<Out[]> => {
  const out: Out[] = []
  let began = performance.now()
  for (const [index, value] of values.entries()) {
    if (performance.now() - began > turnMs) {
      await others()
      began = performance.now()
    }
    out.push(to(value, index))
  }
  return out
}
