import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../db/database.ts'
import { ensureEmbedded, openEmbedded } from '../db/embedded.ts'
import { newId } from '../db/id.ts'
import { json } from '../db/json.ts'
import * as start from '../db/migrations/0001-start.ts'
import { firstIdOf } from '../db/partitions.ts'
import { freshPostgres } from '../db/testing/databases.ts'
import { rowsOf } from './runs.ts'
import { done, teller } from './testing/teller.ts'
import { runsOn } from './testing/runs-on.ts'

const scope = { workspace: 'ws_1', mode: 'test' as const }
const dayMs = 86_400_000

/** Where a database of the first version stands, and what puts rows into it. */
interface Earlier {
  readonly where: { url?: string; folder: string }
  readonly db: Kysely<unknown>
  readonly close: () => Promise<void>
  readonly remove: () => Promise<void>
}

const migrated = async (db: Kysely<unknown>): Promise<void> => {
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ '0001-start': start }) },
  }).migrateToLatest()
  if (error) throw error
}

const embedded = async (): Promise<Earlier> => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-test-'))
  await ensureEmbedded(join(folder, 'database'))
  const { pglite } = await openEmbedded(join(folder, 'database'))
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ ...createPgConfig(pglite), max: 1 }) }),
  })
  await migrated(db)
  const close = async () => {
    await db.destroy()
    await pglite.close()
  }
  return { where: { folder }, db, close, remove: async () => rmSync(folder, { recursive: true, force: true }) }
}

const postgres = (server: string) => async (): Promise<Earlier> => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-test-'))
  const { url, drop } = await freshPostgres(server)
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }) })
  await migrated(db)
  const remove = async () => {
    await drop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { where: { url, folder }, db, close: () => db.destroy(), remove }
}

const server = process.env.TEST_DATABASE_URL
const kinds = [{ kind: 'embedded', open: embedded }, ...(server ? [{ kind: 'postgres', open: postgres(server) }] : [])]

interface Chunk {
  readonly items: number
  /** What its first items came to. */
  readonly results?: readonly ('done' | 'failed')[]
  readonly held?: boolean
}

/** A run as the first version stored it; item n is {n}, and what is done of it says so. */
const insertRun = async (
  db: Kysely<unknown>,
  {
    status,
    steps,
    chunks,
    budgetOpen = true,
  }: { status: string; steps: readonly object[]; chunks: readonly Chunk[]; budgetOpen?: boolean },
): Promise<string> => {
  const id = newId('run')
  const total = chunks.reduce((sum, { items }) => sum + items, 0)
  await sql`insert into run (workspace, mode, id, block, steps, status, total) values ('ws_1', 'test', ${id}, 'block',
    ${json(steps)}, ${status}, ${total})`.execute(db)
  await sql`insert into budget (workspace, mode, kind, key, open) values ('ws_1', 'test', 'run', ${id},
    ${budgetOpen})`.execute(db)
  await sql`insert into run_item select ${id}, n, json_build_object('n', n) from generate_series(0,
    ${total - 1}::integer) as n`.execute(db)
  let first = 0
  for (const [chunk, { items, results = [], held = false }] of chunks.entries()) {
    const count = (one: string): number => results.filter((result) => result === one).length
    await sql`insert into run_chunk (run, chunk, first, last, finished, holder, leased_until, done, failed)
      values (${id}, ${chunk}, ${first}, ${first + items - 1}, ${results.length === items}, ${held ? 'dead' : null},
        ${held ? new Date(0) : null}, ${count('done')}, ${count('failed')})`.execute(db)
    for (const [at, result] of results.entries())
      await sql`insert into run_result values (${id}, ${first + at}, ${result},
        ${json({ outputs: [{ n: first + at, early: true }] })})`.execute(db)
    first += items
  }
  return id
}

const makePartitions = async (db: Kysely<unknown>): Promise<void> => {
  const today = Math.floor(Date.now() / dayMs) * dayMs
  for (const table of ['run_item', 'run_result'])
    for (const day of [today, today + dayMs])
      await sql
        .raw(
          `create table ${table}_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')} partition of ` +
            `${table} for values from ('${firstIdOf(new Date(day))}') to ('${firstIdOf(new Date(day + dayMs))}')`,
        )
        .execute(db)
}

