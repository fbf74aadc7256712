import { HubError } from '../../hub-server/src/contracts/errors.ts'
import { createRateLimiter, type RateLimiter } from '../../hub-server/src/gateway/rate-limiter.ts'
import { isQuota, type RateStore } from '../../hub-server/src/gateway/rate-store/rate-store.ts'
import type { VirtualClock } from './clock.ts'
import { account, type Work } from './vendor.ts'

/** Calls that each worker has under way, or waiting, for each kind of work. */
const atOnce = 32
/** A call is on its way for up to so long: one longer than the other, which bunches them. Milliseconds. */
const longestWay = 8

export interface Calls {
  /** Admitted calls by the rate that they counted towards. */
  readonly byRate: ReadonlyMap<string, number>
  /** Calls that the vendor refused as too many. */
  readonly refused: number
}

/** Four workers that always have work of every one of these kinds. @returns their calls until the end */
export const callUntil = async (
  end: number,
  clock: VirtualClock,
  stores: readonly RateStore[],
  works: readonly Work[],
  admit: (work: Work) => boolean,
): Promise<Calls> => {
  const byRate = new Map<string, number>()
  let refused = 0
  let count = 0
  const caller = async (limiter: RateLimiter, work: Work): Promise<void> => {
    const { signal } = new AbortController()
    while (clock.now() < end) {
      const wait = await turn(limiter, work, signal)
      if (wait > 0) await clock.sleep(wait, signal)
    }
  }
  const arrive = async (work: Work, signal: AbortSignal): Promise<void> => {
    await clock.sleep((count++ * 7919) % longestWay, signal)
    if (clock.now() >= end) return
    if (admit(work)) for (const { key } of work.rates) byRate.set(key, (byRate.get(key) ?? 0) + 1)
    else refused++
  }
  /** @returns milliseconds for which a quota lets nobody call; 0 once the call was made */
  const turn = async (limiter: RateLimiter, work: Work, signal: AbortSignal): Promise<number> => {
    try {
      const permit = await limiter.take(account, work.rates, signal)
      await permit.due()
      await permit.leave()
      await arrive(work, signal)
      permit.answered()
      return 0
    } catch (thrown) {
      if (thrown instanceof HubError && thrown.kind === 'rate_limited' && thrown.retryAfter)
        return thrown.retryAfter * 1000
      throw thrown
    }
  }
  for (const each of stores) {
    const limiter = createRateLimiter(clock, each)
    for (const work of works) for (let nth = 0; nth < atOnce; nth++) void caller(limiter, work)
  }
  await clock.runUntil(end)
  return { byRate, refused }
}

/** Of the calls that a rate allows until a moment, the share that was made. A quota may be used up at once. */
export const shareUsed = ({ byRate }: Calls, { key, calls, perMs }: Work['rates'][number], end: number): number =>
  (byRate.get(key) ?? 0) / (calls * (isQuota({ key, calls, perMs }) ? Math.max(1, end / perMs) : end / perMs))
