import type { LocalRateStore } from './local.ts'
import { horizonMs, isQuota, type Granted, type RateStore, type Rate } from './rate-store.ts'
import type { RedisRateStore } from './redis.ts'

/** How long Redis is left alone after a failure. */
const retryMs = 1_000
/** Within this time of each other all processes notice that Redis is back. */
const skewMs = 3_000

/**
 * Calls counted in Redis while it answers, else this process's share. Neither change makes a burst: the share begins
 * with a used-up slot; and when Redis is back, each process keeps to its share and only tells Redis of its calls, until
 * a whole window of all processes' calls is known there.
 */
export const createSharedRateStore = (redis: RedisRateStore, local: LocalRateStore): RateStore => {
  /** From when on Redis is asked, after the last failure; by a clock that nobody steps. */
  let since = -Infinity
  /** Rates whose last slot came from Redis. */
  const fromRedis = new Set<string>()
  /**
   * Calls since the last failure of which Redis was not told yet, by their rates: other processes may go on asking it.
   */
  const untold = new Map<string, number>()
  const failed = (): void => {
    since = performance.now() + retryMs
    untold.clear()
  }

  const takeShare = async (
    account: string,
    rates: readonly Rate[],
    wanted: number,
    horizon: number,
  ): Promise<Granted> => {
    for (const rate of rates) if (fromRedis.delete(rate.key)) local.useUp(rate)
    const given = await local.take(account, rates, wanted, horizon)
    untold.set(nameOf(rates), (untold.get(nameOf(rates)) ?? 0) + given.waits.length)
    return given
  }

  /** One at a time, so that Redis knows when each of them goes; with those of the time when it was left alone. */
  const takeAndTell = async (account: string, rates: readonly Rate[], horizon: number): Promise<Granted> => {
    const given = await takeShare(account, rates, 1, horizon)
    const [wait] = given.waits
    if (wait !== undefined) {
      const calls = untold.get(nameOf(rates)) ?? 1
      untold.delete(nameOf(rates))
      redis.note(account, rates, { calls, ahead: wait }, (rate) => local.known(rate) - calls).catch(failed)
    }
    return given
  }

  return {
    take: async (account, rates, wanted, horizon = horizonMs) => {
      const now = performance.now()
      if (now < since) return takeShare(account, rates, wanted, horizon)
      if (now < since + longestWindow(rates) + skewMs) return takeAndTell(account, rates, horizon)
      try {
        const { used, ...given } = await redis.take(account, rates, { wanted, horizon }, local.known)
        for (const [index, rate] of rates.filter(isQuota).entries()) local.remember(rate, used[index] ?? 0)
        for (const rate of rates) if (!isQuota(rate)) fromRedis.add(rate.key)
        return given
      } catch {
        // Said in the log by the connection; here it only means another way.
        failed()
        return takeShare(account, rates, wanted, horizon)
      }
    },
    pause: (account, ms) => {
      local.pause(account, ms)
      redis.pause(account, ms).catch(failed)
    },
  }
}

const nameOf = (rates: readonly Rate[]): string => rates.map(({ key }) => key).join('\n')

const longestWindow = (rates: readonly Rate[]): number =>
  Math.max(0, ...rates.filter((rate) => !isQuota(rate)).map(({ perMs }) => perMs))
