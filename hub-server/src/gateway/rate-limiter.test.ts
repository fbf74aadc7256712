import { describe, expect, it } from 'vitest'
import { createRateLimiter, type Rate } from './rate-limiter.ts'
import { monotonic } from './monotonic-clock.ts'
import { createLocalRateStore } from './rate-store/local.ts'
import { goWith } from './testing/goWith.ts'
import { mostInAny } from './testing/mostInAny.ts'
import { virtualClock } from './testing/virtualClock.ts'

const signal = new AbortController().signal

const timesOf = async (rates: Rate[], calls: number, until: number): Promise<number[]> => {
  const clock = virtualClock()
  const limiter = createRateLimiter(clock)
  const times: number[] = []
  const work = Array.from({ length: calls }, () =>
    goWith(limiter, 'a', rates, signal).then(() => times.push(clock.now())),
  )
  await clock.run(until)
  if (times.length === calls) await Promise.all(work)
  return times
}

describe('the limiter', () => {
  it.each([
    { calls: 5, perMs: 1000 },
    { calls: 80, perMs: 1000 },
    { calls: 60, perMs: 60_000 },
    { calls: 8000, perMs: 10_000 },
  ])('never passes $calls in any $perMs ms, and uses 95 % of it', async (rate) => {
    const windows = 3
    const times = await timesOf([{ key: 'k', ...rate }], Math.min(6000, rate.calls * windows), rate.perMs * windows)
    expect(mostInAny(times.slice(0, 2000), rate.perMs)).toBeLessThanOrEqual(rate.calls)
    const span = (times.at(-1) ?? 0) / rate.perMs
    expect(times.length / span).toBeGreaterThanOrEqual(0.95 * rate.calls)
  })

  /** Calls that need a while between their permit and a connection that is ready, one longer than the other. */
  it.each([
    { calls: 1, perMs: 1000, longestMs: 90 },
    { calls: 1, perMs: 1000, longestMs: 250 },
    { calls: 5, perMs: 1000, longestMs: 250 },
    { calls: 80, perMs: 1000, longestMs: 90 },
  ])(
    'paces what leaves, $calls in $perMs ms, where getting ready takes up to $longestMs ms',
    async ({ longestMs, ...limit }) => {
      const clock = virtualClock()
      const limiter = createRateLimiter(clock)
      const rate = { key: 'k', ...limit }
      const times: number[] = []
      const all = 60 * Math.ceil(rate.calls / 5)
      let nth = 0
      const call = async (): Promise<void> => {
        const permit = await limiter.take('a', [rate], signal)
        await permit.due()
        await clock.sleep((nth++ * 7919) % longestMs)
        await permit.leave()
        times.push(clock.now())
        permit.answered()
      }
      for (let count = 0; count < all; count++) void call()
      await clock.run(400_000)
      expect(times.length).toBe(all)
      expect(mostInAny(times, rate.perMs)).toBeLessThanOrEqual(rate.calls)
    },
  )

  it('makes the next call wait where the service takes one up late', async () => {
    const clock = virtualClock()
    const limiter = createRateLimiter(clock)
    const times: number[] = []
    // The first wakes the service up, which takes a while; then one in five meets a busy moment of it.
    const takenUpAfter = [400, 5, 5, 5, 5, 300, 5, 5, 5, 5, 250, 5, 5]
    const call = async (): Promise<void> => {
      const permit = await limiter.take('a', [{ key: 'k', calls: 1, perMs: 1000 }], signal)
      await permit.due()
      await permit.leave()
      await clock.sleep(takenUpAfter[times.length] ?? 5)
      times.push(clock.now())
      permit.answered()
    }
    const calls = takenUpAfter.map(call)
    await clock.run(60_000)
    await Promise.all(calls)
    expect(mostInAny(times, 1000)).toBe(1)
    // Never longer than the lateness asks for.
    expect(times.at(-1)).toBeLessThan(1_050 * 13 + 400 + 300 + 250)
  })

  it('does not wait for an answer that never comes', async () => {
    const clock = virtualClock()
    const limiter = createRateLimiter(clock)
    const leave = async (): Promise<number> => {
      const permit = await limiter.take('a', [{ key: 'k', calls: 1, perMs: 1000 }], signal)
      await permit.due()
      await permit.leave()
      return clock.now()
    }
    const calls = Promise.all([leave(), leave()])
    await clock.run(10_000)
    expect(await calls).toEqual([0, expect.closeTo(3_000, -4)])
  })

  it('loses nothing of the limit where every call takes equally long to get ready', async () => {
    const clock = virtualClock()
    const limiter = createRateLimiter(clock)
    const rate = { key: 'k', calls: 10, perMs: 1000 }
    const times: number[] = []
    const call = async (): Promise<void> => {
      const permit = await limiter.take('a', [rate], signal)
      await permit.due()
      await clock.sleep(200)
      await permit.leave()
      times.push(clock.now())
      permit.answered()
    }
    for (let count = 0; count < 400; count++) void call()
    await clock.run(60_000)
    const steady = times.filter((time) => time > 5_000)
    expect(mostInAny(times, rate.perMs)).toBeLessThanOrEqual(rate.calls)
    expect((steady.length - 1) / (((steady.at(-1) ?? 0) - (steady[0] ?? 0)) / 1000)).toBeGreaterThanOrEqual(
      0.95 * rate.calls,
    )
  })

  it('keeps every one of several limits', async () => {
    const times = await timesOf(
      [
        { key: 'second', calls: 10, perMs: 1000 },
        { key: 'minute', calls: 20, perMs: 60_000 },
      ],
      20,
      120_000,
    )
    expect(mostInAny(times, 1000)).toBeLessThanOrEqual(10)
    expect(mostInAny(times, 60_000)).toBeLessThanOrEqual(20)
  })

  it('lets a quota be used at once, and then says when it is there again', async () => {
    const clock = virtualClock()
    const limiter = createRateLimiter(clock)
    const rate = [{ key: 'day', calls: 3, perMs: 86_400_000 }]
    for (let call = 0; call < 3; call++) await goWith(limiter, 'a', rate, signal)
    await expect(goWith(limiter, 'a', rate, signal)).rejects.toMatchObject({
      kind: 'rate_limited',
      retryAfter: expect.closeTo(86_400 * 1.005, -3),
    })
    await clock.run(86_400_000 * 1.01)
    await goWith(limiter, 'a', rate, signal)
  })

  it('counts a call of no quota when one of several is used up', async () => {
    const clock = virtualClock()
    const limiter = createRateLimiter(clock)
    const [hour, day] = [
      { key: 'hour', calls: 1, perMs: 3_600_000 },
      { key: 'day', calls: 2, perMs: 86_400_000 },
    ]
    await goWith(limiter, 'a', [hour, day], signal)
    await expect(goWith(limiter, 'a', [hour, day], signal)).rejects.toMatchObject({ kind: 'rate_limited' })
    await goWith(limiter, 'a', [day], signal)
    await expect(goWith(limiter, 'a', [day], signal)).rejects.toMatchObject({ kind: 'rate_limited' })
  })

  it('gives the slot of one that is stopped while it waits to the next', async () => {
    const clock = virtualClock()
    const limiter = createRateLimiter(clock)
    const rate = [{ key: 'minute', calls: 1, perMs: 60_000 }]
    const stop = new AbortController()
    await goWith(limiter, 'a', rate, signal)
    const stopped = goWith(limiter, 'a', rate, stop.signal)
    let at = 0
    const next = goWith(limiter, 'a', rate, signal).then(() => (at = clock.now()))
    stop.abort()
    await expect(stopped).rejects.toMatchObject({ kind: 'cancelled' })
    await clock.run(100_000)
    await next
    expect(at).toBeLessThan(65_000)
  })

  it.each([4, 3])('is shared by %i processes that know only how many they are', async (processes) => {
    const clock = virtualClock()
    const rate = { key: 'k', calls: 60, perMs: 10_000 }
    const times: number[] = []
    for (let process = 0; process < processes; process++) {
      const limiter = createRateLimiter(
        clock,
        createLocalRateStore(clock, () => processes),
      )
      for (let call = 0; call < 80; call++)
        void goWith(limiter, 'a', [rate], signal).then(() => times.push(clock.now()))
    }
    await clock.run(30_000)
    expect(mostInAny(times, rate.perMs)).toBeLessThanOrEqual(rate.calls)
    expect(times.length).toBeGreaterThanOrEqual(0.95 * 3 * rate.calls)
  })

  it('stays away as long as the vendor asks', async () => {
    const clock = virtualClock()
    const limiter = createRateLimiter(clock)
    limiter.pause('a', 30_000)
    let at = -1
    const taken = goWith(limiter, 'a', [], signal).then(() => (at = clock.now()))
    await clock.run(60_000)
    await taken
    expect(at).toBe(30_000)
  })

  it('lets nobody call at once when the pause is over, but one after the other', async () => {
    const clock = virtualClock()
    const limiter = createRateLimiter(clock)
    const rate = { key: 'k', calls: 10, perMs: 1000 }
    const times: number[] = []
    const take = () => goWith(limiter, 'a', [rate], signal).then(() => times.push(clock.now()))
    for (let call = 0; call < 20; call++) void take()
    await clock.run(500)
    const before = times.length
    limiter.pause('a', 5_000)
    await clock.run(10_000)
    // Those that had their slot already, a tenth of a second ahead, are on their way.
    expect(times.filter((time) => time > 500 && time < 5_500).length).toBeLessThanOrEqual(2)
    expect(before).toBeGreaterThan(3)
    expect(mostInAny(times, 1000)).toBeLessThanOrEqual(10)
    expect(times.length).toBe(20)
  })

  it('goes on where its clock is set back', async () => {
    const clock = virtualClock()
    let ahead = 0
    const limiter = createRateLimiter(monotonic({ now: () => clock.now() + ahead, sleep: clock.sleep }))
    const rate = { key: 'k', calls: 10, perMs: 1000 }
    const times: number[] = []
    for (let call = 0; call < 30; call++) void goWith(limiter, 'a', [rate], signal).then(() => times.push(clock.now()))
    await clock.run(1_000)
    ahead = -3_600_000
    await clock.run(4_000)
    expect(times.length).toBe(30)
    expect(mostInAny(times, 1000)).toBeLessThanOrEqual(10)
  })
})
