import type { Scope } from '../contracts/scope.ts'

/**
 * Milliseconds for which an answer is believed. Other hub processes may add to an empty list at any time; to believe
 * that there is something where nothing is any more only costs a look.
 */
const trustMs = { empty: 1000, held: 60_000 }

/**
 * Remembers which scopes' lists are empty, as most are, so that nothing is hashed and looked up for them.
 * @param ask whether a scope's list is empty just now
 */
export const createEmptiness = (ask: (scope: Scope) => Promise<boolean>) => {
  const known = new Map<string, { empty: boolean; until: number }>()
  let additions = 0
  const nameOf = ({ workspace, mode }: Scope): string => `${mode}:${workspace}`
  return {
    isEmpty: async (scope: Scope): Promise<boolean> => {
      const remembered = known.get(nameOf(scope))
      if (remembered && performance.now() < remembered.until) return remembered.empty
      const [began, before] = [performance.now(), additions]
      const empty = await ask(scope)
      // What was asked while this process added something may be old already.
      if (additions === before)
        known.set(nameOf(scope), { empty, until: began + (empty ? trustMs.empty : trustMs.held) })
      return empty
    },
    /** Called after an addition is committed. */
    added: (scope: Scope): void => {
      additions += 1
      known.set(nameOf(scope), { empty: false, until: performance.now() + trustMs.held })
    },
  }
}
