import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../problem.ts'

/** Seconds before reading once more. */
const pauses = [0, 1, 2, 4, 8]

/**
 * An n8n that was busy for seconds ends connections that have been idle meanwhile, also under a question that was just
 * sent on one of them, and answers 503 “Database is not ready!” where its own check took too long: reading once more is
 * harmless.
 */
export async function readPatiently<T>(read: () => Promise<T>): Promise<T> {
  for (const seconds of pauses) {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
    }
    await sleep(seconds * 1000)
  }
  return read()
}
