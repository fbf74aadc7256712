import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { backup, leftOut, tables } from './backup.ts'
import type { Db } from './database.ts'
import { newId } from './id.ts'
import { json } from './json.ts'
import { makePartitions } from './partitions.ts'
import { checkBackup, restore } from './restore.ts'
import { testDatabases } from './testing/databases.ts'

const scope = { workspace: 'ws_1', mode: 'test' }
const at = '2026-11-21T10:00:00.123456+00:00'
const run = newId('run')
/** More than are read at once, and more than are written at once. */
const many = Array.from({ length: 2_501 }, (_, item) => item)

/** Some rows of every table, so that one which a backup forgets is missed. */
const rows: Record<(typeof tables)[number], object[]> = {
  workspace: [{ id: 'ws_1', name: 'Ö “quoted”\n\\ \u2028 \u2029 \r' }],
  api_key: [
    { ...scope, id: 'key_1', hash: 'h', name: 'One' },
    { ...scope, id: 'key_2', hash: 'i', name: 'Two', scopes: ['leads', 'runs.read'], networks: ['10.0.0.0/8'] },
  ],
  login: [{ id: 'usr_1', email: 'a@acme.example', name: 'A', password: '$argon2id$…' }],
  outside_identity: [{ issuer: 'https://login.acme.example', subject: 's', login: 'usr_1' }],
  membership: [{ workspace: 'ws_1', login: 'usr_1', role: 'owner' }],
  role: [{ workspace: 'ws_1', id: 'night', about: 'At night', permissions: ['runs.read'] }],
  audit: [
    {
      workspace: 'ws_1',
      seq: 1,
      at,
      actor_kind: 'key',
      actor: 'key_1',
      actor_name: 'One',
      action: 'POST /v1/leads',
      address: '127.0.0.1',
      outcome: 'done',
      details: { b: 1, a: [2] },
      before: '',
      seal: 'v1.k.s',
    },
  ],
  audit_head: [{ workspace: 'ws_1', seq: 1, seal: 'v1.k.s' }],
  audit_intent: [{ id: 'int_1', entry: { b: 1 }, at }],
  oauth_record: [{ model: 'Client', id: 'c', payload: { sealed: 's' } }],
  connection: [
    {
      ...scope,
      id: 'con_1',
      connector: 'hunter',
      name: 'One',
      sealed: 's',
      shown_fields: { a: '1' },
      secret_names: ['key'],
      consent: false,
      status: 'working',
    },
  ],
  app: [{ ...scope, connector: 'hubspot', client_id: 'c', sealed: 's' }],
  budget: [
    { ...scope, kind: 'run', key: run, most: 5, spent: 3, calls: 2, credits: 0.5, cached: 1 },
    { ...scope, kind: 'day', key: '', day: '2026-11-21' },
  ],
  pipeline: [{ ...scope, id: 'p', name: 'P', steps: [] }],
  list: [{ ...scope, id: 'l', name: 'L', total: 1 }],
  list_item: [{ list: 'l', item: 0, input: { b: 1, a: 2 } }],
  run: [
    {
      ...scope,
      id: run,
      block: 'verify-email',
      steps: [],
      list: null,
      status: 'done',
      total: many.length,
      done: many.length,
      item_budget: 7,
    },
  ],
  run_chunk: [{ run, chunk: 0, first: 0, last: 2_500, finished: true, settled: 2_501, token: 3 }],
  run_item: many.map((item) => ({ run, item, input: { zeta: item, alpha: [null, { b: 1 }] } })),
  run_result: many.map((item) => ({ run, item, status: 'done', result: { outputs: [{ item }] } })),
  run_piece: [
    {
      run,
      step: 1,
      piece: 0,
      chunk: 0,
      item: 0,
      name: '0.0',
      input: { b: 1, a: 2 },
      status: 'done',
      result: { outputs: [] },
    },
  ],
  run_answer: [{ run, item: `${run}/0/1`, question: 'q', outputs: [1], raw: { a: null }, at }],
  run_item_cost: many.map((item) => ({ run, item, price: item * 10_000_000_000 })),
  sending: [{ ...scope, key: `${run}/0/1/0`, token: 't', state: 'sent', outcome: { id: 'm' } }],
  answer: [{ ...scope, connector: 'hunter', operation: 'findEmail', key: 'k', outputs: [], at, expires_at: at }],
  ledger: [
    {
      ...scope,
      id: 'led_1',
      run,
      connector: 'hunter',
      connection: 'c',
      operation: 'findEmail',
      items: 1,
      state: 'settled',
      price: 5,
      credits: 0.1,
      sent_at: at,
    },
  ],
  vendor_job: [
    {
      ...scope,
      id: 'job_1',
      connector: 'neverbounce',
      connection: 'c',
      operation: 'verifyEmail',
      way: 'many',
      state: 'open',
      run,
      credits: 2,
      price: 16_000,
      items: [{ email: 'a' }],
      ticket: 77,
      expires_at: at,
    },
  ],
  vendor_job_item: [{ ...scope, name: 'n', job: 'job_1', ordinal: 0 }],
  callback: [{ token: 'h', job: 'job_1', body: { fullName: 'Ann' }, expires_at: at }],
  // Whoever was merged comes before whom he was merged into.
  subject: [
    ...many.map((n) => ({ ...scope, id: `lead_${9_000 - n}`, kind: 'lead', fields: {}, words: '' })),
    { ...scope, id: 'lead_0', kind: 'lead', fields: { a: [1, { b: null }] }, words: 'a', merged_into: 'lead_9000' },
  ],
  observation: [{ ...scope, subject: 'lead_0', source: 's', at, said: { a: ['x', 0.5] }, price: 7, ledger: 'led_1' }],
  view_rules: [{ ...scope, version: 3, rules: { title: { newest: true } } }],
  identity: [{ ...scope, kind: 'email', value: 'a@acme.example', subject: 'lead_0' }],
  link: [{ ...scope, connection: 'c', object: 'contact', record: '1', subject: 'lead_0', base: { a: 1 }, at }],
  idempotency: [{ ...scope, route: 'r', key: 'k', body_hash: 'h', run }],
  setting: many.map((n) => ({ key: `key ${n}`, value: `Value ${n}` })),
  event: [{ ...scope, id: 'evt_1', type: 'run.finished', subject: run, seq: 1, data: {} }],
  suppression: [{ ...scope, channel: 'email', hash: 'h', reason: 'asked' }],
}

