import { EventEmitter } from 'node:events'

/**
 * Tells waiters in this process that something happened to a run; those of other processes look again every half
 * second.
 */
export const createRunNotifier = () => {
  const emitter = new EventEmitter().setMaxListeners(0)
  return {
    changed: (run: string): void => void emitter.emit(run),
    /** Until something happens to the run, or half a second, or the signal. */
    next: (run: string, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer)
          emitter.off(run, done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        const timer = setTimeout(done, 500)
        emitter.once(run, done)
        signal.addEventListener('abort', done)
        if (signal.aborted) done()
      }),
  }
}

export type RunNotifier = ReturnType<typeof createRunNotifier>
