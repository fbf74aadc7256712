import { setImmediate as others } from 'node:timers/promises'

/** Values between two pauses: some ten milliseconds of normalising and hashing. */
const turn = 500

/**
 * As `map`, but all else that waits is let in now and then: 10,000 people would keep the process busy for a quarter of
 * a second.
 */
export const mapInTurns = async <In, Out>(
  values: readonly In[],
  to: (value: In, index: number) => Out,
): Promise<Out[]> => {
  const out: Out[] = []
  for (const [index, value] of values.entries()) {
    if (index % turn === turn - 1) await others()
    out.push(to(value, index))
  }
  return out
}
