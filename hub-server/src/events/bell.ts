import { EventEmitter } from 'node:events'

/** Wakes those in this process who wait for news; who is in another process looks again by the clock. */
export const createBell = () => {
  const emitter = new EventEmitter().setMaxListeners(0)
  let rings = 0
  return {
    ring: (): void => {
      rings += 1
      emitter.emit('ring')
    },
    /** How often it has rung: asked before looking, so that a ring during the look is not missed. */
    rings: (): number => rings,
    /**
     * Until it has rung more than `heard` times (Infinity: no ring counts), or so many milliseconds, or the signal.
     * Never throws.
     */
    next: (heard: number, ms: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer)
          emitter.off('ring', listen)
          signal.removeEventListener('abort', done)
          resolve()
        }
        const listen = () => {
          if (rings > heard) done()
        }
        const timer = setTimeout(done, ms)
        emitter.on('ring', listen)
        signal.addEventListener('abort', done)
        if (signal.aborted) done()
        else listen()
      }),
  }
}

/**
 * Rung by this process's publisher when it has published; a ring about another workspace only costs its hearers a look.
 */
export const published = createBell()
