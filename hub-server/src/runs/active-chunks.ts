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
    /** Whether something is worked on that must have the process for itself. */
    isAlone: (): boolean => [...all].some(({ chunk }) => chunk.struck > 0),
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
    /** Items that are being worked on, by their run and its step. */
    itemsByStep: (): { run: string; step: number; items: number }[] =>
      [...Map.groupBy(all, ({ chunk: { run, step } }) => `${run} ${step}`).values()].flatMap((chunks) => {
        const [first] = chunks
        const items = chunks.reduce((sum, { chunk }) => sum + chunk.last - chunk.first + 1, 0)
        return first ? [{ run: first.chunk.run, step: first.chunk.step, items }] : []
      }),
  }
}

export type ActiveChunks = ReturnType<typeof createActive>

export const stopped = () => new HubError('cancelled', 'The run was stopped.')
