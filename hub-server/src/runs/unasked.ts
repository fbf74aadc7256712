import type { BlockContext } from '../blocks/block.ts'
import { HubError, type ErrorValue } from '../contracts/errors.ts'
import type { Result } from '../contracts/result.ts'

/** A context that remembers what was not asked because the run was stopped. */
export interface WatchedContext {
  readonly context: BlockContext
  /**
   * Which items have no result yet, whatever the block made of them: something was not asked, or waits for a person.
   */
  readonly openOf: (results: readonly Result[]) => ReadonlySet<number>
  /** Whether something was thrown because of the stop. */
  readonly wasCut: (thrown: unknown) => boolean
  /** Everything was stopped, and a person lets it go on. */
  readonly waits: () => ErrorValue | undefined
}

/**
 * Watches what a block asks. A block may make something of an answer that never came (a verdict of its own, a lead
 * without what was to be found): such a result is taken back, and the item is done again when the run goes on. What was
 * answered by then is in the cache, and messages that have left are known by their names.
 */
export const watchAsked = (given: BlockContext): WatchedContext => {
  const items = new Set<number>()
  let everything = false
  let pages = false
  let waits: ErrorValue | undefined

  const note = (item: number | undefined): void => {
    if (item === undefined) everything = true
    else items.add(item)
  }

  /** Which item a page or a look-up is for nobody says. */
  const noting = async <Out>(work: Promise<Out>): Promise<Out> => {
    try {
      return await work
    } catch (thrown) {
      if (isCancelled(thrown)) pages = true
      throw thrown
    }
  }

  const context: BlockContext = {
    ...given,
    ask: async (capability, inputs, options) => {
      try {
        const answers = await given.ask(capability, inputs, options)
        for (const [position, { error }] of answers.entries()) {
          if (error?.kind !== 'cancelled') continue
          note(options?.items?.[position])
          if (error.pauses) waits ??= error
        }
        return answers
      } catch (thrown) {
        if (isCancelled(thrown) || given.signal.aborted)
          for (const position of inputs.keys()) note(options?.items?.[position])
        throw thrown
      }
    },
    fetchPage: (url, options) => noting(given.fetchPage(url, options)),
    resolveMx: (domain) => noting(given.resolveMx(domain)),
  }

  const openOf = (results: readonly Result[]): ReadonlySet<number> => {
    const told = results.filter(({ status, error }) => status === 'pending' || error?.kind === 'cancelled')
    const waiting = results.filter(({ error }) => error?.pauses)
    // A page was not read, and no result says so.
    const whose = everything || (pages && told.length === 0) ? results : [...told, ...waiting]
    return new Set([...items, ...whose.map(({ item }) => item)])
  }

  return { context, openOf, wasCut: (thrown) => isCancelled(thrown) || given.signal.aborted, waits: () => waits }
}

const isCancelled = (thrown: unknown): boolean => thrown instanceof HubError && thrown.kind === 'cancelled'
