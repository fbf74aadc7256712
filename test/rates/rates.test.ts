import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { loadConnectors, type Connector } from '../../hub-server/src/connectors/index.ts'
import { createLocalRateStore } from '../../hub-server/src/gateway/rate-store/local.ts'
import { isQuota, type RateStore } from '../../hub-server/src/gateway/rate-store/rate-store.ts'
import { redisRateStore, type RunScript } from '../../hub-server/src/gateway/rate-store/redis.ts'
import { createSharedRateStore } from '../../hub-server/src/gateway/rate-store/shared.ts'
import { ownRedis } from '../../hub-server/src/queue/testing/own-redis.ts'
import { virtualClock, type VirtualClock } from './clock.ts'
import { vendorOf, windowsOf, worksOf, type Work } from './vendor.ts'
import { callUntil, shareUsed } from './workers.ts'

const workers = 4
/** The longest of all windows is filled once; the shorter ones several times, with about so many calls. */
const callsOfShort = 1_500
/** As many as Redis answers for in a few seconds. */
const mostInRedis = 3_000

const hasRedis = existsSync('/usr/bin/redis-server')
const { connectors } = await loadConnectors({ builtIn: resolve(import.meta.dirname, '../../hub-server/connectors') })
const limited = [...connectors.values()].filter((connector) => worksOf(connector).length > 0)

/** Until when a connector's windows of this length are watched. */
const endOf = (works: readonly Work[], perMs: number): number => {
  const most = Math.max(
    ...works
      .flatMap(({ rates }) => rates)
      .filter((rate) => rate.perMs === perMs)
      .map(({ calls }) => calls),
  )
  return isQuota({ key: '', calls: most, perMs }) ? perMs : perMs * Math.min(30, Math.max(1.5, callsOfShort / most))
}

/** Each kind of work is held up by one of its rates, and that one is used; the vendor refuses nothing. */
const expectUsed = async (
  connector: Connector,
  works: readonly Work[],
  end: number,
  clock: VirtualClock,
  stores: readonly RateStore[],
) => {
  const calls = await callUntil(end, clock, stores, works, vendorOf(connector, clock))
  expect(calls.refused, 'calls that the vendor refused').toBe(0)
  for (const work of works) {
    const used = Math.max(...work.rates.map((rate) => shareUsed(calls, rate, end)))
    expect(used, `${work.operation} at ${work.server}, ${work.bucket}, within ${end} ms`).toBeGreaterThanOrEqual(0.95)
  }
}

const inMemory = (clock: VirtualClock): RateStore[] => {
  const store = createLocalRateStore(clock)
  return Array.from({ length: workers }, () => store)
}

/** As four processes do it; Redis's own time is the virtual one, too. */
const inRedis = (redis: Redis, clock: VirtualClock): RateStore[] => {
  const run: RunScript = ({ text }, keys, argument) => {
    const micros = Math.round(clock.now() * 1000)
    const atVirtualTime = text.replace("redis.call('TIME')", `{0, ARGV[2]}`)
    return clock.during(() => redis.eval(atVirtualTime, keys.length, ...keys, argument, micros))
  }
  return Array.from({ length: workers }, () =>
    createSharedRateStore(
      redisRateStore(run, clock.now),
      createLocalRateStore(clock, () => workers),
    ),
  )
}

/** The kinds of work with a window of that length: all of them are done at once. */
const worksWithin = (connector: Connector, perMs: number): Work[] =>
  worksOf(connector).filter(({ rates }) => rates.some((rate) => rate.perMs === perMs))

/** Calls that a rate allows until a moment. */
const mostUntil = (works: readonly Work[], end: number): number =>
  Math.max(...works.map(({ rates }) => Math.min(...rates.map(({ calls, perMs }) => calls * Math.max(1, end / perMs)))))

describe('four workers use 95 % of what a vendor allows, and are never refused', () => {
  for (const connector of limited) {
    for (const perMs of windowsOf(connector)) {
      it(`${connector.id}, within ${perMs / 1000} s`, async () => {
        const clock = virtualClock()
        const works = worksWithin(connector, perMs)
        await expectUsed(connector, works, endOf(works, perMs), clock, inMemory(clock))
      })
    }
  }
})

describe('the same over one Redis', () => {
  for (const connector of limited) {
    const windows = windowsOf(connector).filter(
      (perMs) => mostUntil(worksWithin(connector, perMs), endOf(worksWithin(connector, perMs), perMs)) <= mostInRedis,
    )
    it.skipIf(!hasRedis || windows.length === 0)(
      `${connector.id}, within ${windows.map((perMs) => perMs / 1000).join(', ')} s`,
      async (test) => {
        const own = await ownRedis()
        const redis = new Redis(own.url)
        test.onTestFinished(async () => {
          redis.disconnect()
          await own.remove()
        })
        for (const perMs of windows) {
          await redis.flushall()
          const clock = virtualClock()
          const works = worksWithin(connector, perMs)
          await expectUsed(connector, works, endOf(works, perMs), clock, inRedis(redis, clock))
        }
      },
    )
  }
})
