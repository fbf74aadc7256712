import { HubError } from '../contracts/errors.ts'
import type { Chunk } from './chunks.ts'

/** A chunk that is being worked on here. */
export interface Active {
  readonly chunk: Chunk
  /** No new call. */
  readonly stop: AbortController
  /** Not even what is under way. */
  readonly end: AbortController
}

/** What this process works on. */
export const createActive = () => {
  const all = new Set<Active>()
  return {
    all: (): Active[] => [...all],
    count: (): number => all.size,
    add: (chunk: Chunk): Active => {
      const one = { chunk, stop: new AbortController(), end: new AbortController() }
      all.add(one)
      return one
    },
    remove: (one: Active): void => void all.delete(one),
    /** Begins no new call for a run in this process. */
    stopRun: (run: string): void => {
      for (const { chunk, stop } of all) if (chunk.run === run) stop.abort(stopped())
    },
    /** Items that are being worked on, by their run. */
    itemsByRun: (): Map<string, number> => {
      const items = new Map<string, number>()
      for (const { chunk } of all) items.set(chunk.run, (items.get(chunk.run) ?? 0) + chunk.last - chunk.first + 1)
      return items
    },
  }
}

export type ActiveChunks = ReturnType<typeof createActive>

export const stopped = () => new HubError('cancelled', 'The run was stopped.')
