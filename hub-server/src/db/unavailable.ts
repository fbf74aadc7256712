import { setTimeout as pause } from 'node:timers/promises'
import { Fault, HubError } from '../contracts/errors.ts'

/**
 * What pg and Postgres say when the server is not there, is going, or is not ready yet
 * (https://www.postgresql.org/docs/15/errcodes-appendix.html, classes 08 and 57P).
 */
const codes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  '08000',
  '08003',
  '08006',
  '08001',
  '08004',
  '57P01',
  '57P02',
  '57P03',
])
const sayings = new RegExp(
  String.raw`Connection terminated|Client has encountered a connection error|` +
    String.raw`timeout exceeded when trying to connect|server closed the connection`,
)

/**
 * Whether something failed because the database does not answer just now, or because what failed was caused by that.
 */
export const isUnavailable = (thrown: unknown): boolean => {
  for (let cause = thrown, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    // Connections of vendors and websites break with the same codes: those are told of as HubErrors.
    if (cause instanceof HubError && !(cause instanceof Fault)) return false
    if (('code' in cause && codes.has(String(cause.code))) || sayings.test(cause.message)) return true
  }
  return false
}

const longestMs = 120_000

/**
 * Does something that may be done twice until the database answers, for two minutes at most: what was paid for is not
 * given up because Postgres restarts.
 */
export const retryWhileUnavailable = async <Value>(work: () => Promise<Value>): Promise<Value> => {
  const began = performance.now()
  for (let wait = 50; ; wait = Math.min(1_000, wait * 2)) {
    try {
      return await work()
    } catch (thrown) {
      if (!isUnavailable(thrown) || performance.now() - began > longestMs) throw thrown
      await pause(wait)
    }
  }
}
