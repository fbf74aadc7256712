import { describe, expect, it } from 'vitest'
import { createPoliteness } from './politeness.ts'
import { clockAt } from './testing/clock-at.ts'

const signal = new AbortController().signal
const setup = (limits: { maxWaiting?: number; maxWaitMs?: number } = {}) => {
  const { slept, clock, now, sleep } = clockAt(0)
  return { slept, clock, politeness: createPoliteness({ maxWaiting: 50, maxWaitMs: 10_000, ...limits, now, sleep }) }
}

describe('politeness', () => {
  it('lets one request at a time to a site, and others to other sites', async () => {
    const { politeness } = setup()
    const order: string[] = []
    const leave = await politeness.enter('a', 0, signal)
    const second = politeness.enter('a', 0, signal).then((out) => {
      order.push('second')
      out()
    })
    const other = await politeness.enter('b', 0, signal)
    order.push('other')
    other()
    leave()
    await second
    expect(order).toEqual(['other', 'second'])
  })

  it('keeps the interval between two starts', async () => {
    const { politeness, slept, clock } = setup()
    ;(await politeness.enter('a', 500, signal))()
    clock.ms += 200
    ;(await politeness.enter('a', 500, signal))()
    expect(slept).toEqual([300])
  })

  it('turns away who comes when too many wait, and who has waited too long', async () => {
    const crowded = setup({ maxWaiting: 1 }).politeness
    await crowded.enter('a', 0, signal)
    await expect(crowded.enter('a', 0, signal)).rejects.toMatchObject({ kind: 'rate_limited' })
    const slow = setup({ maxWaitMs: 20 }).politeness
    await slow.enter('a', 0, signal)
    await expect(slow.enter('a', 0, signal)).rejects.toMatchObject({ kind: 'rate_limited' })
  })

  it('who gives up waiting does not hold up those behind', async () => {
    const { politeness } = setup()
    const leave = await politeness.enter('a', 0, signal)
    const stop = new AbortController()
    const impatient = politeness.enter('a', 0, stop.signal)
    const last = politeness.enter('a', 0, signal)
    stop.abort()
    await expect(impatient).rejects.toMatchObject({ kind: 'cancelled' })
    leave()
    expect(await last).toBeTypeOf('function')
  })
})
