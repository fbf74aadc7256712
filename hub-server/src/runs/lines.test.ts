import { afterEach, describe, expect, it } from 'vitest'
import type { Block } from '../blocks/block.ts'
import { contextWith } from '../blocks/testing/context.ts'
import { trackEvent } from '../capabilities/trackEvent.ts'
import type { Condition } from '../contracts/condition.ts'
import { HubError } from '../contracts/errors.ts'
import { databaseForAll } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { createPipelines } from './pipelines.ts'
import { rowsOf } from './runs.ts'
import { runsOn } from './testing/runs-on.ts'
import { done, teller } from './testing/teller.ts'

const scope = { workspace: 'ws_1', mode: 'test' as const }
const failed = (message: string) => ({
  status: 'failed' as const,
  outputs: [],
  error: new HubError('unavailable', message).toValue(),
})

describe.each(testDatabases)('a line of blocks on $kind', ({ open }) => {
  const database = databaseForAll(open)
  const opened: { close: () => Promise<void> }[] = []
  afterEach(() => Promise.all(opened.splice(0).map(({ close }) => close())))

  const start = async (blocks: readonly Block[], concurrency = 4) => {
    const hub = await runsOn({ db: database.db, blocks, concurrency })
    opened.push(hub)
    return hub
  }

  /** Starts a pipeline of these steps over items. */
  const begin = async (
    { runs }: Awaited<ReturnType<typeof start>>,
    steps: readonly { block: string; when?: Condition }[],
    items: readonly object[],
  ): Promise<string> => {
    const pipeline = await createPipelines(database.db).create(scope, 'line', steps.map(runs.stepOf))
    return runs.start(scope, { pipeline: pipeline.id, source: { rows: rowsOf(items) } })
  }
  const numbers = (count: number) => Array.from({ length: count }, (_, n) => ({ n }))
  const outputsOf = async ({ runs }: Awaited<ReturnType<typeof start>>, id: string) =>
    (await runs.results(scope, id, 0, 1000)).results.map(({ outputs }) => outputs)

  it('streams: a chunk goes on to the second block while the first still works on others', async () => {
    const secondBegan = Promise.withResolvers<void>()
    // Its later items wait until the second block has begun: with one step after the other that is never.
    const first = teller('first', async ({ n }) => (Number(n) >= 5 && (await secondBegan.promise), done({ n })), 5)
    const second = teller('second', ({ n }) => (secondBegan.resolve(), done({ n, seen: true })), 3)
    const hub = await start([first.block, second.block])
    const id = await begin(hub, [{ block: 'first' }, { block: 'second' }], numbers(12))
    expect(await hub.runs.get(scope, id, 120_000)).toMatchObject({ status: 'done', items: { total: 12, done: 12 } })
    expect(await outputsOf(hub, id)).toEqual(numbers(12).map(({ n }) => [{ n, seen: true }]))
  })

  it('gives each block chunks of its own size', async () => {
    const sizes: Record<string, number[]> = { first: [], second: [] }
    const sized = (id: string, chunk: number): Block => {
      const { block } = teller(id, (item) => done(item, item), chunk)
      return { ...block, run: (items, ...rest) => (sizes[id]?.push(items.length), block.run(items, ...rest)) }
    }
    const hub = await start([sized('first', 4), sized('second', 5)], 1)
    const id = await begin(hub, [{ block: 'first' }, { block: 'second' }], numbers(9))
    await hub.runs.get(scope, id, 120_000)
    // Eight outputs of the first four, and what is begun is brought to its end before more is begun.
    expect(sizes).toEqual({ first: [4, 4, 1], second: [5, 3, 5, 3, 2] })
  })

  it('names what an item gave for ever, and puts it together in its order', async () => {
    const names: string[] = []
    const splits = teller('splits', ({ n }) => done({ n, half: 1 }, { n, half: 2 }), 2)
    const ends = teller('ends', ({ n, half }) => (n === 1 && half === 2 ? failed('no') : done({ n, half })), 3)
    const asking: Block = {
      ...ends.block,
      run: async (items, options, context) => {
        await context.ask(trackEvent, [], { items: items.map(({ index }) => index) })
        return ends.block.run(items, options, context)
      },
    }
    const again = await runsOn({
      db: database.db,
      blocks: [splits.block, asking],
      openContext: ({ stop }, step, nameOf) => ({
        ...contextWith({ signal: stop }),
        ask: (_capability, _inputs, { items = [] } = {}) => (
          names.push(...items.map((item) => `${step}/${nameOf(item)}`)),
          Promise.resolve([])
        ),
      }),
    })
    opened.push(again)
    const id = await begin(again, [{ block: 'splits' }, { block: 'ends' }], numbers(2))
    expect(await again.runs.get(scope, id, 120_000)).toMatchObject({ status: 'done', items: { done: 1, failed: 1 } })
    const { results } = await again.runs.results(scope, id, 0, 10)
    expect(results[0]).toMatchObject({
      status: 'done',
      outputs: [
        { n: 0, half: 1 },
        { n: 0, half: 2 },
      ],
    })
    expect(results[1]).toMatchObject({
      status: 'failed',
      outputs: [{ n: 1, half: 1 }],
      error: { message: '1 of the 2 that this item gave: no' },
    })
    expect(names.sort()).toEqual(['1/0.0', '1/0.1', '1/1.0', '1/1.1'])
  })

  it('goes on in the middle after a restart: nothing of an earlier step is asked again', async () => {
    const first = teller('first', ({ n }) => done({ n }, { n: Number(n) + 100 }), 5)
    const stuck = teller(
      'second',
      (_item, { signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve({ status: 'pending', outputs: [] }))),
      4,
    )
    const before = await start([first.block, stuck.block], 2)
    const id = await begin(before, [{ block: 'first' }, { block: 'second' }], numbers(10))
    await expect.poll(() => stuck.given.length).toBeGreaterThan(0)
    await before.close()
    const given = first.given.length
    const second = teller('second', ({ n }) => done({ n, seen: true }), 4)
    const after = await start([first.block, second.block])
    expect(await after.runs.get(scope, id, 120_000)).toMatchObject({ status: 'done', items: { done: 10 } })
    expect(first.given.map(({ n }) => n).sort((a, b) => Number(a) - Number(b))).toEqual(numbers(10).map(({ n }) => n))
    expect(given).toBeGreaterThan(0)
    expect(await outputsOf(after, id)).toEqual(
      numbers(10).map(({ n }) => [
        { n, seen: true },
        { n: n + 100, seen: true },
      ]),
    )
  })

  it('tries again only what failed of an item, at the block where it failed', async () => {
    let fails = true
    const first = teller('first', ({ n }) => done({ n, half: 1 }, { n, half: 2 }))
    const second = teller('second', ({ n, half }) =>
      fails && n === 1 && half === 2 ? failed('no') : done({ n, half }),
    )
    const hub = await start([first.block, second.block])
    const id = await begin(hub, [{ block: 'first' }, { block: 'second' }], numbers(3))
    expect(await hub.runs.get(scope, id, 120_000)).toMatchObject({ status: 'done', items: { done: 2, failed: 1 } })
    fails = false
    first.given.length = second.given.length = 0
    await hub.runs.retry(scope, id)
    expect(await hub.runs.get(scope, id, 120_000)).toMatchObject({
      status: 'done',
      items: { done: 3, failed: 0, pending: 0 },
    })
    expect(first.given).toEqual([])
    expect(second.given).toEqual([{ n: 1, half: 2 }])
    expect((await outputsOf(hub, id))[1]).toEqual([
      { n: 1, half: 1 },
      { n: 1, half: 2 },
    ])
  })

  it('lets a person decide about what is uncertain of an item', async () => {
    const first = teller('first', ({ n }) => done({ n, half: 1 }, { n, half: 2 }))
    const second = teller('second', ({ n, half }) =>
      half === 2
        ? { status: 'uncertain', outputs: [], error: new HubError('timeout', 'who knows').toValue() }
        : done({ n, half }),
    )
    const hub = await start([first.block, second.block])
    const id = await begin(hub, [{ block: 'first' }, { block: 'second' }], numbers(2))
    expect(await hub.runs.get(scope, id, 120_000)).toMatchObject({ status: 'done', items: { uncertain: 2 } })
    expect(await hub.runs.decide(scope, id, [0, 1, 7], 'sent')).toMatchObject({
      status: 'done',
      items: { uncertain: 0, done: 2 },
    })
    expect((await hub.runs.results(scope, id, 0, 1)).results).toEqual([
      { item: 0, status: 'done', outputs: [{ n: 0, half: 1 }] },
    ])
  })

  describe('with a condition', () => {
    const verify = () => teller('verify', ({ email }) => done({ email, verdict: 'deliverable', by: 'service' }))
    const unknown: Condition = { field: 'verdict', is: 'unknown' }

    it('asks only about whom it is for; the others pass by unchanged, and it is said why', async () => {
      const { block, given } = verify()
      const hub = await start([block])
      const items = [{ email: 'a' }, { email: 'b', verdict: 'risky' }, { email: 'c' }]
      const id = await begin(hub, [{ block: 'verify', when: unknown }], items)
      expect(await hub.runs.get(scope, id, 120_000)).toMatchObject({ status: 'done', items: { done: 3 } })
      expect(given).toEqual([{ email: 'a' }, { email: 'c' }])
      expect((await hub.runs.results(scope, id, 0, 10)).results).toEqual([
        { item: 0, status: 'done', outputs: [{ email: 'a', verdict: 'deliverable', by: 'service' }] },
        {
          item: 1,
          status: 'done',
          outputs: [{ email: 'b', verdict: 'risky' }],
          passedBy: [{ step: 1, block: 'verify', reason: 'verdict is known (risky)' }],
        },
        { item: 2, status: 'done', outputs: [{ email: 'c', verdict: 'deliverable', by: 'service' }] },
      ])
    })

    it('goes by what the block before gave, and the note stays with what goes on', async () => {
      const score = teller('score', ({ n }) => done({ n, grade: Number(n) > 1 ? 'hot' : 'cold' }))
      const write = teller('write', ({ n }) => done({ n, written: true }))
      const store = teller('store', (item) => done({ ...item, stored: true }))
      const hub = await start([score.block, write.block, store.block])
      const id = await begin(
        hub,
        [
          { block: 'score' },
          { block: 'write', when: { field: 'grade', is: 'equal', value: 'hot' } },
          { block: 'store' },
        ],
        numbers(3),
      )
      await hub.runs.get(scope, id, 120_000)
      expect((await hub.runs.results(scope, id, 0, 10)).results).toEqual([
        {
          item: 0,
          status: 'done',
          outputs: [{ n: 0, grade: 'cold', stored: true }],
          passedBy: [{ step: 2, block: 'write', reason: 'grade is not hot (cold)' }],
        },
        {
          item: 1,
          status: 'done',
          outputs: [{ n: 1, grade: 'cold', stored: true }],
          passedBy: [{ step: 2, block: 'write', reason: 'grade is not hot (cold)' }],
        },
        { item: 2, status: 'done', outputs: [{ n: 2, written: true, stored: true }] },
      ])
      expect(write.given).toEqual([{ n: 2, grade: 'hot' }])
    })

    it('that is not right is refused when the pipeline is saved, with its place', async () => {
      const { runs } = await start([verify().block])
      const refused = (when: Condition) => () => runs.stepOf({ block: 'verify', when })
      expect(refused({ all: [unknown, { field: 'grade', is: 'equal' }] })).toThrow(
        '/when/all/1 lacks “value”: what to compare with',
      )
      expect(refused({ ...unknown, not: unknown })).toThrow(
        '/when must have either field and is, or one of all, any, not',
      )
    })
  })
})
