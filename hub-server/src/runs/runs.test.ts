import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { Type } from 'typebox'
import { describe, expect, it } from 'vitest'
import type { Block } from '../blocks/block.ts'
import { HubError } from '../contracts/errors.ts'
import { databaseForAll } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { createRedisWake } from '../queue/redis.ts'
import { createLocalWake } from '../queue/wake.ts'
import type { Row } from './accept.ts'
import { mostLost } from './chunks.ts'
import { createLists } from './lists.ts'
import { expireRuns } from './maintenance.ts'
import { createPipelines } from './pipelines.ts'
import { rowsOf, type RunRequest } from './runs.ts'
import { runsOn } from './testing/runs-on.ts'

const scope = { workspace: 'ws_1', mode: 'test' as const }
const log = pino({ level: 'silent' })
const redis = process.env.TEST_REDIS_URL
const wakes = [
  { wake: 'in process', make: createLocalWake },
  ...(redis ? [{ wake: 'through Redis', make: () => createRedisWake(redis, log) }] : []),
]
const combinations = testDatabases.flatMap((database) => wakes.map((wake) => ({ ...database, ...wake })))

/** Doubles numbers; knows what was asked of it. -1 fails, -2 waits for a person, -3 gives what cannot be stored. */
const doubler = () => {
  const seen: number[] = []
  const gate = { open: Promise.resolve(), credits: true }
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
      await Promise.race([
        gate.open,
        new Promise((resolve) => (signal.aborted ? resolve(null) : signal.addEventListener('abort', resolve))),
      ])
      return items.map(({ index, value }) => {
        const fail = (error: HubError) => ({
          item: index,
          status: 'failed' as const,
          outputs: [],
          error: error.toValue(),
        })
        if (signal.aborted) return fail(new HubError('cancelled', 'stopped'))
        seen.push(index)
        if (value.n === -1) return fail(new HubError('not_found', 'no'))
        if (value.n === -2 && !gate.credits) return fail(new HubError('quota_exceeded', 'no credits', { pauses: true }))
        const output = {
          n: (value.n ?? 0) * by,
          ...(value.n === -3 && {
            toJSON: () => {
              throw new Error('not to be stored')
            },
          }),
        }
        return { item: index, status: 'done', outputs: [output] }
      })
    },
  }
  return { block, seen, gate }
}

