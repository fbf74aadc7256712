import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createRateLimiter, type Clock, type RateLimiter, type Rate } from '../rate-limiter.ts'
import { goWith } from '../testing/goWith.ts'
import { mostInAny } from '../testing/mostInAny.ts'
import { ownRedis } from '../../queue/testing/own-redis.ts'
import { createLocalRateStore } from './local.ts'
import { openRedisRateStore } from './redis.ts'
import { createSharedRateStore } from './shared.ts'

const clock: Clock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    await pause(ms, undefined, { signal })
  },
}
const signal = new AbortController().signal
const processes = 4
/** Long enough that the margin left in it (2 %) is more than a busy machine takes. */
const perMs = 5_000

/** Four processes, and a Redis that no other test touches. */
const start = async () => {
  const redis = await ownRedis()
  const said: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void said.push(line) })
  const opened = await Promise.all(Array.from({ length: processes }, () => openRedisRateStore(redis.url, log)))
  const limiters = opened.map((each) =>
    createRateLimiter(
      clock,
      createSharedRateStore(
        each,
        createLocalRateStore(clock, () => processes),
      ),
    ),
  )
  const admin = new Redis(redis.url)
  admin.on('error', () => undefined)
  return {
    redis,
    admin,
    said,
    limiters,
    close: async () => {
      admin.disconnect()
      for (const each of opened) each.close()
      await redis.remove()
    },
  }
}

/**
 * Every process calls as fast as it may, ten at once, until `stop`. `times`: when each call was made, in milliseconds.
 */
const work = (limiters: readonly RateLimiter[], rates: readonly Rate[]) => {
  const times: number[] = []
  const over = new AbortController()
  const call = async (limiter: RateLimiter): Promise<void> => {
    while (!over.signal.aborted) {
      await goWith(limiter, 'a', rates, over.signal)
      times.push(performance.now())
    }
  }
  const done = Promise.allSettled(limiters.flatMap((limiter) => Array.from({ length: 10 }, () => call(limiter))))
  const until = async (calls: number) => {
    while (times.length < calls) await pause(20)
  }
  const stop = async () => {
    over.abort()
    await done
  }
  return { times, stop, until }
}

