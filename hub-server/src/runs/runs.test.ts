import { pino } from 'pino'
import { Type } from 'typebox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Block } from '../blocks/block.ts'
import { HubError } from '../contracts/errors.ts'
import type { BlockContext } from '../blocks/block.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { createLedger } from '../gateway/ledger.ts'
import { createBullQueue } from '../queue/bull.ts'
import { createMemoryQueue } from '../queue/memory.ts'
import { createRuns } from './runs.ts'
import { createSignals } from './signals.ts'
import { createWorker } from './worker.ts'

const scope = { workspace: 'ws_1', mode: 'test' as const }
const redis = process.env.TEST_REDIS_URL
const queues = [{ queue: 'in process', make: () => createMemoryQueue(4) }, ...(redis ? [{ queue: 'on Redis', make: () => createBullQueue(redis, 4) }] : [])]
const combinations = testDatabases.flatMap((database) => queues.map((queue) => ({ ...database, ...queue })))

/** Doubles numbers; knows what was asked of it. */
const doubler = () => {
  const seen: number[] = []
  const gate = { open: Promise.resolve() }
  const contract = {
    id: 'double',
    name: 'Double',
    description: 'Doubles',
    item: Type.Object({ n: Type.Optional(Type.Number()) }),
    options: Type.Object({ by: Type.Number({ default: 2 }) }),
    output: Type.Object({ n: Type.Number() }),
  }
  const block: Block<typeof contract> = {
    contract,
    chunk: 10,
    run: async (items, { by }, { signal }) => {
      await Promise.race([gate.open, new Promise((resolve) => (signal.aborted ? resolve(null) : signal.addEventListener('abort', resolve)))])
      return items.map(({ index, value }) => {
        seen.push(index)
        if (value.n === -1) return { item: index, status: 'failed', outputs: [], error: new HubError('not_found', 'no').toValue() }
        return { item: index, status: 'done', outputs: [{ n: (value.n ?? 0) * by }] }
      })
    },
  }
  return { block, seen, gate }
}

