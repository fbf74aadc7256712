import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLimiter, type Clock, type Limiter, type Rate } from '../limiter.ts'
import { mostInAny } from '../testing/mostInAny.ts'
import { ownRedis } from '../testing/redis.ts'
import { createLocalPlaces } from './local.ts'
import { openRedisPlaces, type RedisPlaces } from './redis.ts'
import { createSharedPlaces } from './shared.ts'

const clock: Clock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    await pause(ms, undefined, { signal })
  },
}
const signal = new AbortController().signal
const processes = 4

describe.skipIf(!process.env.TEST_REDIS_URL)('limits shared by four processes through Redis', () => {
  let redis: Awaited<ReturnType<typeof ownRedis>>
  let opened: RedisPlaces[] = []
  let said: string[] = []
  let admin: Redis
  beforeAll(async () => {
    redis = await ownRedis()
  })
  beforeEach(async () => {
    admin = new Redis(redis.url)
    admin.on('error', () => undefined)
    await admin.flushall()
    opened = []
    said = []
  })
  afterEach(() => {
    admin.disconnect()
    for (const each of opened) each.close()
  })
  afterAll(() => redis.remove())

  const start = async (): Promise<Limiter[]> => {
    const log = pino({ level: 'warn' }, { write: (line: string) => void said.push(line) })
    opened = await Promise.all(Array.from({ length: processes }, () => openRedisPlaces(redis.url, log)))
    return opened.map((each) => createLimiter(clock, createSharedPlaces(each, createLocalPlaces(clock, () => processes))))
  }

  /** Every process calls as fast as it may, ten at once, until `stop`. `times`: when each call was made, in milliseconds. */
  const work = (limiters: readonly Limiter[], rates: readonly Rate[]) => {
    const times: number[] = []
    const over = new AbortController()
    const call = async (limiter: Limiter): Promise<void> => {
      while (!over.signal.aborted) {
        await limiter.take('a', rates, over.signal)
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

  it('never passes the limit, and uses 95 % of it', async () => {
    const rate = { key: 'a/k', calls: 200, perMs: 2_000 }
    const { times, until, stop } = work(await start(), [rate])
    await until(800)
    await stop()
    expect(mostInAny(times, rate.perMs)).toBeLessThanOrEqual(rate.calls)
    const span = (times[799] ?? 0) - (times[0] ?? 0)
    expect(800 / span).toBeGreaterThanOrEqual((0.95 * rate.calls) / rate.perMs)
  })

  it('keeps every one of several limits, also where calls differ in what they count towards', async () => {
    const [account, one, two] = [
      { key: 'a/account', calls: 60, perMs: 2_000 },
      { key: 'a/one', calls: 10, perMs: 2_000 },
      { key: 'a/two', calls: 100, perMs: 2_000 },
    ]
    const limiters = await start()
    const first = work(limiters, [account, one])
    const second = work(limiters, [account, two])
    await second.until(150)
    await Promise.all([first.stop(), second.stop()])
    expect(mostInAny(first.times, 2_000)).toBeLessThanOrEqual(one.calls)
    expect(first.times.length).toBeGreaterThan(10)
    expect(mostInAny([...first.times, ...second.times], 2_000)).toBeLessThanOrEqual(account.calls)
  })

  it('gives a quota once, keeps it in few fields, and does not give it again when Redis has forgotten it', async () => {
    const limiters = await start()
    const quota = [{ key: 'a/day', calls: 100, perMs: 86_400_000 }]
    const ask = () => Promise.allSettled(limiters.flatMap((limiter) => Array.from({ length: 50 }, () => limiter.take('a', quota, signal))))
    const given = async () => (await ask()).filter(({ status }) => status === 'fulfilled').length
    expect(await given()).toBe(100)
    expect(await given()).toBe(0)
    expect(await admin.hlen('ainow:limit:{a}:a/day')).toBeLessThanOrEqual(2)
    await admin.flushall()
    expect(await given()).toBe(0)
  })

  it('lets keys go by themselves, and begins them all with ainow:', async () => {
    const limiters = await start()
    await Promise.all(limiters.map((limiter) => limiter.take('a', [{ key: 'a/k', calls: 5, perMs: 1_000 }, { key: 'a/day', calls: 100, perMs: 86_400_000 }], signal)))
    limiters[0]?.pause('a', 60_000)
    while ((await admin.exists('ainow:pause:{a}')) === 0) await pause(10)
    const keys = await admin.keys('*')
    expect(keys.length).toBeGreaterThanOrEqual(2)
    for (const key of keys) {
      expect(key).toMatch(/^ainow:/)
      expect(await admin.pttl(key)).not.toBe(-1)
    }
  })

  it('keeps a pause that one was told away from all', async () => {
    const [one, two] = await start()
    one?.pause('a', 100_000)
    one?.pause('a', 1_000)
    while ((await admin.exists('ainow:pause:{a}')) === 0) await pause(10)
    await expect(two?.take('a', [], signal)).rejects.toMatchObject({ kind: 'rate_limited' })
    await two?.take('b', [], signal)
  })

  it('makes no burst when Redis forgets everything, but for the first window after it', async () => {
    const rate = { key: 'a/k', calls: 60, perMs: 2_000 }
    const { times, until, stop } = work(await start(), [rate])
    await until(90)
    await admin.flushall()
    const flushed = performance.now()
    await until(times.length + 150)
    await stop()
    const excused = times.filter((time) => time < flushed || time >= flushed + rate.perMs)
    expect(mostInAny(excused.filter((time) => time < flushed), rate.perMs)).toBeLessThanOrEqual(rate.calls)
    expect(mostInAny(excused.filter((time) => time > flushed), rate.perMs)).toBeLessThanOrEqual(rate.calls)
  })

  it('goes on with shares while Redis is away and with Redis when it is back, and never passes the limit', async () => {
    const rate = { key: 'a/k', calls: 80, perMs: 2_000 }
    const { times, until, stop } = work(await start(), [rate])
    await until(120)
    await redis.stop()
    await until(times.length + 160)
    expect(said.length).toBe(processes)
    await redis.start()
    // The window after its return, and until all have noticed: shares, told to Redis.
    await pause(7_000)
    const before = times.length
    await until(before + 160)
    await stop()
    expect(mostInAny(times, rate.perMs)).toBeLessThanOrEqual(rate.calls)
    expect(await admin.exists('ainow:limit:{a}:a/k')).toBe(1)
    expect(said.length).toBe(processes)
  })

  it('does not wait for a Redis that hangs', async () => {
    const [limiter] = await start()
    await limiter?.take('a', [{ key: 'a/k', calls: 1000, perMs: 1_000 }], signal)
    redis.freeze()
    try {
      for (let call = 0; call < 20; call++) await limiter?.take('a', [{ key: 'a/k', calls: 1000, perMs: 1_000 }], signal)
    } finally {
      redis.thaw()
    }
    expect(said.length).toBe(1)
    expect(said[0]).toContain('250 ms')
  })
})
