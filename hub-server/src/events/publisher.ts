import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Database } from '../db/database.ts'
import { published } from './notifier.ts'
import { publishBatch } from './publish.ts'

export interface PublisherParts {
  readonly database: Pick<Database, 'db' | 'kind'>
  readonly log: Pick<Logger, 'warn' | 'info'>
}

export type Publisher = ReturnType<typeof createPublisher>

/** Milliseconds between two looks. */
const idle = 500
/** Milliseconds between tries while the database is away: at first, and at most. */
const [firstPause, longestPause] = [100, 5000]

/**
 * Shows committed events to readers. Every process of the hub runs one; of all of them one at a time publishes.
 * While the database is away it tries again, without end, and says so once.
 */
export const createPublisher = ({ database, log }: PublisherParts) => {
  const closing = new AbortController()
  let looping = Promise.resolve()

  const publishAll = async (): Promise<void> => {
    while (!closing.signal.aborted && (await publishBatch(database)) > 0) published.notify()
  }

  /** Ends early when the publisher is stopped. */
  const rest = (ms: number): Promise<void> =>
    sleep(ms, undefined, { signal: closing.signal }).catch((thrown: unknown) => {
      if (!closing.signal.aborted) throw thrown
    })

  const loop = async (): Promise<void> => {
    let pause = 0
    while (!closing.signal.aborted) {
      try {
        await publishAll()
        if (pause > 0) log.info('events are published again')
        pause = 0
        await rest(idle)
      } catch (thrown) {
        if (pause === 0)
          log.warn({ err: thrown }, 'events cannot be published just now; they are kept, and it is tried again')
        pause = Math.min(longestPause, pause * 2 || firstPause)
        await rest(pause)
      }
    }
  }

  return {
    /** Begins; called once. */
    start: (): void => {
      looping = loop()
    },
    /** Ends when the batch under way has ended; what is not published then is so by another, or at the next start. */
    stop: async (): Promise<void> => {
      closing.abort()
      await looping
    },
  }
}
