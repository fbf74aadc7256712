import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { sql, type Kysely } from 'kysely'
import { HubError } from '../contracts/errors.ts'
import type { Db } from './database.ts'
import { json } from './json.ts'
import { carryFacts, factColumns } from './migrations/0002-observations.ts'
import { carryCounts } from './migrations/0003-run-states.ts'
import { daysOf, makePartitions, tables as byDay } from './partitions.ts'
import type { Tables } from './tables.ts'

export interface BackupPlace {
  readonly file: string
  /** The data folder: its keys are needed to open what is sealed in the database. */
  readonly data: string
}

/** In the order that references between them allow. */
export const tables = [
  'workspace',
  'api_key',
  'connection',
  'app',
  'budget',
  'pipeline',
  'list',
  'list_item',
  'run',
  'run_chunk',
  'run_item',
  'run_result',
  'run_piece',
  'run_answer',
  'run_item_cost',
  'sending',
  'answer',
  'ledger',
  'vendor_job',
  'vendor_job_item',
  'callback',
  'subject',
  'observation',
  'identity',
  'link',
  'idempotency',
  'setting',
  'view_rules',
  'event',
  'suppression',
] as const satisfies (keyof Tables)[]

/** What is not in a backup, and why. */
export const leftOut = {
  claim: 'who is asking what just now',
  flight: 'the same, as the version before kept it: unused until a migration that only takes away',
  process: 'which processes are alive',
  consent: 'who is on a vendor’s page just now: a state is good for minutes',
} as const satisfies Partial<Record<keyof Tables | 'flight', string>>

/** Version 0001 kept facts, which become observations. */
const restored = [...tables, 'fact'] as const
type Restored = (typeof restored)[number]

const secrets = ['keys.json', 'sealing.key']
const format = 1
/** Rows read, and rows written, in one statement. */
const [readAtOnce, writtenAtOnce] = [2000, 500]

/**
 * Everything, as gzipped JSON lines: the same file restores into PGlite and into Postgres, of this and of later
 * versions.
 * Holds secrets.
 */
export const backup = async (db: Kysely<Tables>, { file, data }: BackupPlace): Promise<void> => {
  const unfinished = `${file}.unfinished`
  await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute((trx) =>
      pipeline(Readable.from(linesOf(trx, data)), createGzip(), createWriteStream(unfinished, { mode: 0o600 })),
    )
  await rename(unfinished, file)
}

async function* linesOf(db: Db, data: string): AsyncGenerator<string> {
  yield `${json({ format })}\n`
  for (const name of secrets)
    if (existsSync(join(data, name)))
      yield `${json({ secret: name, text: await readFile(join(data, name), 'utf8') })}\n`
  for (const table of tables) for await (const row of rowsOf(db, table)) yield `${json({ table, row })}\n`
}

/** All rows of a table, read by its primary key from where the last portion ended: each portion costs the same. */
async function* rowsOf(db: Db, table: keyof Tables): AsyncGenerator<Record<string, unknown>> {
  const key = await keyOf(db, table)
  const columns = sql.join(key.map(({ name }) => sql.ref(`t.${name}`)))
  let last: Record<string, unknown> | undefined
  do {
    const from = last
    const ended = from && sql.join(key.map(({ name, type }) => sql`${String(from[name])}::text::${sql.raw(type)}`))
    const { rows } = await sql<{ row: Record<string, unknown> }>`select to_json(t) as row from ${sql.table(table)} as t
      ${ended ? sql`where (${columns}) > (${ended})` : sql``} order by ${columns} limit ${readAtOnce}`.execute(db)
    for (const { row } of rows) yield row
    last = rows.length < readAtOnce ? undefined : rows.at(-1)?.row
  } while (last)
}

interface Column {
  readonly name: string
  readonly type: string
}

