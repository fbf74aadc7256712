import { expect, test } from 'vitest'
import { createLimits, type CallPlace } from './limits.ts'

const at = (key = 'k', operation?: string): CallPlace => ({
  key,
  server: 'default',
  bucket: 'default',
  operation,
  route: 'GET /x',
})
const clockAt = (now: { ms: number }) => ({ now: () => now.ms, advance: () => undefined })

test('in no stretch of the window are more calls admitted than the limit says', () => {
  const now = { ms: 0 }
  const limits = createLimits([{ calls: 10, per: '1s' }], clockAt(now))
  const admitted: number[] = []
  for (; now.ms < 5000; now.ms += 37)
    for (let burst = 0; burst < 3; burst++) if (limits.admit(at()).admitted) admitted.push(now.ms)
  for (const start of admitted)
    expect(admitted.filter((time) => time >= start && time < start + 1000).length).toBeLessThanOrEqual(10)
  expect(admitted.length).toBeGreaterThanOrEqual(45)
})

test('a refused caller learns when to come again, and may then', () => {
  const now = { ms: 0 }
  const limits = createLimits(
    [
      { calls: 1, per: '10s' },
      { calls: 100, per: '1m' },
    ],
    clockAt(now),
  )
  expect(limits.admit(at())).toMatchObject({
    admitted: true,
    rates: [
      { limit: 1, remaining: 0 },
      { limit: 100, remaining: 99 },
    ],
  })
  now.ms = 4000
  expect(limits.admit(at())).toMatchObject({ admitted: false, retryAfter: 6 })
  now.ms = 10_000
  expect(limits.admit(at()).admitted).toBe(true)
})

test('accounts do not share a window; endpoints do, unless the limit is for each', () => {
  const shared = createLimits([{ calls: 1, per: '1m' }], clockAt({ ms: 0 }))
  expect(
    [shared.admit(at('a', 'x')), shared.admit(at('b', 'x')), shared.admit(at('a', 'y'))].map((one) => one.admitted),
  ).toEqual([true, true, false])
  const each = createLimits([{ calls: 1, per: '1m', scope: 'endpoint' }], clockAt({ ms: 0 }))
  expect(
    [each.admit(at('a', 'x')), each.admit(at('a', 'y')), each.admit(at('a', 'x'))].map((one) => one.admitted),
  ).toEqual([true, true, false])
  const one = createLimits([{ calls: 1, per: '1m', operation: 'x' }], clockAt({ ms: 0 }))
  expect(
    [one.admit(at('a', 'x')), one.admit(at('a', 'x')), one.admit(at('a', 'y'))].map((each) => each.admitted),
  ).toEqual([true, false, true])
})

test('calls under way at once are bounded', () => {
  const limits = createLimits([{ concurrency: 1 }], clockAt({ ms: 0 }))
  expect(limits.admit(at()).admitted).toBe(true)
  const end = limits.begin(at())
  expect(limits.admit(at()).admitted).toBe(false)
  end()
  expect(limits.admit(at()).admitted).toBe(true)
})
