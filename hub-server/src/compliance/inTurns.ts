import { createYielding } from '../contracts/yielding.ts'

/** As `map`, but all else that waits is let in now and then. */
export const mapInTurns = async <In, Out>(
  values: readonly In[],
  to: (value: In, index: number) => Out,
): Promise<Out[]> => {
  const out: Out[] = []
  const due = createYielding()
  for (const [index, value] of values.entries()) {
    const turn = due()
    if (turn) await turn
    out.push(to(value, index))
  }
  return out
}
