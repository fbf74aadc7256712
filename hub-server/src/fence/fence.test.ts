import { afterAll, describe, expect, it } from 'vitest'
import { createFence, FenceError, task } from './index.ts'

const fence = createFence({ processes: 2, memoryMb: 64 })
afterAll(fence.close)

const work = <Name extends keyof typeof import('./testing/work.ts')>(name: Name, cpuMs = 300) =>
  task<(typeof import('./testing/work.ts'))[Name]>({ from: import.meta.url, file: './testing/work', name, cpuMs })

const failing = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'it did not fail',
    (thrown: unknown) => (thrown instanceof FenceError ? thrown.message : `another error: ${String(thrown)}`),
  )

describe('the fence', () => {
  it('calls a function in a process apart and gives what it gives', async () => {
    const { sum, pid } = await fence.run(work('add'), { numbers: [1, 2, 3] })
    expect(sum).toBe(6)
    expect(pid).not.toBe(process.pid)
  })

  it('stops what takes too long, and does the rest beside and after it', async () => {
    const all = await Promise.all([
      failing(fence.run(work('never'), null)),
      fence.run(work('add'), { numbers: [1] }),
      failing(fence.run(work('never'), null)),
      fence.run(work('add'), { numbers: [2] }),
    ])
    const late = 'took longer than 300 ms and was stopped'
    expect(all).toMatchObject([late, { sum: 1 }, late, { sum: 2 }])
  })

  it('stops what takes too much memory', async () => {
    expect(await failing(fence.run(work('fill', 10_000), null))).toBe('took more than 64 MB and was stopped')
  })

  it('gives no more than the hub can read', async () => {
    expect(await failing(fence.run(work('tellMuch', 5_000), null))).toMatch(/^gave \d+ characters/)
  })

  it('says what went wrong', async () => {
    expect(await failing(fence.run(work('fail'), null))).toBe('failed: no such luck')
  })

  it('lets nothing write a file or start a program', async () => {
    expect(await failing(fence.run(work('writeFile'), null))).toMatch(/^failed: .*restricted/)
    expect(await failing(fence.run(work('startProgram'), null))).toMatch(/^failed: .*restricted/)
  })

  it('knows nothing of the hub’s environment', async () => {
    expect(await fence.run(work('environment'), null)).toEqual([])
  })
})
