/** One of several ways to do the same, and what was measured each time that it had its turn. */
export interface Way<Measured> {
  readonly measured: readonly Measured[]
  readonly warmUp: () => Promise<unknown>
  readonly takeTurn: () => Promise<void>
}

/** @param work does it once, and says what was measured */
export const way = <Measured>(work: () => Promise<Measured>): Way<Measured> => {
  const measured: Measured[] = []
  return {
    measured,
    warmUp: work,
    takeTurn: async () => void measured.push(await work()),
  }
}

/** The ways take turns, so that a slow moment of the machine meets all of them; a first round only warms up. */
export const takeTurns = async (ways: readonly Way<unknown>[], rounds: number): Promise<void> => {
  for (const each of ways) await each.warmUp()
  for (let round = 0; round < rounds; round++) for (const each of ways) await each.takeTurn()
}