/** The columns of a table's primary key, in their order. */
const keyOf = async (db: Db, table: keyof Tables): Promise<Column[]> => {
  const { rows } = await sql<Column>`select a.attname as name, format_type(a.atttypid, a.atttypmod) as type
    from pg_index i cross join unnest(i.indkey::int2[]) with ordinality as k (number, place)
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
    where i.indrelid = ${table}::regclass and i.indisprimary order by k.place`.execute(db)
  if (rows.length === 0) throw new Error(`the table ${table} has no primary key, so it cannot be backed up`)
  return rows
}

/**
 * Puts a backup into an empty hub.
 * @throws HubError conflict when there is data already; invalid_input when the file is not a backup
 */
export const restore = async (db: Kysely<Tables>, { file, data }: BackupPlace): Promise<void> => {
  if (!existsSync(file))
    throw new HubError('not_found', `There is no file ${file}.`, { advice: 'Give the file that “backup” wrote.' })
  const held = await db.selectFrom('workspace').select('id').limit(1).executeTakeFirst()
  if (held)
    throw new HubError('conflict', 'This hub already holds data, which a restore would mix with the backup.', {
      advice: 'Restore into an empty data folder (--data) or an empty database.',
    })
  const keys: { name: string; text: string }[] = []
  await db.transaction().execute(async (trx) => {
    await sql`set constraints all deferred`.execute(trx)
    await sql.raw(`create temporary table fact ${factColumns} on commit drop`).execute(trx)
    const write = async (table: Restored, rows: object[]): Promise<void> => {
      if (byDay.some((one) => one === table)) for (const day of daysOf(rows)) await makePartitions(trx, day)
      // Columns that the backup's version did not have yet get their defaults.
      const columns = sql.join(Object.keys(rows[0] ?? {}).map((column) => sql.ref(column)))
      await sql`insert into ${sql.table(table)} (${columns}) overriding system value
        select ${columns} from json_populate_recordset(null::${sql.table(table)}, ${json(rows)}::json)`.execute(trx)
    }
    await inBatches(readLines(file), write, keys)
    await sql.raw(carryFacts).execute(trx)
    for (const statement of carryCounts) await sql.raw(statement).execute(trx)
    for (const table of tables) await countOn(trx, table)
  })
  for (const { name, text } of keys) await writeFile(join(data, name), text, { mode: 0o600 })
}

/** Lets the numbers that a table gives its rows go on after the highest. */
const countOn = async (db: Db, table: keyof Tables): Promise<void> => {
  const { rows } = await sql<{ name: string }>`select attname as name from pg_attribute
    where attrelid = ${table}::regclass and attidentity <> ''`.execute(db)
  for (const { name } of rows)
    await sql`select setval(pg_get_serial_sequence(${table}, ${name}), greatest((select max(${sql.ref(name)}) from
      ${sql.table(table)}), 1))`.execute(db)
}

async function* readLines(file: string): AsyncGenerator<Record<string, unknown>> {
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()), crlfDelay: Infinity })
  let first = true
  try {
    for await (const line of lines) {
      const parsed: Record<string, unknown> = JSON.parse(line)
      if (first && parsed.format !== format) throw new SyntaxError('unknown format')
      first = false
      yield parsed
    }
  } catch (cause) {
    if (
      cause instanceof SyntaxError ||
      (cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_'))
    )
      throw new HubError('invalid_input', `${file} is not a backup of this hub, or is cut off.`, {
        advice: 'Give the whole file that “backup” wrote.',
        cause,
      })
    throw cause
  }
}

const inBatches = async (
  lines: AsyncIterable<Record<string, unknown>>,
  write: (table: Restored, rows: object[]) => Promise<void>,
  keys: { name: string; text: string }[],
): Promise<void> => {
  let current: Restored | undefined
  let rows: object[] = []
  const flush = async () => {
    if (current && rows.length > 0) await write(current, rows)
    rows = []
  }
  for await (const line of lines) {
    const secret = secrets.find((name) => name === line.secret)
    if (secret) keys.push({ name: secret, text: String(line.text) })
    const table = restored.find((name) => name === line.table)
    if (!table) continue
    if (table !== current || rows.length >= writtenAtOnce) await flush()
    current = table
    if (typeof line.row === 'object' && line.row !== null) rows.push(line.row)
  }
  await flush()
}
