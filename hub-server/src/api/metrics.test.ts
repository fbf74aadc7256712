import { expect, it } from 'vitest'
import type { Call } from './route.ts'
import { metricsRoutes } from './metrics.ts'

it('tells Prometheus how much work is open, anew each time that it asks', async () => {
  const work = { waiting: 2, leased: 1, oldestSeconds: 600 }
  const [metrics] = metricsRoutes(() => Promise.resolve(work))
  // It reads nothing of the request.
  const read = async () => (await Array.fromAsync((await metrics?.handle({} as Call))?.text?.parts ?? [])).join('')
  const first = await read()
  expect(first).toMatch(/^hub_open_chunks\{state="waiting"\} 2$/m)
  expect(first).toMatch(/^hub_open_chunks\{state="leased"\} 1$/m)
  expect(first).toMatch(/^hub_oldest_open_work_seconds 600$/m)
  expect(first).toMatch(/^process_resident_memory_bytes \d+/m)
  work.waiting = 0
  expect(await read()).toMatch(/^hub_open_chunks\{state="waiting"\} 0$/m)
})
