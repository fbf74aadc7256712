/** Ends what rests, so that another may begin. */
type End = () => void

/**
 * So many processes at once: the next one waits, or takes the place of the one that has rested for longest.
 */
export const createSlots = (most: number) => {
  const resting = new Set<End>()
  const waiting: (() => void)[] = []
  let taken = 0
  return {
    take: async (): Promise<void> => {
      if (taken >= most) {
        const [longest] = resting
        longest?.()
      }
      while (taken >= most) await new Promise<void>((done) => void waiting.push(done))
      taken++
    },
    give: (end: End): void => {
      resting.delete(end)
      taken--
      waiting.shift()?.()
    },
    /** From now on its process may be ended for another one. */
    rest: (end: End): void => {
      if (waiting.length > 0) end()
      else resting.add(end)
    },
    wake: (end: End): void => void resting.delete(end),
  }
}
export type Slots = ReturnType<typeof createSlots>