describe.each(combinations)('runs on $kind, woken $wake', ({ open, make }) => {
  const database = databaseForAll(open)

  const start = async (given = doubler()) => {
    const { block, seen, gate } = given
    const { db } = database
    const { runs, close } = await runsOn({ db, blocks: [block], wake: make() })
    const double = (items: unknown[], more: Partial<RunRequest> = {}) =>
      runs.start(scope, { block: 'double', options: {}, source: { rows: rowsOf(items) }, ...more })
    return { runs, close, double, seen, gate, db }
  }

  const numbers = (count: number) => Array.from({ length: count }, (_, n) => ({ n }))
  const events = (run: string) =>
    database.db.selectFrom('event').select('type').where('subject', '=', run).orderBy('ordinal').execute()

  it('gives each item its result, in order, page by page', async () => {
    const { runs, close, double } = await start()
    const id = await double(numbers(25))
    expect(await runs.get(scope, id, 120_000)).toMatchObject({
      status: 'done',
      items: { total: 25, done: 25, pending: 0 },
    })
    const first = await runs.results(scope, id, 0, 20)
    expect(first.next).toBe('20')
    const rest = await runs.results(scope, id, Number(first.next), 20)
    expect(rest.next).toBeUndefined()
    expect([...first.results, ...rest.results].map(({ outputs }) => outputs)).toEqual(
      numbers(25).map(({ n }) => [{ n: 2 * n }]),
    )
    const rows = await Array.fromAsync(runs.rows(scope, id))
    expect(rows.map(({ input }) => input)).toEqual(numbers(25))
    expect((await events(id)).map(({ type }) => type)).toEqual(['run.accepted', 'run.finished'])
    await close()
  })

  it(
    'fails a wrong item alone, and refuses wrong options, unknown blocks and misspelt options ' + 'as a whole',
    async () => {
      const { runs, close, double } = await start()
      const id = await double([{ n: 'x' }, { n: 2 }], { options: { by: 3 } })
      expect(await runs.get(scope, id, 120_000)).toMatchObject({ items: { failed: 1, done: 1 } })
      expect((await runs.results(scope, id, 0, 10)).results[0]).toMatchObject({ error: { kind: 'invalid_input' } })
      expect((await runs.results(scope, id, 0, 10, 'failed')).results).toMatchObject([{ item: 0, status: 'failed' }])
      await expect(double([], { options: { by: 'x' } })).rejects.toThrow(/\/by must be a number/)
      await expect(double([], { options: { buy: 1 } })).rejects.toThrow(/buy/)
      await expect(double([], { block: 'treble' })).rejects.toMatchObject({
        kind: 'not_found',
        advice: 'The blocks are: double.',
      })
      await expect(double([], { pipeline: 'pip_none' })).rejects.toMatchObject({ kind: 'invalid_input' })
      await close()
    },
  )

  it('with nothing to do is done at once', async () => {
    const { runs, close, double } = await start()
    expect(await runs.get(scope, await double([]))).toMatchObject({ status: 'done', items: { total: 0 } })
    await close()
  })

  it('is one run for one Idempotency-Key, and a conflict for another body', async () => {
    const { runs, close, double, seen } = await start()
    const idempotencyKey = `k${Math.random()}`
    const [one, two] = await Promise.all([
      double(numbers(3), { idempotencyKey }),
      double(numbers(3), { idempotencyKey }),
    ])
    expect(two).toBe(one)
    await runs.get(scope, one, 120_000)
    expect(seen.length).toBe(3)
    await expect(double(numbers(4), { idempotencyKey })).rejects.toMatchObject({ kind: 'conflict' })
    await expect(double(numbers(3), { idempotencyKey, options: { by: 5 } })).rejects.toMatchObject({ kind: 'conflict' })
    await expect(double(numbers(3), { idempotencyKey, budget: 1 })).rejects.toMatchObject({ kind: 'conflict' })
    await expect(double(numbers(3), { idempotencyKey, itemBudget: 1 })).rejects.toMatchObject({ kind: 'conflict' })
    await close()
  })

  it(
    'takes rows as they come; a row with a problem fails alone, and of a file that breaks off ' + 'nothing stays',
    async () => {
      const { runs, close, db } = await start()
      const rows = async function* (count: number, breaksAt = Infinity): AsyncGenerator<Row> {
        for (let n = 0; n < count; n++) {
          if (n === breaksAt) throw new HubError('invalid_input', 'broken off')
          yield n % 1000 === 7 ? { input: { n }, problem: `Row ${n} is odd.` } : { input: { n } }
        }
      }
      const id = await runs.start(scope, { block: 'double', source: { rows: rows(4500) } })
      expect(await runs.get(scope, id, 120_000)).toMatchObject({
        status: 'done',
        items: { total: 4500, done: 4495, failed: 5 },
      })
      expect((await runs.results(scope, id, 0, 10, 'failed')).results[0]).toMatchObject({
        item: 7,
        error: { message: 'Row 7 is odd.' },
      })
      const before = await db
        .selectFrom('run_item')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirst()
      await expect(runs.start(scope, { block: 'double', source: { rows: rows(4500, 4200) } })).rejects.toThrow(
        'broken off',
      )
      expect(
        await db
          .selectFrom('run_item')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .executeTakeFirst(),
      ).toEqual(before)
      await close()
    },
  )

  it('reads a stored list, which cannot be removed meanwhile', async () => {
    const { runs, close, gate, db } = await start()
    const lists = createLists(db)
    const { list } = await lists.create(scope, 'mine', rowsOf(numbers(15)))
    gate.open = new Promise(() => undefined)
    const id = await runs.start(scope, { block: 'double', source: { list: list.id, total: list.total } })
    await expect(lists.remove(scope, list.id)).rejects.toMatchObject({ kind: 'conflict' })
    await close()
    const after = await start()
    expect(await after.runs.get(scope, id, 120_000)).toMatchObject({ status: 'done', items: { done: 15 } })
    await lists.remove(scope, list.id)
    expect(await lists.list(scope)).toEqual([])
    await after.close()
  })

  it('does a line of blocks: what one gives is what the next gets', async () => {
    const { runs, close, db } = await start()
    const steps = [runs.stepOf({ block: 'double', options: { by: 3 } }), runs.stepOf({ block: 'double' })]
    const pipeline = await createPipelines(db).create(scope, 'six times', steps)
    const id = await runs.start(scope, {
      pipeline: pipeline.id,
      source: { rows: rowsOf([{ n: 1 }, { n: -1 }, { n: 5 }]) },
    })
    expect(await runs.get(scope, id, 120_000)).toMatchObject({ block: pipeline.id, items: { done: 2, failed: 1 } })
    expect((await runs.results(scope, id, 0, 10)).results.map(({ outputs }) => outputs)).toEqual([
      [{ n: 6 }],
      [],
      [{ n: 30 }],
    ])
    await close()
  })

  it('stops when told: nothing new begins, what is done stays, and twice is once', async () => {
    const { runs, close, double, gate, seen } = await start()
    gate.open = new Promise(() => undefined)
    const id = await double(numbers(100))
    const cancelled = await runs.cancel(scope, id)
    expect(cancelled).toMatchObject({ status: 'cancelled', items: { pending: 100, failed: 0 } })
    expect(await runs.cancel(scope, id)).toMatchObject({ status: 'cancelled', items: { pending: 100 } })
    expect((await runs.results(scope, id, 0, 1)).results).toEqual([
      { item: 0, status: 'pending', outputs: [], reason: expect.stringContaining('cancelled') },
    ])
    await pause(1000)
    expect(seen).toEqual([])
    gate.open = Promise.resolve()
    await runs.retry(scope, id)
    expect(await runs.get(scope, id, 120_000)).toMatchObject({ status: 'done', items: { done: 100, failed: 0 } })
    expect((await events(id)).map(({ type }) => type)).toEqual([
      'run.accepted',
      'run.cancelled',
      'run.retried',
      'run.finished',
    ])
    await close()
  })

  it('pauses where a person must help, tells why, and goes on with the rest when resumed', async () => {
    const { runs, close, double, gate, seen } = await start()
    gate.credits = false
    const id = await double([...numbers(15), { n: -2 }, { n: -1 }, ...numbers(40)])
    expect(await runs.get(scope, id, 120_000)).toMatchObject({ status: 'paused', error: { kind: 'quota_exceeded' } })
    await expect
      .poll(async () => (await runs.results(scope, id, 15, 2)).results)
      .toMatchObject([{ status: 'pending', error: { kind: 'quota_exceeded' } }, { status: 'failed' }])
    gate.credits = true
    seen.length = 0
    await runs.resume(scope, id)
    expect(await runs.get(scope, id, 120_000)).toMatchObject({
      status: 'done',
      items: { done: 56, failed: 1, pending: 0 },
    })
    expect(seen).toContain(15)
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).not.toContain(16)
    await expect(runs.resume(scope, id)).rejects.toMatchObject({ kind: 'conflict' })
    await close()
  })

  it('tries only the failed items again', async () => {
    const { runs, close, double, seen } = await start()
    const id = await double([{ n: 1 }, { n: -1 }, { n: 3 }])
    await runs.get(scope, id, 120_000)
    seen.length = 0
    await runs.retry(scope, id)
    expect(await runs.get(scope, id, 120_000)).toMatchObject({ status: 'done', items: { done: 2, failed: 1 } })
    expect(seen).toEqual([1])
    await close()
  })

  it('goes on where an earlier process stopped, without doing anything twice', async () => {
    const before = await start()
    before.gate.open = new Promise(() => undefined)
    const id = await before.double(numbers(30))
    await before.close()
    const after = await start()
    expect(await after.runs.get(scope, id, 120_000)).toMatchObject({ status: 'done', items: { done: 30 } })
    expect(after.seen.length).toBe(30)
    await after.close()
  })

  it('gives up a chunk that ends its process, or cannot be stored, again and again; a retry begins anew', async () => {
    const before = await start()
    await before.close()
    const ids = [await before.double(numbers(3)), await before.double([{ n: -3 }]), await before.double(numbers(2))]
    const set = (id: string | undefined, lost: number, holder: string | null) =>
      database.db
        .updateTable('run_chunk')
        .set({ lost, holder, leased_until: holder === null ? null : new Date() })
        .where('run', '=', id ?? '')
        .execute()
    await set(ids[0], mostLost - 1, 'dead')
    await set(ids[1], mostLost - 1, null)
    await set(ids[2], mostLost - 2, 'dead')
    const { runs, close } = await start()
    const [killing, unstorable, harmless] = await Promise.all(ids.map((id) => runs.get(scope, id, 120_000)))
    expect(harmless).toMatchObject({ status: 'done', items: { done: 2 } })
    expect(unstorable).toMatchObject({ status: 'done', items: { failed: 1 } })
    expect(killing).toMatchObject({ status: 'done', items: { failed: 3 } })
    expect((await runs.results(scope, ids[0] ?? '', 0, 1)).results[0]).toMatchObject({
      error: { kind: 'unavailable', message: expect.stringMatching(/100 times/) },
    })
    await runs.retry(scope, ids[0] ?? '')
    expect(await runs.get(scope, ids[0] ?? '', 20_000)).toMatchObject({ status: 'done', items: { done: 3, failed: 0 } })
    await close()
  })

  it('a short run does not wait for a long one', async () => {
    const { runs, close, double, seen } = await start()
    const long = await double(numbers(3000))
    const short = await double([{ n: 1 }])
    await runs.get(scope, short, 120_000)
    expect((await runs.get(scope, long)).status).not.toBe('done')
    expect(seen.length).toBeLessThan(1500)
    await runs.cancel(scope, long)
    await close()
  })

  it('tells of progress as soon as there is some', async () => {
    const { runs, close, double, gate } = await start()
    const id = await double(numbers(200))
    let seen = 0
    for (
      let run = await runs.get(scope, id);
      run.status !== 'done';
      run = await runs.get(scope, id, 10_000, undefined, seen)
    ) {
      const now = run.items.total - run.items.pending
      expect(now).toBeGreaterThanOrEqual(seen)
      seen = now
    }
    expect(gate.credits).toBe(true)
    await close()
  })

  it('expires with its day: counts and cost stay, and that is said', async () => {
    const { runs, close, double, db } = await start()
    const id = await double(numbers(5))
    await runs.get(scope, id, 120_000)
    await expireRuns(db, new Date(Date.now() + 2 * 86_400_000))
    expect(await runs.get(scope, id)).toMatchObject({
      status: 'done',
      items: { done: 5 },
      expiredAt: expect.any(String),
    })
    await expect(runs.results(scope, id, 0, 10)).rejects.toMatchObject({
      kind: 'not_found',
      message: expect.stringContaining('expired'),
    })
    await expect(runs.retry(scope, id)).rejects.toMatchObject({ kind: 'not_found' })
    const next = await double(numbers(5))
    expect(await runs.get(scope, next, 120_000)).toMatchObject({ status: 'done' })
    await close()
  })

  it('belongs to its mode', async () => {
    const { runs, close, double } = await start()
    const id = await double(numbers(1))
    await expect(runs.get({ workspace: 'ws_1', mode: 'live' }, id)).rejects.toMatchObject({ kind: 'wrong_mode' })
    await expect(runs.get({ workspace: 'ws_2', mode: 'test' }, id)).rejects.toMatchObject({ kind: 'not_found' })
    await runs.get(scope, id, 120_000)
    await close()
  })
})
