import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { HubError } from '../contracts/errors.ts'
import type { RunStatus } from '../contracts/run.ts'
import { databaseForAll } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { claimChunk, giveBack, renewLeases } from './chunks.ts'
import { endChunk } from './end-chunk.ts'
import { readOpen, type Piece } from './pieces.ts'
import { rowsOf } from './runs.ts'
import { change, transitions, withRun, type TransitionName } from './state.ts'
import { done, teller } from './testing/teller.ts'
import { runsOn } from './testing/runs-on.ts'

const scope = { workspace: 'ws_1', mode: 'test' as const }
const statuses: readonly RunStatus[] = ['queued', 'running', 'paused', 'done', 'cancelled']

/** What becomes of a run of that status; nothing where it is not there. */
const expected: Record<
  TransitionName,
  Partial<Record<RunStatus, [to: RunStatus, callsMayLeave: boolean, event: string]>>
> = {
  finish: { queued: ['done', true, 'run.finished'], running: ['done', true, 'run.finished'] },
  pause: { queued: ['paused', false, 'run.paused'], running: ['paused', false, 'run.paused'] },
  cancel: {
    queued: ['cancelled', false, 'run.cancelled'],
    running: ['cancelled', false, 'run.cancelled'],
    paused: ['cancelled', false, 'run.cancelled'],
  },
  resume: { paused: ['queued', true, 'run.resumed'] },
  retry: {
    queued: ['queued', true, 'run.retried'],
    running: ['queued', true, 'run.retried'],
    paused: ['queued', true, 'run.retried'],
    done: ['queued', true, 'run.retried'],
    cancelled: ['queued', true, 'run.retried'],
  },
  redo: {
    queued: ['queued', true, 'run.retried'],
    running: ['queued', true, 'run.retried'],
    done: ['queued', true, 'run.retried'],
  },
}

