import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createSemaphores } from './semaphores.ts'

/** Work that knows how much of it was done at once, at most. */
const counted = () => {
  const seen = { busy: 0, most: 0 }
  const work = async () => {
    seen.most = Math.max(seen.most, ++seen.busy)
    await turn()
    seen.busy--
  }
  return { work, seen }
}

it('never does more at once than are allowed, and then takes as many again', async () => {
  const slots = createSemaphores()
  const { work, seen } = counted()
  await Promise.all(Array.from({ length: 20 }, () => slots('k', 3, work, 'a')))
  await Promise.all(Array.from({ length: 20 }, () => slots('k', 3, work, 'b')))
  expect(seen.most).toBe(3)
})

it('serves who waits in turn: a run of many does not hold up one of few', async () => {
  const slots = createSemaphores()
  const order: string[] = []
  const work = (name: string) => async () => {
    order.push(name)
    await turn()
  }
  const big = Array.from({ length: 1000 }, () => slots('k', 2, work('big'), 'big'))
  const small = Array.from({ length: 10 }, () => slots('k', 2, work('small'), 'small'))
  const other = Array.from({ length: 10 }, () => slots('k', 2, work('other'), 'other'))
  await Promise.all([...small, ...other])
  expect(order.filter((name) => name === 'big').length).toBeLessThanOrEqual(14)
  await Promise.all(big)
  expect(order.length).toBe(1020)
})

it('lets the next one in when the work in it fails', async () => {
  const slots = createSemaphores()
  const failing = slots('k', 1, () => Promise.reject(new Error('no')), 'a')
  const next = slots('k', 1, () => Promise.resolve('done'), 'b')
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('done')
})

it('allows fewer as soon as fewer are allowed', async () => {
  const slots = createSemaphores()
  const { work, seen } = counted()
  const old = Array.from({ length: 4 }, () => slots('k', 4, work, 'a'))
  const late = Array.from({ length: 8 }, () => slots('k', 1, work, 'a'))
  await Promise.all(old)
  seen.most = 0
  await Promise.all(late)
  expect(seen.most).toBe(1)
})