/** Everything in a table, as text: json keeps its order in it. */
const dump = async (db: Db, table: string): Promise<string[]> =>
  (await sql<{ row: string }>`select t::text as row from ${sql.table(table)} as t`.execute(db)).rows
    .map(({ row }) => row)
    .sort()

/** What a row does not name is as its column says. */
const put = async (db: Db, table: string, some: object[]): Promise<void> => {
  for (const [, alike] of Map.groupBy(some, (row) => Object.keys(row).join())) {
    const columns = sql.join(Object.keys(alike[0] ?? {}).map((name) => sql.ref(name)))
    await sql`insert into ${sql.table(table)} (${columns})
      select ${columns} from json_populate_recordset(null::${sql.table(table)}, ${json(alike)}::json)`.execute(db)
  }
}

describe.each(testDatabases)('a backup of a database on $kind', ({ open }) => {
  it('leaves out only what is of the moment, and says why', async () => {
    const database = await open()
    const { rows: found } = await sql<{ name: string }>`select relname as name from pg_class c
      where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and not relispartition`.execute(database.db)
    const known = new Set<string>([...tables, ...Object.keys(leftOut), 'kysely_migration', 'kysely_migration_lock'])
    expect(found.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([])
    expect(found.length).toBe(known.size)
    await database.remove()
  })

  it('is put back whole: every table, every row, every value', async () => {
    const [from, into] = [await open(), await open()]
    await from.db.transaction().execute((trx) => makePartitions(trx, new Date()))
    await from.db.transaction().execute(async (trx) => {
      await sql`set constraints all deferred`.execute(trx)
      for (const table of tables) await put(trx, table, rows[table])
    })
    const file = `${from.folder}/backup.gz`
    await backup(from.db, { file, data: from.folder, protection: { passphrase: 'several words for a test' } })
    await restore(into.db, await checkBackup(file, { passphrase: 'several words for a test' }), into.folder)
    for (const table of tables) {
      const there = await dump(into.db, table)
      expect(there.length, table).toBe(rows[table].length)
      expect(there, table).toEqual(await dump(from.db, table))
    }
    // What is numbered goes on after the highest.
    await put(into.db, 'event', [{ ...scope, id: 'evt_2', type: 'run.finished', subject: run, seq: 2, data: {} }])
    expect(await into.db.selectFrom('event').select('ordinal').orderBy('ordinal').execute()).toEqual([
      { ordinal: 1 },
      { ordinal: 2 },
    ])
    await from.remove()
    await into.remove()
  })
})

describe.each(testDatabases.filter(({ kind }) => kind === 'postgres'))(
  'a backup of a big table on $kind',
  ({ open }) => {
    it('reads each row once, not once for every portion after it', async () => {
      const { db, folder, remove } = await open()
      await sql`insert into setting select 'key ' || n, 'value' from generate_series(1, 20000) as n`.execute(db)
      await sql`analyze setting`.execute(db)
      const read = async (): Promise<number> => {
        const { rows } = await sql<{ read: string }>`select seq_tup_read + coalesce(idx_tup_fetch, 0) as read
        from pg_stat_user_tables where relname = 'setting'`.execute(db)
        return Number(rows[0]?.read)
      }
      const before = await read()
      await backup(db, { file: `${folder}/backup.gz`, data: folder, protection: { nobody: true } })
      // Postgres tells of it within ten seconds.
      while ((await read()) - before < 20_000) await pause(100)
      expect((await read()) - before).toBeLessThan(45_000)
      await remove()
    })
  },
)
