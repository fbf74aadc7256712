import { HubError } from '../contracts/errors.ts'
import { createLocalPlaces } from './places/local.ts'
import { horizonMs, isQuota, toleranceOf, type Clock, type Places, type Rate } from './places/places.ts'

export type { Clock, Rate }

/** For a quota or a pause nobody is kept waiting longer; the line of a short window moves, so there one waits. */
const longestWaitMs = 90_000
/** Places asked for at once. */
const mostAtOnce = 250
/** A line asks no oftener, as places are given ahead, and no seldomer, as what was answered may have changed. */
const [oftenestMs, seldomestMs] = [horizonMs / 4, 1_000]
/** Tries to be in time for a place, where the process is busy: one that never is goes all the same. */
const mostTries = 10

interface Waiting {
  /** When the place is due, by the clock. */
  readonly give: (at: number) => void
  readonly refuse: (cause: unknown) => void
}

export type Limiter = ReturnType<typeof createLimiter>

/**
 * Gives places so that a vendor's limit is used but never passed. Evenly spaced (GCRA) for short windows, so that
 * no fixed window of the vendor sees a burst; counted in a sliding window for long ones.
 */
export const createLimiter = (clock: Clock, places: Places = createLocalPlaces(clock)) => {
  /** Who waits under the same rates stands in one line, in the order of coming. */
  const lines = new Map<string, Waiting[]>()

  const serve = async (line: Waiting[], key: string, place: string, rates: readonly Rate[]): Promise<void> => {
    try {
      while (line.length > 0) {
        // From when it was asked: the answer lies until this process has time to read it.
        const asked = clock.now()
        const { waits, later, closed } = await places.take(place, rates, Math.min(mostAtOnce, line.length))
        for (const wait of waits) line.shift()?.give(asked + wait)
        if (closed > longestWaitMs) for (const waiting of line.splice(0)) waiting.refuse(usedUp(closed))
        if (later > 0 && line.length > 0) await clock.sleep(Math.min(seldomestMs, Math.max(oftenestMs, later)), forever)
      }
    } catch (thrown) {
      for (const waiting of line.splice(0)) waiting.refuse(thrown)
    } finally {
      lines.delete(key)
    }
  }

  const join = (place: string, rates: readonly Rate[], waiting: Waiting): Waiting[] => {
    const key = [place, ...rates.map((rate) => rate.key)].join('\n')
    const known = lines.get(key)
    if (known) {
      known.push(waiting)
      return known
    }
    const line = [waiting]
    lines.set(key, line)
    void serve(line, key, place, rates)
    return line
  }

  const placeAt = (place: string, rates: readonly Rate[], signal: AbortSignal): Promise<number> =>
    new Promise((resolve, reject) => {
      const leave = () => {
        const index = line.indexOf(waiting)
        if (index >= 0) line.splice(index, 1)
        reject(cancelled())
      }
      const stay = () => signal.removeEventListener('abort', leave)
      const waiting: Waiting = { give: (at) => (stay(), resolve(at)), refuse: (cause) => (stay(), reject(cause)) }
      const line = join(place, rates, waiting)
      signal.addEventListener('abort', leave)
    })

  return {
    /**
     * Waits for a place under every one of the rates, given up to 100 ms ahead.
     * @returns what waits until the call is due: what must be done before it leaves is done meanwhile
     * @throws HubError rate_limited when a quota is used up, or the vendor asked to stay away, for longer than 90 s;
     * cancelled when the signal aborts; both throw the same
     */
    take: async (place: string, rates: readonly Rate[], signal: AbortSignal): Promise<() => Promise<void>> => {
      if (signal.aborted) throw cancelled()
      const first = await placeAt(place, rates, signal)
      return async () => {
        let missed = rates
        for (let at = first, tries = 1; ; tries++) {
          const wait = at - clock.now()
          if (wait > 0) await clock.sleep(wait, signal)
          if (signal.aborted) throw cancelled()
          // A place that was missed is of no use: calls that go late go together. Late for a short window is in time for
          // a long one; and what a quota counted stays counted.
          const late = clock.now() - at
          missed = missed.filter((rate) => !isQuota(rate) && late > toleranceOf(rate))
          if (missed.length === 0 || tries === mostTries) return
          at = await placeAt(place, missed, signal)
        }
      }
    },
    /** The vendor said so itself (429 with Retry-After, or a header): nobody calls before. */
    pause: (place: string, ms: number): void => places.pause(place, ms),
  }
}

const forever = new AbortController().signal

const cancelled = () => new HubError('cancelled', 'The run was stopped before this call was made.')

const usedUp = (ms: number) =>
  new HubError('rate_limited', 'The limit of this account at the service is used up.', {
    retryAfter: Math.ceil(ms / 1000),
    advice: `Try again in ${Math.ceil(ms / 60_000)} minutes, or connect an account with a higher limit.`,
  })
