import type { Scope } from '../contracts/scope.ts'
import type { ClaimScope, Claims } from './claims.ts'

/** Work that nobody else may do at once: it holds all of these names while it is done. */
export interface Locked {
  readonly names: readonly string[]
}

const lookMs = 100

/**
 * A lock on names, among all processes: what is looked for first and then created must not be done twice at once.
 * Nothing waits while it holds a name, so that no two wait for each other.
 * @param claims where other processes may do the same; absent where there is only this one
 */
export const createLock = (claims?: Claims) => {
  /** Held by this process: a claim does not tell its own holder apart. */
  const mine = new Set<string>()

  const take = async (place: ClaimScope, names: readonly string[]): Promise<Set<string>> => {
    const free = names.filter((name) => !mine.has(idOf(place, name)))
    for (const name of free) mine.add(idOf(place, name))
    try {
      const taken = new Set(claims ? await claims.claim(place, free) : free)
      for (const name of free) if (!taken.has(name)) mine.delete(idOf(place, name))
      return taken
    } catch (thrown) {
      for (const name of free) mine.delete(idOf(place, name))
      throw thrown
    }
  }

  const give = async (place: ClaimScope, names: readonly string[]): Promise<void> => {
    try {
      if (names.length > 0) await claims?.release(place, names)
    } finally {
      for (const name of names) mine.delete(idOf(place, name))
    }
  }

  /**
   * Does the work of all entries, in as many parts as it takes until each could be done alone.
   * @param sleep rejects when the work is no longer wanted
   * @throws Fault unavailable when the database is away; whatever `work` and `sleep` throw
   */
  return async <Entry extends Locked>(
    scope: Scope,
    connector: string,
    entries: readonly Entry[],
    sleep: (ms: number) => Promise<void>,
    work: (ready: readonly Entry[]) => Promise<void>,
  ): Promise<void> => {
    const place: ClaimScope = { ...scope, connector, operation: 'lock' }
    for (let open = entries; open.length > 0;) {
      const taken = await take(place, [...new Set(open.flatMap(({ names }) => names))])
      const ready = open.filter(({ names }) => names.every((name) => taken.has(name)))
      const needed = new Set(ready.flatMap(({ names }) => names))
      const others = [...taken].filter((name) => !needed.has(name))
      try {
        await give(place, others)
        if (ready.length > 0) await work(ready)
      } finally {
        await give(place, [...needed])
      }
      open = open.filter((entry) => !ready.includes(entry))
      if (open.length > 0 && ready.length === 0) await sleep(lookMs * (0.5 + Math.random()))
    }
  }
}

const idOf = (place: ClaimScope, name: string): string => JSON.stringify([place, name])
