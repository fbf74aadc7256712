import { HubError } from '../contracts/errors.ts'

/** At most `calls` within any `perMs`. */
export interface Rate {
  /** What is counted together: the account, one of its endpoints … */
  readonly key: string
  readonly calls: number
  readonly perMs: number
}

export interface Clock {
  readonly now: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Timers are a millisecond coarse and networks jitter: this much is left free in every window. */
const burstMs = 20
const jitterMs = 25
/** Windows longer than this are quotas: calls are counted, not spread out. */
const quotaFromMs = 120_000
/** For a quota nobody is kept waiting longer; the line of a short window moves, so there one waits. */
const longestWaitMs = 90_000

const isQuota = (rate: Rate): boolean => rate.perMs > quotaFromMs

/**
 * Gives places so that a vendor's limit is used but never passed. Evenly spaced (GCRA) for short windows, so that
 * no fixed window of the vendor sees a burst; counted in a sliding window for long ones.
 */
export const createLimiter = (clock: Clock) => {
  const spaced = new Map<string, number>()
  const counted = new Map<string, number[]>()
  const paused = new Map<string, number>()

  /** Milliseconds to wait for a place; the place is taken. */
  const takeSpaced = ({ key, ...rate }: Rate): number => {
    const now = clock.now()
    const step = (rate.perMs + burstMs + jitterMs) / rate.calls
    const due = Math.max(spaced.get(key) ?? 0, now - burstMs)
    spaced.set(key, due + step)
    return Math.max(0, due - now)
  }

  const takeCounted = ({ key, ...rate }: Rate): number => {
    const now = clock.now()
    const times = (counted.get(key) ?? []).filter((time) => time > now - rate.perMs)
    const wait = times.length < rate.calls ? 0 : (times[times.length - rate.calls] ?? now) + rate.perMs - now
    if (wait <= longestWaitMs) times.push(now + wait)
    counted.set(key, times)
    return wait
  }

  return {
    /**
     * Waits for a place under every one of the rates.
     * @throws HubError rate_limited when a quota is used up for longer than 90 s; cancelled when the signal aborts
     */
    take: async (place: string, rates: readonly Rate[], signal: AbortSignal): Promise<void> => {
      const pause = Math.max(0, (paused.get(place) ?? 0) - clock.now())
      const quota = Math.max(pause, ...rates.filter(isQuota).map(takeCounted))
      if (quota > longestWaitMs)
        throw new HubError('rate_limited', 'The limit of this account at the service is used up.', {
          retryAfter: Math.ceil(quota / 1000),
          advice: `Try again in ${Math.ceil(quota / 60_000)} minutes, or connect an account with a higher limit.`,
        })
      const wait = Math.max(quota, ...rates.filter((rate) => !isQuota(rate)).map(takeSpaced))
      if (wait > 0) await clock.sleep(wait, signal)
    },
    /** The vendor said so itself (429 with Retry-After, or a header): nobody calls before. */
    pause: (place: string, ms: number): void => {
      paused.set(place, Math.max(paused.get(place) ?? 0, clock.now() + ms))
    },
  }
}

export type Limiter = ReturnType<typeof createLimiter>
