import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { sql, type Kysely } from 'kysely'
import { HubError } from '../contracts/errors.ts'
import { json } from './json.ts'
import { daysOf, makePartitions } from './partitions.ts'
import type { Tables } from './tables.ts'

export interface BackupPlace {
  readonly file: string
  /** The data folder: its keys are needed to open what is sealed in the database. */
  readonly data: string
}

/** In the order that references between them allow. */
export const tables = ['workspace', 'api_key', 'connection', 'app', 'budget', 'pipeline', 'list', 'list_item', 'run', 'run_chunk', 'run_item', 'run_result', 'sending', 'answer', 'ledger', 'subject', 'fact', 'identity', 'link', 'idempotency', 'setting', 'event', 'suppression'] as const satisfies (keyof Tables)[]
const secrets = ['keys.json', 'sealing.key']
const format = 1

/** Everything, as gzipped JSON lines: the same file restores into PGlite and into Postgres, of this and of later versions. Holds secrets. */
export const backup = async (db: Kysely<Tables>, { file, data }: BackupPlace): Promise<void> => {
  const unfinished = `${file}.unfinished`
  await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute((trx) => pipeline(Readable.from(linesOf(trx, data)), createGzip(), createWriteStream(unfinished, { mode: 0o600 })))
  await rename(unfinished, file)
}

async function* linesOf(db: Kysely<Tables>, data: string): AsyncGenerator<string> {
  yield `${json({ format })}\n`
  for (const name of secrets)
    if (existsSync(join(data, name))) yield `${json({ secret: name, text: await readFile(join(data, name), 'utf8') })}\n`
  for (const table of tables) {
    for (let from = 0; ; ) {
      const { rows } = await sql<{ row: unknown }>`select to_jsonb(t) as row from ${sql.table(table)} as t order by tableoid, ctid limit 2000 offset ${from}`.execute(db)
      for (const { row } of rows) yield `${json({ table, row })}\n`
      from += rows.length
      if (rows.length < 2000) break
    }
  }
}

/**
 * Puts a backup into an empty hub.
 * @throws HubError conflict when there is data already; invalid_input when the file is not a backup
 */
export const restore = async (db: Kysely<Tables>, { file, data }: BackupPlace): Promise<void> => {
  if (!existsSync(file)) throw new HubError('not_found', `There is no file ${file}.`, { advice: 'Give the file that “backup” wrote.' })
  const held = await db.selectFrom('workspace').select('id').limit(1).executeTakeFirst()
  if (held) throw new HubError('conflict', 'This hub already holds data, which a restore would mix with the backup.', { advice: 'Restore into an empty data folder (--data) or an empty database.' })
  const keys: { name: string; text: string }[] = []
  await db.transaction().execute(async (trx) => {
    await inBatches(readLines(file), async (table, rows) => {
      if (table === 'run_item' || table === 'run_result') for (const day of daysOf(rows)) await makePartitions(trx, day)
      await sql`insert into ${sql.table(table)} overriding system value select * from jsonb_populate_recordset(null::${sql.table(table)}, ${json(rows)}::jsonb)`.execute(trx)
    }, keys)
    await sql`select setval(pg_get_serial_sequence('fact', 'id'), greatest((select max(id) from fact), 1))`.execute(trx)
    await sql`select setval(pg_get_serial_sequence('event', 'ordinal'), greatest((select max(ordinal) from event), 1))`.execute(trx)
  })
  for (const { name, text } of keys) await writeFile(join(data, name), text, { mode: 0o600 })
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
    if (cause instanceof SyntaxError || (cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_')))
      throw new HubError('invalid_input', `${file} is not a backup of this hub, or is cut off.`, { advice: 'Give the whole file that “backup” wrote.', cause })
    throw cause
  }
}

const inBatches = async (lines: AsyncIterable<Record<string, unknown>>, write: (table: keyof Tables, rows: unknown[]) => Promise<void>, keys: { name: string; text: string }[]): Promise<void> => {
  let current: keyof Tables | undefined
  let rows: unknown[] = []
  const flush = async () => {
    if (current && rows.length > 0) await write(current, rows)
    rows = []
  }
  for await (const line of lines) {
    const secret = secrets.find((name) => name === line.secret)
    if (secret) keys.push({ name: secret, text: String(line.text) })
    const table = tables.find((name) => name === line.table)
    if (!table) continue
    if (table !== current || rows.length >= 500) await flush()
    current = table
    rows.push(line.row)
  }
  await flush()
}