describe.each(combinations)('runs on $kind with the queue $queue', ({ open, make }) => {
  let database: Awaited<ReturnType<typeof open>>
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.remove())

  const start = () => {
    const { block, seen, gate } = doubler()
    const blocks = new Map<string, Block>([['double', block]])
    const signals = createSignals()
    const context = (_scope: unknown, _run: string, signal: AbortSignal) => ({ cached: () => 1, context: { signal } as BlockContext })
    const worker = createWorker({ db: database.db, blocks, openContext: context, signals, log: pino({ level: 'silent' }) })
    const queue = make()
    const runs = createRuns({ db: database.db, queue, worker, signals, ledger: createLedger(database.db), blocks, checkProviders: () => undefined })
    queue.process(worker.handle)
    return { runs, queue, worker, seen, gate, block }
  }

  const numbers = (count: number) => Array.from({ length: count }, (_, n) => ({ n }))

  it('gives each item its result, in order, page by page', async () => {
    const { runs, queue } = start()
    const id = await runs.start(scope, { block: 'double', items: numbers(25), options: {} })
    const run = await runs.get(scope, id, 20_000)
    expect(run).toMatchObject({ status: 'done', items: { total: 25, done: 25, pending: 0 }, usage: { cached: 3 } })
    const first = await runs.results(scope, id, 0, 20)
    expect(first.next).toBe('20')
    const rest = await runs.results(scope, id, Number(first.next), 20)
    expect(rest.next).toBeUndefined()
    expect([...first.results, ...rest.results].map(({ outputs }) => outputs)).toEqual(numbers(25).map(({ n }) => [{ n: 2 * n }]))
    await queue.close()
  })

  it('fails a wrong item alone, and refuses wrong options, unknown blocks and misspelt options as a whole', async () => {
    const { runs, queue } = start()
    const id = await runs.start(scope, { block: 'double', items: [{ n: 'x' }, { n: 2 }], options: { by: 3 } })
    expect(await runs.get(scope, id, 20_000)).toMatchObject({ items: { failed: 1, done: 1 } })
    expect((await runs.results(scope, id, 0, 10)).results[0]).toMatchObject({ error: { kind: 'invalid_input' } })
    await expect(runs.start(scope, { block: 'double', items: [], options: { by: 'x' } })).rejects.toThrow(/\/by must be a number/)
    await expect(runs.start(scope, { block: 'double', items: [], options: { buy: 1 } })).rejects.toThrow(/buy/)
    await expect(runs.start(scope, { block: 'treble', items: [], options: {} })).rejects.toMatchObject({ kind: 'not_found', advice: 'The blocks are: double.' })
    await queue.close()
  })

  it('with nothing to do is done at once', async () => {
    const { runs, queue } = start()
    const id = await runs.start(scope, { block: 'double', items: [], options: {} })
    expect(await runs.get(scope, id)).toMatchObject({ status: 'done', items: { total: 0 } })
    await queue.close()
  })

  it('is one run for one Idempotency-Key, and a conflict for another body', async () => {
    const { runs, queue, seen } = start()
    const request = { block: 'double', items: numbers(3), options: {}, idempotencyKey: `k${Math.random()}` }
    const [one, two] = await Promise.all([runs.start(scope, request), runs.start(scope, request)])
    expect(two).toBe(one)
    await runs.get(scope, one, 20_000)
    expect(seen.length).toBe(3)
    await expect(runs.start(scope, { ...request, items: numbers(4) })).rejects.toMatchObject({ kind: 'conflict' })
    await queue.close()
  })

  it('stops when told: nothing new begins, what is done stays, and twice is once', async () => {
    const { runs, queue, gate } = start()
    gate.open = new Promise(() => undefined)
    const id = await runs.start(scope, { block: 'double', items: numbers(100), options: {} })
    const cancelled = await runs.cancel(scope, id)
    expect(cancelled).toMatchObject({ status: 'cancelled', items: { pending: 0, failed: 100 } })
    expect(await runs.cancel(scope, id)).toMatchObject({ status: 'cancelled', items: { failed: 100 } })
    expect((await runs.results(scope, id, 0, 1)).results[0]).toMatchObject({ error: { kind: 'cancelled' } })
    await queue.close()
  })

  it('tries only the failed items again', async () => {
    const { runs, queue, seen } = start()
    const id = await runs.start(scope, { block: 'double', items: [{ n: 1 }, { n: -1 }, { n: 3 }], options: {} })
    await runs.get(scope, id, 20_000)
    seen.length = 0
    await runs.retry(scope, id)
    expect(await runs.get(scope, id, 20_000)).toMatchObject({ status: 'done', items: { done: 2, failed: 1 } })
    expect(seen).toEqual([1])
    await queue.close()
  })

  it('goes on where an earlier process stopped, without doing anything twice', async () => {
    const before = start()
    before.gate.open = new Promise(() => undefined)
    const id = await before.runs.start(scope, { block: 'double', items: numbers(30), options: {} })
    before.worker.close()
    await before.queue.close()
    const after = start()
    expect(await after.runs.recover()).toBeGreaterThanOrEqual(1)
    expect(await after.runs.get(scope, id, 20_000)).toMatchObject({ status: 'done', items: { done: 30 } })
    expect(after.seen.length).toBe(30)
    await after.queue.close()
  })

  it('belongs to its mode', async () => {
    const { runs, queue } = start()
    const id = await runs.start(scope, { block: 'double', items: numbers(1), options: {} })
    await expect(runs.get({ workspace: 'ws_1', mode: 'live' }, id)).rejects.toMatchObject({ kind: 'wrong_mode' })
    await expect(runs.get({ workspace: 'ws_2', mode: 'test' }, id)).rejects.toMatchObject({ kind: 'not_found' })
    await runs.get(scope, id, 20_000)
    await queue.close()
  })
})
