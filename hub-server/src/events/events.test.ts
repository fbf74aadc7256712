import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Event } from '../contracts/event.ts'
import type { Scope } from '../contracts/scope.ts'
import { openDatabase, type Database } from '../db/database.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { addEvents } from './add.ts'
import { createEvents } from './events.ts'
import { forgetEvents } from './forget.ts'
import { createPublisher } from './publisher.ts'

const one: Scope = { workspace: 'ws_1', mode: 'test' }
const two: Scope = { workspace: 'ws_1', mode: 'live' }
const log = pino({ level: 'silent' })
const never = new AbortController().signal
const all = { after: 0, limit: 1000 }

type Publisher = ReturnType<typeof createPublisher>

describe.each(testDatabases)('events on $kind', ({ kind, open }) => {
  let database: Awaited<ReturnType<typeof open>>
  let events: ReturnType<typeof createEvents>
  let started: Publisher[]
  let others: Database[]
  beforeEach(async () => {
    database = await open()
    events = createEvents(database.db)
    started = []
    others = []
  })
  afterEach(async () => {
    for (const publisher of started) await publisher.stop()
    for (const other of others) await other.close()
    await database.remove()
  })

  const publish = (on: Pick<Database, 'db' | 'kind'> = database, to: Pick<typeof log, 'warn' | 'info'> = log) => {
    const publisher = createPublisher({ database: on, log: to })
    publisher.start()
    started.push(publisher)
    return publisher
  }

  /** The hub as another process would have opened it: with connections of its own. */
  const another = async () => {
    const opened = await openDatabase({ url: database.url, folder: database.folder })
    others.push(opened)
    return opened
  }

  const add = (scope: Scope, ...names: string[]) =>
    addEvents(
      database.db,
      scope,
      names.map((n) => ({ type: 'lead.changed', subject: 'lead_1', data: { n } })),
    )
  const names = (found: readonly Event[]) => found.map(({ data }) => data.n)
  const allPublished = () =>
    vi.waitFor(
      async () => {
        const waiting = await database.db.selectFrom('event').select('id').where('position', 'is', null).execute()
        expect(waiting).toEqual([])
      },
      { interval: 50 },
    )

  it('are told with what, when, about whom, and numbered for each subject', async () => {
    publish()
    await addEvents(database.db, one, [
      { type: 'lead.created', subject: 'lead_1', data: { fields: ['email'] } },
      { type: 'lead.created', subject: 'lead_2', data: {} },
      { type: 'lead.changed', subject: 'lead_1', data: { odd: 'a\u0000b “ü”' } },
    ])
    await addEvents(database.db, one, [])
    await allPublished()
    const { events: found, next } = await events.read(one, all)
    const common = {
      ...one,
      version: 1,
      id: expect.stringMatching(/^evt_/),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    }
    expect(found).toEqual([
      { ...common, type: 'lead.created', subject: 'lead_1', seq: 1, data: { fields: ['email'] } },
      { ...common, type: 'lead.created', subject: 'lead_2', seq: 1, data: {} },
      { ...common, type: 'lead.changed', subject: 'lead_1', seq: 2, data: { odd: 'ab “ü”' } },
    ])
    expect(next).toBe('3')
  })

  it('are neither lost nor doubled nor out of order, whoever writes and reads at the same time', async () => {
    const shared = ['lead_a', 'lead_b', 'lead_c']
    const insert = (ids: string[]) =>
      database.db
        .insertInto('subject')
        .values(ids.map((id) => ({ ...one, id, kind: 'lead' as const, fields: '{}', words: '', merged_into: null })))
        .execute()
    const writerCount = 8
    await insert([...shared, ...Array.from({ length: writerCount }, (_, writer) => `own_${writer}`)])
    /** For each scope and subject, the events in the order in which they were committed. */
    const told = new Map<string, unknown[]>()
    let count = 0
    const rolledBack = new Error('rolled back on purpose')

    const transaction = async (scope: Scope, own: string) => {
      const about = [own, ...shared.filter(() => randomInt(3) === 0)].sort()
      const written: [string, string][] = []
      await database.db.transaction().execute(async (trx) => {
        for (const id of about) await trx.selectFrom('subject').select('id').where('id', '=', id).forUpdate().execute()
        for (let call = randomInt(1, 4); call > 0; call--) {
          const batch = Array.from({ length: randomInt(1, 6) }, () => ({
            subject: about[randomInt(about.length)] ?? own,
            n: `event ${count++}`,
          }))
          await addEvents(
            trx,
            scope,
            batch.map(({ subject, n }) => ({ type: 'lead.changed', subject, data: { n } })),
          )
          written.push(...batch.map(({ subject, n }): [string, string] => [`${scope.mode}/${subject}`, n]))
          await pause(randomInt(8))
        }
        if (randomInt(5) === 0) throw rolledBack
        // Still under the locks: in the order of commits.
        for (const [key, n] of written) told.set(key, [...(told.get(key) ?? []), n])
      })
    }
    const write = async (writer: number) => {
      for (let done = 0; done < 25; done++)
        await transaction(writer % 4 === 0 ? two : one, `own_${writer}`).catch((thrown: unknown) => {
          if (thrown !== rolledBack) throw thrown
        })
    }

    let writing = true
    const read = async (scope: Scope) => {
      const found: Event[] = []
      for (let after = 0; ;) {
        const last = !writing
        const page = await events.read(scope, { after, limit: randomInt(1, 40) })
        found.push(...page.events)
        after = Number(page.next)
        if (page.events.length === 0 && last) return found
        await pause(randomInt(5))
      }
    }

    const say = { warn: vi.fn(), info: vi.fn() }
    publish(database, say)
    if (kind === 'postgres') publish(await another(), say)
    const readers = [one, one, one, two].map((scope) => ({ scope, found: read(scope) }))
    await Promise.all(Array.from({ length: writerCount }, (_, writer) => write(writer)))
    await allPublished()
    writing = false

    const rows = await database.db
      .selectFrom('event')
      .select(['id', 'position', 'seq', 'mode', 'subject', 'data'])
      .orderBy('position')
      .execute()
    expect(rows.map(({ position }) => position)).toEqual(rows.map((_, index) => index + 1))
    for (const { scope, found } of readers)
      expect((await found).map(({ id }) => id)).toEqual(
        rows.filter(({ mode }) => mode === scope.mode).map(({ id }) => id),
      )
    const [reader] = readers
    expect((await reader?.found)?.length).toBeGreaterThan(100)
    expect(say.warn).not.toHaveBeenCalled()

    // What was rolled back is in none of these lists.
    const bySubject = Map.groupBy(rows, ({ mode, subject }) => `${mode}/${subject}`)
    expect(new Set(bySubject.keys())).toEqual(new Set(told.keys()))
    for (const [key, ofSubject] of bySubject) {
      expect(ofSubject.map(({ seq }) => seq)).toEqual(ofSubject.map((_, index) => index + 1))
      expect(ofSubject.map(({ data }) => data.n)).toEqual(told.get(key))
    }
  })

  // On PGlite there is one connection, so nobody beside a transaction.
  it.runIf(kind === 'postgres')(
    'of a transaction that lasts are not seen before its commit, and hold up no others',
    async () => {
      publish()
      const { promise: waiting, resolve: commit } = Promise.withResolvers<void>()
      const slow = database.db.transaction().execute(async (trx) => {
        await addEvents(trx, one, [{ type: 'lead.changed', subject: 'lead_slow', data: { n: 'slow' } }])
        await waiting
      })
      await add(one, 'quick')
      const first = await events.readOrWait(one, all, 20_000, never)
      expect(names(first.events)).toEqual(['quick'])
      commit()
      await slow
      const second = await events.readOrWait(one, { ...all, after: Number(first.next) }, 20_000, never)
      expect(names(second.events)).toEqual(['slow'])
    },
  )

  it('are seen only in their own workspace and mode, and numbered apart even for the same id', async () => {
    publish()
    await add(one, 'one')
    await add(two, 'two')
    await add({ workspace: 'ws_2', mode: 'test' }, 'three')
    await allPublished()
    for (const [scope, name] of [
      [one, 'one'],
      [two, 'two'],
      [{ workspace: 'ws_2', mode: 'test' as const }, 'three'],
    ] as const) {
      const { events: found } = await events.read(scope, all)
      expect(found).toMatchObject([{ ...scope, seq: 1, data: { n: name } }])
    }
  })

  it('are given page by page, of the types and the subject asked for', async () => {
    publish()
    await addEvents(
      database.db,
      one,
      Array.from({ length: 7 }, (_, n) => ({
        type: n % 2 === 0 ? 'run.finished' : 'lead.changed',
        subject: n < 4 ? 'a' : 'b',
        data: { n },
      })),
    )
    await allPublished()
    const first = await events.read(one, { after: 0, limit: 3 })
    expect([names(first.events), first.next]).toEqual([[0, 1, 2], '3'])
    const rest = await events.read(one, { after: 3, limit: 100 })
    expect([names(rest.events), rest.next]).toEqual([[3, 4, 5, 6], '7'])
    expect(await events.read(one, { after: 7, limit: 100 })).toEqual({ events: [], next: '7' })
    expect(names((await events.read(one, { ...all, types: ['lead.changed'] })).events)).toEqual([1, 3, 5])
    expect(
      names((await events.read(one, { ...all, types: ['lead.changed', 'run.finished'], subject: 'b' })).events),
    ).toEqual([4, 5, 6])
    expect(await events.read(one, { after: 2, limit: 5, types: ['lead.deleted'] })).toEqual({ events: [], next: '2' })
  })

  it('refuses a cursor from elsewhere instead of waiting for ever', async () => {
    await expect(events.read(one, { after: 1, limit: 5 })).rejects.toMatchObject({
      kind: 'invalid_input',
      fields: [{ path: '/after' }],
    })
    await expect(events.readOrWait(one, { after: 1, limit: 5 }, 20_000, never)).rejects.toThrow(/not a cursor/)
  })

  it('end a wait when they come, and what is not asked for does not', async () => {
    publish()
    const wait = events.readOrWait(one, { ...all, types: ['run.finished'] }, 20_000, never)
    await add(one, 'not asked for')
    await allPublished()
    await addEvents(database.db, one, [{ type: 'run.finished', subject: 'run_1', data: {} }])
    expect(await wait).toMatchObject({ events: [{ type: 'run.finished' }], next: '2' })
  })

  it.runIf(kind === 'postgres')('end a wait also when the publisher is in another process', async () => {
    const wait = events.readOrWait(one, all, 20_000, never)
    await add(one, 'a')
    // As the other process would: nothing rings here.
    await database.db.updateTable('event').set({ position: 1, seq: 1 }).execute()
    expect(names((await wait).events)).toEqual(['a'])
  })

  it('end a wait without any at its time, and when the waiter leaves', async () => {
    expect(await events.readOrWait(one, all, 0, never)).toEqual({ events: [], next: '0' })
    expect(await events.readOrWait(one, all, 30, never)).toEqual({ events: [], next: '0' })
    const leaving = new AbortController()
    const wait = events.readOrWait(one, all, 20_000, leaving.signal)
    leaving.abort()
    expect(await wait).toEqual({ events: [], next: '0' })
  })

  it('of before a time are forgotten, but for the last of each subject, from which the numbers go on', async () => {
    const publisher = publish()
    const old = new Date('2020-01-01')
    await addEvents(
      database.db,
      one,
      Array.from({ length: 2300 }, (_, n) => ({ type: 'lead.changed', subject: n % 2 === 0 ? 'a' : 'b', data: { n } })),
    )
    await allPublished()
    await publisher.stop()
    await addEvents(database.db, one, [{ type: 'lead.changed', subject: 'c', data: { n: 'not published' } }])
    await database.db
      .updateTable('event')
      .set({ at: old })
      .where((eb) => eb.or([eb('subject', '!=', 'b'), eb('position', '<=', 2000)]))
      .execute()

    expect(await forgetEvents(database.db, old)).toBe(0)
    // Of a 1150, of b those up to position 2000; the last of a stays.
    expect(await forgetEvents(database.db, new Date('2021-01-01'))).toBe(1149 + 1000)
    expect(await forgetEvents(database.db, new Date('2021-01-01'))).toBe(0)
    publish()
    await addEvents(database.db, one, [{ type: 'lead.changed', subject: 'a', data: { n: 'later' } }])
    await allPublished()
    const { events: kept, next } = await events.read(one, all)
    expect(
      kept.filter(({ subject }) => subject !== 'b').map(({ subject, seq, data }) => [subject, seq, data.n]),
    ).toEqual([
      ['a', 1150, 2298],
      ['c', 1, 'not published'],
      ['a', 1151, 'later'],
    ])
    expect(kept).toHaveLength(153)
    expect(next).toBe('2302')
  })

  it('go on where they were when all that is left is forgotten', async () => {
    publish()
    await add(one, 'first', 'second')
    await allPublished()
    await forgetEvents(database.db, new Date(Date.now() + 60_000))
    await add(one, 'third')
    await allPublished()
    expect(await events.read(one, { after: 2, limit: 5 })).toMatchObject({
      events: [{ seq: 3, data: { n: 'third' } }],
      next: '3',
    })
  })

  it('are published by nobody after stop, and by the next that starts', async () => {
    const publisher = publish()
    await publisher.stop()
    await add(one, 'a')
    expect((await events.read(one, all)).events).toEqual([])
    publish()
    expect(names((await events.readOrWait(one, all, 20_000, never)).events)).toEqual(['a'])
  })

  describe.runIf(kind === 'postgres')('when the database goes away', () => {
    /** Beside the hub, at the server's own database: a database cannot shut its own doors. */
    const admin = async (statement: string, values: string[] = []) => {
      const client = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL })
      await client.connect()
      try {
        return await client.query(statement, values)
      } finally {
        await client.end()
      }
    }
    const name = () => new URL(database.url ?? '').pathname.slice(1)

    it('go on when it is back, and it is said once', async () => {
      const say = { warn: vi.fn(), info: vi.fn() }
      publish(database, say)
      await add(one, 'before')
      await allPublished()
      await admin(`alter database ${name()} allow_connections false`)
      await admin('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name()])
      await vi.waitFor(() => expect(say.warn).toHaveBeenCalled(), { timeout: 60_000 })
      await pause(1000)
      await admin(`alter database ${name()} allow_connections true`)
      await add(one, 'after')
      await allPublished()
      expect(names((await events.read(one, all)).events)).toEqual(['before', 'after'])
      expect(say.warn).toHaveBeenCalledOnce()
      expect(say.info).toHaveBeenCalledOnce()
    })

    it('what the one publisher held when its connection was cut is published all the same, once', async () => {
      await add(one, 'a', 'b')
      const { promise: released, resolve: release } = Promise.withResolvers<void>()
      const { promise: locked, resolve: hold } = Promise.withResolvers<void>()
      const blocking = database.db.transaction().execute(async (trx) => {
        // Reading goes on under this lock: a publisher gets as far as its update, and hangs there.
        await sql`lock table event in share row exclusive mode`.execute(trx)
        hold()
        await released
      })
      await locked
      const say = { warn: vi.fn(), info: vi.fn() }
      publish(database, say)
      publish(await another(), say)
      const hanging = 'from pg_locks join pg_database on pg_database.oid = database where datname = $1 and not granted'
      await vi.waitFor(async () => expect((await admin(`select pid ${hanging}`, [name()])).rowCount).toBe(1), {
        timeout: 20_000,
      })
      // Time for the other to have tried as well.
      await pause(1000)
      expect((await admin(`select pg_terminate_backend(pid) ${hanging}`, [name()])).rowCount).toBe(1)
      await vi.waitFor(() => expect(say.warn).toHaveBeenCalledOnce(), { timeout: 60_000 })
      release()
      await blocking
      await allPublished()
      expect(await events.read(one, all)).toMatchObject({
        events: [
          { seq: 1, data: { n: 'a' } },
          { seq: 2, data: { n: 'b' } },
        ],
        next: '2',
      })
    })
  })
})
