import { describe, expect, it } from 'vitest'
import { createLimiter, type Rate } from './limiter.ts'

/** Time passes only when it is waited for. */
const virtualClock = () => {
  let now = 0
  const sleepers: { at: number; wake: () => void }[] = []
  return {
    now: () => now,
    sleep: (ms: number) => new Promise<void>((wake) => sleepers.push({ at: now + ms, wake })),
    run: async (until: number) => {
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve))
        sleepers.sort((a, b) => a.at - b.at)
        const next = sleepers[0]
        if (!next || next.at > until) break
        sleepers.shift()
        now = Math.max(now, next.at)
        next.wake()
      }
      now = until
    },
  }
}

const signal = new AbortController().signal

const timesOf = async (rates: Rate[], calls: number, until: number): Promise<number[]> => {
  const clock = virtualClock()
  const limiter = createLimiter(clock)
  const times: number[] = []
  const work = Array.from({ length: calls }, () => limiter.take('a', rates, signal).then(() => times.push(clock.now())))
  await clock.run(until)
  if (times.length === calls) await Promise.all(work)
  return times
}

const mostInAny = (times: number[], windowMs: number): number =>
  Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + windowMs).length))

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

  it('keeps every one of several limits', async () => {
    const times = await timesOf([{ key: 'second', calls: 10, perMs: 1000 }, { key: 'minute', calls: 20, perMs: 60_000 }], 20, 120_000)
    expect(mostInAny(times, 1000)).toBeLessThanOrEqual(10)
    expect(mostInAny(times, 60_000)).toBeLessThanOrEqual(20)
  })

  it('lets a quota be used at once, and then says when it is there again', async () => {
    const clock = virtualClock()
    const limiter = createLimiter(clock)
    const rate = [{ key: 'day', calls: 3, perMs: 86_400_000 }]
    for (let call = 0; call < 3; call++) await limiter.take('a', rate, signal)
    await expect(limiter.take('a', rate, signal)).rejects.toMatchObject({ kind: 'rate_limited', retryAfter: 86_400 })
  })

  it('stays away as long as the vendor asks', async () => {
    const clock = virtualClock()
    const limiter = createLimiter(clock)
    limiter.pause('a', 30_000)
    let at = -1
    const taken = limiter.take('a', [], signal).then(() => (at = clock.now()))
    await clock.run(60_000)
    await taken
    expect(at).toBe(30_000)
  })
})
