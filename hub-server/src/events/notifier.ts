import { EventEmitter } from 'node:events'

/** Wakes those in this process who wait for news; who is in another process looks again by the clock. */
export const createNotifier = () => {
  const emitter = new EventEmitter().setMaxListeners(0)
  let count = 0
  return {
    notify: (): void => {
      count += 1
      emitter.emit('news')
    },
    /** How often there were news: asked before looking, so that none that come during the look are missed. */
    count: (): number => count,
    /**
     * Until there were news more than `heard` times (Infinity: none count), or so many milliseconds, or the signal.
     * Never throws.
     */
    next: (heard: number, ms: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer)
          emitter.off('news', listen)
          signal.removeEventListener('abort', done)
          resolve()
        }
        const listen = () => {
          if (count > heard) done()
        }
        const timer = setTimeout(done, ms)
        emitter.on('news', listen)
        signal.addEventListener('abort', done)
        if (signal.aborted) done()
        else listen()
      }),
  }
}

/**
 * Notified by this process's publisher when it has published; news of another workspace only cost those who wait a
 * look.
 */
export const published = createNotifier()
