import { HubError } from '../contracts/errors.ts'
import { cancelled } from './webErrors.ts'

export interface Deadline {
  /** Milliseconds. */
  readonly ms: number
  /** What is thrown when they are over. */
  readonly tooLate: () => HubError
  readonly signal: AbortSignal
}

/**
 * Runs work under a signal that aborts when the caller cancels or when time is over, and answers at that moment
 * even if the work does not listen.
 * @throws HubError cancelled, or the one from `tooLate`
 */
export const withDeadline = async <Result>(
  { ms, tooLate, signal }: Deadline,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  const stop = new AbortController()
  const onCancel = () => stop.abort(signal.reason instanceof HubError ? signal.reason : cancelled(signal.reason))
  if (signal.aborted) onCancel()
  signal.addEventListener('abort', onCancel, { once: true })
  const timer = setTimeout(() => stop.abort(tooLate()), Math.max(0, ms))
  try {
    stop.signal.throwIfAborted()
    const stopped = Promise.withResolvers<never>()
    stop.signal.addEventListener('abort', () => stopped.reject(stop.signal.reason), { once: true })
    return await Promise.race([work(stop.signal), stopped.promise])
  } catch (thrown) {
    // An aborted request fails in its own words; the reason says it better.
    throw stop.signal.aborted ? stop.signal.reason : thrown
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onCancel)
  }
}