describe.each(kinds)('runs of the first version on $kind', ({ open }) => {
  const closing: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  it('go on where they were, with what was done kept', async () => {
    const earlier = await open()
    closing.push(earlier.remove)
    await makePartitions(earlier.db)
    const one = [{ block: 'block', options: {} }]
    const running = await insertRun(earlier.db, {
      status: 'running',
      steps: one,
      chunks: [
        { items: 3, results: ['done', 'done', 'done'] },
        { items: 3, results: ['done', 'failed'], held: true },
        { items: 2 },
      ],
    })
    const line = await insertRun(earlier.db, {
      status: 'running',
      steps: [...one, { block: 'second', options: {} }],
      chunks: [
        { items: 2, results: ['done', 'failed'] },
        { items: 2, results: ['done'], held: true },
      ],
    })
    const paused = await insertRun(earlier.db, {
      status: 'paused',
      steps: one,
      chunks: [{ items: 2, results: ['done'] }],
    })
    const over = await insertRun(earlier.db, {
      status: 'running',
      steps: one,
      chunks: [{ items: 1, results: ['done'] }],
    })
    const body = createHash('sha256').update(json(one))
    for (let n = 0; n < 8; n++) body.update(json({ n })).update('\n')
    await sql`insert into idempotency (workspace, mode, route, key, body_hash, run) values ('ws_1', 'test',
      'blocks/block', 'k', ${body.digest('hex')}, ${running})`.execute(earlier.db)
    await earlier.close()

    const database = await openDatabase(earlier.where)
    closing.push(database.close)
    const block = teller('block', ({ n }) => done({ n }))
    const second = teller('second', ({ n }) => done({ n, seen: true }))
    const { runs, close } = await runsOn({ db: database.db, blocks: [block.block, second.block] })
    closing.push(close)
    expect(await runs.get(scope, running, 30_000)).toMatchObject({
      status: 'done',
      items: { total: 8, done: 7, failed: 1, pending: 0 },
    })
    expect(await runs.get(scope, line, 30_000)).toMatchObject({
      status: 'done',
      items: { total: 4, done: 3, failed: 1, pending: 0 },
    })
    expect(await runs.get(scope, over, 30_000)).toMatchObject({ status: 'done', items: { done: 1 } })
    expect((await runs.results(scope, running, 0, 10)).results.map(({ outputs }) => outputs[0])).toEqual([
      ...[0, 1, 2, 3, 4].map((n) => ({ n, early: true })),
      ...[5, 6, 7].map((n) => ({ n })),
    ])
    expect((await runs.results(scope, line, 3, 1)).results).toEqual([
      { item: 3, status: 'done', outputs: [{ n: 3, seen: true }] },
    ])
    expect(
      (await database.db.selectFrom('budget').select('open').where('key', '=', paused).executeTakeFirstOrThrow()).open,
    ).toBe(false)
    await runs.resume(scope, paused)
    expect(await runs.get(scope, paused, 30_000)).toMatchObject({ status: 'done', items: { done: 2 } })
    expect(block.given.map(({ n }) => Number(n)).sort((a, b) => a - b)).toEqual([1, 3, 5, 6, 7])
    // A request that was sent before is the same one still.
    const again = { block: 'block', route: 'runs', idempotencyKey: 'k' } as const
    const items = (count: number) => ({ rows: rowsOf(Array.from({ length: count }, (_, n) => ({ n }))) })
    expect(await runs.start(scope, { ...again, source: items(8) })).toBe(running)
    await expect(runs.start(scope, { ...again, source: items(7) })).rejects.toMatchObject({ kind: 'conflict' })
    // What had failed is tried again at the first block, of which nothing else is known.
    await runs.retry(scope, line)
    expect(await runs.get(scope, line, 30_000)).toMatchObject({ status: 'done', items: { done: 4, failed: 0 } })
  })
})