describe
  .skipIf(!process.env.TEST_REDIS_URL)
  .concurrent('limits shared by four processes through Redis', { timeout: 120_000 }, () => {
    const begin = async (onFinished: typeof onTestFinished) => {
      const world = await start()
      onFinished(() => world.close())
      return world
    }

    it('never passes the limit, and uses 95 % of it', async (test) => {
      const { limiters } = await begin(test.onTestFinished)
      const rate = { key: 'a/k', calls: 200, perMs }
      const { times, until, stop } = work(limiters, [rate])
      await until(450)
      await stop()
      expect(mostInAny(times, perMs)).toBeLessThanOrEqual(rate.calls)
      expect(mostInAny(times, perMs)).toBeGreaterThanOrEqual(0.95 * rate.calls)
    })

    it('keeps every one of several limits, also where calls differ in what they count towards', async (test) => {
      const { limiters } = await begin(test.onTestFinished)
      const [account, one, two] = [
        { key: 'a/account', calls: 100, perMs },
        { key: 'a/one', calls: 20, perMs },
        { key: 'a/two', calls: 200, perMs },
      ]
      const first = work(limiters, [account, one])
      const second = work(limiters, [account, two])
      await second.until(150)
      await Promise.all([first.stop(), second.stop()])
      expect(mostInAny(first.times, perMs)).toBeLessThanOrEqual(one.calls)
      expect(first.times.length).toBeGreaterThan(one.calls / 2)
      expect(mostInAny([...first.times, ...second.times], perMs)).toBeLessThanOrEqual(account.calls)
    })

    it(
      'gives a quota once, keeps it in few fields, and does not give it again when Redis has ' + 'forgotten it',
      async (test) => {
        const { limiters, admin } = await begin(test.onTestFinished)
        const quota = [{ key: 'a/day', calls: 100, perMs: 86_400_000 }]
        const ask = () =>
          Promise.allSettled(
            limiters.flatMap((limiter) => Array.from({ length: 50 }, () => goWith(limiter, 'a', quota, signal))),
          )
        const given = async () => (await ask()).filter(({ status }) => status === 'fulfilled').length
        expect(await given()).toBe(100)
        expect(await given()).toBe(0)
        expect(await admin.hlen('ainow:limit:{a}:a/day')).toBeLessThanOrEqual(2)
        await admin.flushall()
        expect(await given()).toBe(0)
      },
    )

    it('lets keys go by themselves, and begins them all with ainow:', async (test) => {
      const { limiters, admin } = await begin(test.onTestFinished)
      const rates = [
        { key: 'a/k', calls: 5, perMs },
        { key: 'a/day', calls: 100, perMs: 86_400_000 },
      ]
      await Promise.all(limiters.map((limiter) => goWith(limiter, 'a', rates, signal)))
      limiters[0]?.pause('a', 60_000)
      while ((await admin.exists('ainow:pause:{a}')) === 0) await pause(10)
      const keys = await admin.keys('*')
      expect(keys.length).toBeGreaterThanOrEqual(2)
      for (const key of keys) {
        expect(key).toMatch(/^ainow:/)
        expect(await admin.pttl(key)).not.toBe(-1)
      }
    })

    it('keeps a pause that one was told away from all', async (test) => {
      const { limiters, admin } = await begin(test.onTestFinished)
      const [one, two] = limiters
      one?.pause('a', 100_000)
      one?.pause('a', 1_000)
      while ((await admin.exists('ainow:pause:{a}')) === 0) await pause(10)
      await expect(goWith(two, 'a', [], signal)).rejects.toMatchObject({ kind: 'rate_limited' })
      await goWith(two, 'b', [], signal)
    })

    it('makes no burst when Redis forgets everything, but for the first window after it', async (test) => {
      const { limiters, admin } = await begin(test.onTestFinished)
      const rate = { key: 'a/k', calls: 100, perMs }
      const { times, until, stop } = work(limiters, [rate])
      await until(50)
      await admin.flushall()
      const flushed = performance.now()
      await until(times.length + 230)
      await stop()
      for (const some of [times.filter((time) => time < flushed), times.filter((time) => time > flushed + perMs)])
        expect(mostInAny(some, perMs)).toBeLessThanOrEqual(rate.calls)
      // And in that window not twice as much: what was given ahead is a tenth of a second.
      expect(mostInAny(times, perMs)).toBeLessThanOrEqual(rate.calls * 1.1)
    })

    it(
      'goes on with shares while Redis is away and with Redis when it is back, and never ' + 'passes the limit',
      async (test) => {
        const { limiters, admin, redis, said } = await begin(test.onTestFinished)
        const rate = { key: 'a/k', calls: 100, perMs }
        const { times, until, stop } = work(limiters, [rate])
        await until(80)
        await redis.stop()
        await until(times.length + 120)
        expect(said.length).toBe(processes)
        await redis.start()
        // Until all have noticed, and one window more: shares, told to Redis.
        await pause(perMs + 5_000)
        await until(times.length + 120)
        await stop()
        expect(mostInAny(times, perMs)).toBeLessThanOrEqual(rate.calls)
        expect(await admin.exists('ainow:limit:{a}:a/k')).toBe(1)
        expect(said.length).toBe(processes)
      },
    )

    it('does not wait for a Redis that hangs, and says so once', async (test) => {
      const { limiters, redis, said } = await begin(test.onTestFinished)
      const rates = [{ key: 'a/k', calls: 1000, perMs: 1_000 }]
      await goWith(limiters[0], 'a', rates, signal)
      redis.freeze()
      test.onTestFinished(() => void redis.thaw())
      for (let call = 0; call < 20; call++) await goWith(limiters[0], 'a', rates, signal)
      expect(said.length).toBe(1)
      expect(said[0]).toContain('1000 ms')
    })
  })
