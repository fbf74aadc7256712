import { setTimeout as pause } from 'node:timers/promises'
import { Fault, HubError } from '../contracts/errors.ts'

interface Cause {
  readonly message: string
  readonly advice: string
}

const away: Cause = {
  message: 'The database does not answer just now.',
  advice: 'The hub tries again by itself. If it stays, look whether the database runs.',
}
const tooMany: Cause = {
  message: 'The database takes no more connections just now.',
  advice: 'The hub tries again by itself. If it stays, raise PostgreSQL’s max_connections or close other programs.',
}
const noSpace: Cause = {
  message: 'The disk is full, and nothing can be stored just now.',
  advice: 'Free some space. The hub goes on by itself then.',
}
const readOnly: Cause = {
  message: 'The database takes nothing new just now: it is read-only.',
  advice: 'Let it be written to again. The hub goes on by itself then.',
}
const noFiles: Cause = {
  message: 'The hub has as many files and connections open as it may.',
  advice: 'Try again in a moment. If it stays, raise the limit of open files (ulimit -n) and start the hub anew.',
}

/**
 * What pg, Postgres and the system say when the database is not there, is going, is not ready yet, or has nothing left
 * to work with (https://www.postgresql.org/docs/15/errcodes-appendix.html, classes 08, 25, 53, 57P and 58).
 */
const causes: Readonly<Record<string, Cause>> = {
  ECONNREFUSED: away,
  ECONNRESET: away,
  EPIPE: away,
  ENOTFOUND: away,
  EAI_AGAIN: away,
  ETIMEDOUT: away,
  '08000': away,
  '08003': away,
  '08006': away,
  '08001': away,
  '08004': away,
  '57P01': away,
  '57P02': away,
  '57P03': away,
  '58030': away,
  '53300': tooMany,
  '53100': noSpace,
  ENOSPC: noSpace,
  EDQUOT: noSpace,
  '25006': readOnly,
  EROFS: readOnly,
  '53000': noFiles,
  EMFILE: noFiles,
  ENFILE: noFiles,
}

const sayings: readonly (readonly [RegExp, Cause])[] = [
  [/No space left on device/, noSpace],
  [
    new RegExp(
      String.raw`Connection terminated|Client has encountered a connection error|` +
        String.raw`timeout exceeded when trying to connect|server closed the connection|PGlite broke down`,
    ),
    away,
  ],
]

const causeOf = (thrown: unknown): Cause | undefined => {
  for (let cause = thrown, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    // Connections of vendors and websites break with the same codes: those are told of as HubErrors.
    if (cause instanceof HubError && !(cause instanceof Fault)) return undefined
    const { message } = cause
    const found =
      ('code' in cause ? causes[String(cause.code)] : undefined) ?? sayings.find(([text]) => text.test(message))?.[1]
    if (found) return found
  }
  return undefined
}

/**
 * Whether something failed because the database does not answer just now, or because what failed was caused by that.
 */
export const isUnavailable = (thrown: unknown): boolean => causeOf(thrown) !== undefined

const retrySeconds = 5

/** What failed because the database, or the machine under it, cannot just now, as it is told to whoever asked. */
export const explainUnavailable = (thrown: unknown): Fault | undefined => {
  if (thrown instanceof Fault && thrown.retryAfter !== undefined) return thrown
  const cause = causeOf(thrown)
  return (
    cause && new Fault('unavailable', cause.message, { advice: cause.advice, retryAfter: retrySeconds, cause: thrown })
  )
}

const longestMs = 120_000

/**
 * Does something that may be done twice until the database answers, for two minutes at most: what was paid for is not
 * given up because Postgres restarts.
 */
export const retryWhileUnavailable = async <Value>(
  work: () => Promise<Value>,
  withinMs: number = longestMs,
): Promise<Value> => {
  const began = performance.now()
  for (let wait = 50; ; wait = Math.min(1_000, wait * 2)) {
    try {
      return await work()
    } catch (thrown) {
      if (!isUnavailable(thrown) || performance.now() - began > withinMs) throw thrown
      await pause(wait)
    }
  }
}