describe.each(testDatabases)('the states of runs on $kind', ({ open }) => {
  const database = databaseForAll(open)

  const start = (given = teller('block', ({ n }) => done({ n })), more: Partial<Parameters<typeof runsOn>[0]> = {}) =>
    runsOn({ db: database.db, blocks: [given.block], ...more })
  const items = (count: number) => rowsOf(Array.from({ length: count }, (_, n) => ({ n })))
  const calls = async (run: string) =>
    (await database.db.selectFrom('budget').select('open').where('key', '=', run).executeTakeFirstOrThrow()).open
  const events = async (run: string) =>
    (await database.db.selectFrom('event').select('type').where('subject', '=', run).orderBy('ordinal').execute()).map(
      ({ type }) => type,
    )

  /** A run that nobody works on. */
  const accepted = async (count = 3): Promise<string> => {
    const { runs, close } = await start()
    await close()
    return runs.start(scope, { block: 'block', source: { rows: items(count) } })
  }

  it.each(Object.keys(transitions).flatMap((name) => statuses.map((from) => ({ name, from }))))(
    '$name of a run that is $from',
    async ({ name, from }) => {
      const id = await accepted()
      const transition = isTransition(name) ? name : 'finish'
      await database.db.updateTable('run').set({ status: from }).where('id', '=', id).execute()
      await database.db
        .updateTable('budget')
        .set({ open: from !== 'paused' && from !== 'cancelled' })
        .where('key', '=', id)
        .execute()
      const before = { open: await calls(id), events: await events(id) }
      const error = new HubError('over_budget', 'no money').toValue()
      const after = await withRun(
        database.db,
        id,
        async (trx, run) => run && change(trx, run, transition, transition === 'pause' ? { error } : {}),
      )
      const [to, open, event] = expected[transition][from] ?? [from, before.open, undefined]
      expect(after?.status).toBe(expected[transition][from] ? to : undefined)
      const row = await database.db.selectFrom('run').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      expect(row).toMatchObject({ status: to, error: after && transition === 'pause' ? error : null })
      if (after) expect(row.finished_at === null).toBe(to !== 'done' && to !== 'cancelled')
      expect(await calls(id)).toBe(open)
      expect(await events(id)).toEqual([...before.events, ...(event ? [event] : [])])
    },
  )

  it('a change that dies half-way has not happened at all', async () => {
    const id = await accepted()
    const dies = withRun(database.db, id, async (trx, run) => {
      if (run) await change(trx, run, 'cancel')
      throw new Error('the process is killed here')
    })
    await expect(dies).rejects.toThrow('killed')
    expect(
      (await database.db.selectFrom('run').select('status').where('id', '=', id).executeTakeFirstOrThrow()).status,
    ).toBe('queued')
    expect(await calls(id)).toBe(true)
    expect(await events(id)).toEqual(['run.accepted'])
  })

  it('a retry that dies half-way can be repeated, and tries exactly the failed items again', async () => {
    let fails = true
    const given = teller('block', ({ n }) =>
      n === 1 && fails
        ? { status: 'failed', outputs: [], error: new HubError('unavailable', 'no').toValue() }
        : done({ n }),
    )
    const { runs, close } = await start(given)
    const id = await runs.start(scope, { block: 'block', source: { rows: items(3) } })
    expect(await runs.get(scope, id, 120_000)).toMatchObject({ status: 'done', items: { done: 2, failed: 1 } })
    // The event cannot be written: the last thing that a retry does.
    await sql
      .raw(`alter table event add constraint refused check (type <> 'run.retried' or subject <> '${id}')`)
      .execute(database.db)
    await expect(runs.retry(scope, id)).rejects.toThrow(/refused/)
    expect(await runs.get(scope, id)).toMatchObject({ status: 'done', items: { done: 2, failed: 1, pending: 0 } })
    expect((await runs.results(scope, id, 1, 1)).results).toMatchObject([{ item: 1, status: 'failed' }])
    await sql.raw('alter table event drop constraint refused').execute(database.db)
    fails = false
    given.given.length = 0
    await runs.retry(scope, id)
    expect(await runs.get(scope, id, 120_000)).toMatchObject({
      status: 'done',
      items: { done: 3, failed: 0, pending: 0 },
    })
    expect(given.given).toEqual([{ n: 1 }])
    await close()
  })

  it(
    'a run is cancelled also while it is paused; it cannot be resumed, and says what to do; a retry goes ' +
      'on with it',
    async () => {
      const { runs, close } = await start()
      await close()
      const id = await runs.start(scope, { block: 'block', source: { rows: items(3) } })
      expect(await runs.pause(scope, id)).toMatchObject({ status: 'paused', error: { kind: 'cancelled' } })
      expect(await calls(id)).toBe(false)
      expect(await runs.cancel(scope, id)).toMatchObject({ status: 'cancelled', items: { pending: 3, failed: 0 } })
      expect(await runs.pause(scope, id)).toMatchObject({ status: 'cancelled' })
      await expect(runs.resume(scope, id)).rejects.toMatchObject({
        kind: 'conflict',
        advice: expect.stringContaining('retry'),
      })
      expect(await calls(id)).toBe(false)
      expect(await runs.retry(scope, id)).toMatchObject({ status: 'queued', items: { pending: 3 } })
      expect(await calls(id)).toBe(true)
      const later = await start()
      expect(await later.runs.get(scope, id, 120_000)).toMatchObject({ status: 'done', items: { done: 3 } })
      expect(await events(id)).toEqual(['run.accepted', 'run.paused', 'run.cancelled', 'run.retried', 'run.finished'])
      await later.close()
    },
  )

  it('a run that stood still with nothing left to do is done when it goes on', async () => {
    const id = await accepted(2)
    const { runs, close } = await start()
    await runs.get(scope, id, 120_000)
    await database.db.updateTable('run').set({ status: 'paused' }).where('id', '=', id).execute()
    expect(await runs.resume(scope, id)).toMatchObject({ status: 'done', items: { done: 2 } })
    await close()
  })

  it('a run whose items all have something wrong with them is done at once', async () => {
    const { runs, close } = await start()
    const id = await runs.start(scope, { block: 'block', source: { rows: [{ input: {}, problem: 'Row 1 is odd.' }] } })
    expect(await runs.get(scope, id)).toMatchObject({ status: 'done', items: { total: 1, failed: 1 } })
    expect(await events(id)).toEqual(['run.accepted', 'run.finished'])
    await close()
  })

  describe('a claim of a chunk', () => {
    const worked = (pieces: readonly Piece[], by = 'late') => ({
      ended: pieces.map((piece) => ({ piece, result: { item: piece.piece, ...done({ by }) } })),
      gone: [],
      wasLost: false,
    })
    /** Another takes the run's chunk, whose lease has ended. */
    const takeOver = (run: string, holder: string) =>
      database.db.transaction().execute(async (trx) => {
        await trx
          .updateTable('run_chunk')
          .set({ leased_until: new Date(0) })
          .where('run', '=', run)
          .execute()
        const others = await trx
          .selectFrom('run')
          .select('id')
          .where('id', '<>', run)
          .where('status', 'in', ['queued', 'running'])
          .execute()
        return (
          (await claimChunk(
            trx,
            holder,
            others.map(({ id }) => ({ run: id, step: null })),
          )) ?? expect.fail('nothing to claim')
        )
      })
    const readRun = (id: string) =>
      database.db.selectFrom('run').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

    it(
      'is another each time, also for the same holder, and who comes late with an older one ' + 'writes nothing',
      async () => {
        const id = await accepted(3)
        const first = await takeOver(id, 'prc_1')
        const run = await readRun(id)
        const pieces = await readOpen(database.db, run, first)
        const second = await takeOver(id, 'prc_1')
        expect(second.token).toBeGreaterThan(first.token)
        expect(await endChunk(database.db, first, worked(pieces), () => 1)).toBeUndefined()
        expect(await renewLeases(database.db, [first, second])).toEqual([second])
        await giveBack(database.db, first, true)
        const held = await database.db
          .selectFrom('run_chunk')
          .select(['leased_until', 'lost', 'finished'])
          .where('run', '=', id)
          .executeTakeFirstOrThrow()
        expect(held).toMatchObject({ finished: false, lost: 1, leased_until: expect.any(Date) })
        expect(await readOpen(database.db, run, second)).toHaveLength(3)
        expect(await endChunk(database.db, second, worked(pieces.slice(0, 2)), () => 1)).toBe('running')
        // Given back: it is nobody's, and not the last holder's either.
        expect(await endChunk(database.db, second, worked(pieces), () => 1)).toBeUndefined()
        const third = await takeOver(id, 'prc_2')
        expect(await endChunk(database.db, third, worked(pieces.slice(2)), () => 1)).toBe('done')
        expect(
          await database.db.selectFrom('run').select(['done', 'failed']).where('id', '=', id).executeTakeFirstOrThrow(),
        ).toEqual({ done: 3, failed: 0 })
      },
    )

    it(
      'that ended while its holder stood still: what comes of it is dropped, its calls stop, and nothing is ' +
        'counted twice',
      async () => {
        const asleep = Promise.withResolvers<void>()
        let stoppedLate = 0
        const sleeper = teller('block', async ({ n }, { signal }) => {
          asleep.resolve()
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
          stoppedLate++
          return done({ n, by: 'sleeper' })
        })
        const { runs, close } = await start(sleeper, { onlyProcess: false, concurrency: 1 })
        const id = await runs.start(scope, { block: 'block', source: { rows: items(3) } })
        await asleep.promise
        const taken = await takeOver(id, 'prc_2')
        expect(
          await endChunk(
            database.db,
            taken,
            worked(await readOpen(database.db, await readRun(id), taken), 'waker'),
            () => 1,
          ),
        ).toBe('done')
        await expect.poll(() => stoppedLate).toBe(3)
        await close()
        expect(await runs.get(scope, id)).toMatchObject({
          status: 'done',
          items: { total: 3, done: 3, pending: 0, failed: 0 },
        })
        expect((await runs.results(scope, id, 0, 10)).results.map(({ outputs }) => outputs)).toEqual(
          [0, 1, 2].map(() => [{ by: 'waker' }]),
        )
        expect(await events(id)).toEqual(['run.accepted', 'run.finished'])
      },
    )
  })
})

const isTransition = (name: string): name is TransitionName => name in transitions
