import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../db/id.ts'
import { json } from '../db/json.ts'
import { ensurePartitions } from '../db/partitions.ts'
import type { Tables } from '../db/tables.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { createLedger } from '../gateway/ledger.ts'
import { openBudget } from '../gateway/testing/open-budget.ts'
import { usageOf } from '../reporting/usage.ts'
import { createMaintenance } from './maintenance.ts'

const scope = { workspace: 'ws_1', mode: 'test' as const }
const dayMs = 86_400_000
const inDays = (days: number): Date => new Date(Date.now() + days * dayMs)

describe.each(testDatabases)('what has expired, on $kind', ({ open }) => {
  let database: Awaited<ReturnType<typeof open>>
  let maintenance: ReturnType<typeof createMaintenance>
  const [open_, done] = [newId('run'), newId('run')]

  beforeAll(async () => {
    database = await open()
    const { db } = database
    maintenance = createMaintenance({
      db,
      log: pino({ level: 'silent' }),
      keepRunDays: 30,
      keepEventDays: 30,
      keepLedgerDays: 730,
    })
    await ensurePartitions(db, new Date())
    await openBudget(db, scope, 'day')
    const ledger = createLedger(db)
    for (const [run, status] of [
      [open_, 'paused'],
      [done, 'done'],
    ] as const) {
      await db
        .insertInto('run')
        .values({
          ...scope,
          id: run,
          block: 'verify-email',
          steps: '[]',
          list: null,
          status,
          total: 1,
          item_budget: null,
          error: null,
          finished_at: null,
          expired_at: null,
        })
        .execute()
      await openBudget(db, scope, 'run', run)
      await db
        .insertInto('run_chunk')
        .values({ run, chunk: 0, first: 0, last: 0, holder: null, leased_until: null })
        .execute()
      await db.insertInto('run_item').values({ run, item: 0, input: '{}' }).execute()
      await db
        .insertInto('run_answer')
        .values({
          run,
          item: `${run}/0/0`,
          question: 'q',
          outputs: '[]',
          reason: null,
          raw: null,
          ledger: null,
          price: null,
          at: new Date(),
        })
        .execute()
      await db.insertInto('run_item_cost').values({ run, item: 0, price: 5 }).execute()
      await db
        .insertInto('sending')
        .values({ ...scope, key: `${run}/0/0/0`, token: run, state: 'sent', outcome: null })
        .execute()
      await db
        .insertInto('idempotency')
        .values({ ...scope, route: 'r', key: run, body_hash: 'h', run })
        .execute()
      await db
        .insertInto('event')
        .values({
          ...scope,
          id: newId('evt'),
          position: run === done ? 1 : 2,
          type: 'run.accepted',
          subject: run,
          seq: 1,
          data: '{}',
        })
        .execute()
      const about = {
        ...scope,
        run,
        connector: 'hunter',
        connection: 'c',
        operation: 'verifyEmail',
        items: 1,
        price: 7,
        credits: 1,
        collects: false,
      }
      for (let call = 0; call < 3; call++) await settle(await ledger.send(about))
    }
    const about = {
      ...scope,
      connector: 'fullcontact',
      connection: 'c',
      operation: 'enrichPerson',
      way: 'one' as const,
      run: open_,
      ledger: null,
      credits: 1,
      price: 0,
      items: '[]',
    }
    await db
      .insertInto('vendor_job')
      .values({ ...about, id: 'job_1', expires_at: inDays(7) })
      .execute()
    await db
      .insertInto('callback')
      .values({ token: 't', job: 'job_1', body: json({}), expires_at: inDays(7) })
      .execute()
    await db
      .insertInto('answer')
      .values({
        ...scope,
        connector: 'c',
        operation: 'o',
        key: 'k',
        outputs: '[]',
        reason: null,
        raw: null,
        ledger: null,
        price: null,
        at: new Date(),
        expires_at: inDays(3),
      })
      .execute()
  })
  afterAll(() => database.remove())

  const settle = ({ settle: write }: Awaited<ReturnType<ReturnType<typeof createLedger>['send']>>) =>
    write({ state: 'settled', price: 7, credits: 1, hits: 1 })
  const count = async (table: keyof Tables): Promise<number> =>
    (await database.db.selectFrom(table).selectAll().execute()).length
  const counts = async () => {
    const tables = [
      'run',
      'run_chunk',
      'run_item',
      'run_answer',
      'run_item_cost',
      'sending',
      'idempotency',
      'vendor_job',
      'callback',
      'answer',
      'ledger',
      'event',
    ] as const
    return Object.fromEntries(await Promise.all(tables.map(async (table) => [table, await count(table)] as const)))
  }
  const usage = (run: string) => usageOf(database.db, scope, run)

  it(
    'goes when its time has come, in order; a message is known as long as its run can be retried, and accounts ' +
      'stay longest',
    async () => {
      const all = {
        run: 2,
        run_chunk: 2,
        run_item: 2,
        run_answer: 2,
        run_item_cost: 2,
        sending: 2,
        idempotency: 2,
        vendor_job: 1,
        callback: 1,
        answer: 1,
        ledger: 6,
        event: 2,
      }
      expect(await counts()).toEqual(all)
      // What a run alone may use again goes with its end.
      await maintenance.turn(inDays(1))
      expect(await counts()).toEqual({ ...all, run_answer: 1 })
      await maintenance.turn(inDays(8))
      expect(await counts()).toEqual({ ...all, run_answer: 1, vendor_job: 0, callback: 0, answer: 0 })
      await maintenance.turn(inDays(29))
      expect(await counts()).toMatchObject({
        run_item: 2,
        run_answer: 1,
        run_item_cost: 2,
        sending: 2,
        idempotency: 2,
        ledger: 6,
      })
      await maintenance.turn(inDays(32))
      const afterRuns = {
        ...all,
        run_chunk: 0,
        run_item: 0,
        run_answer: 0,
        run_item_cost: 0,
        sending: 0,
        idempotency: 0,
        vendor_job: 0,
        callback: 0,
        answer: 0,
      }
      expect(await counts()).toEqual(afterRuns)
      await maintenance.turn(inDays(728))
      expect(await counts()).toEqual(afterRuns)
    },
  )

  it('leaves the sums of a run true when its calls are gone, and takes them with the run', async () => {
    const before = await usage(done)
    expect(before).toMatchObject({ calls: 3, price: 21, credits: 3 })
    await database.db
      .updateTable('ledger')
      .set({ sent_at: inDays(-731) })
      .where('run', '=', done)
      .execute()
    await maintenance.turn(new Date())
    expect([await count('ledger'), await usage(done)]).toEqual([3, before])
    await maintenance.turn(inDays(732))
    expect(await counts()).toMatchObject({ run: 0, ledger: 0, event: 0 })
    expect((await database.db.selectFrom('budget').select('kind').execute()).map(({ kind }) => kind)).toEqual(['day'])
  })
})
