import { createWriteStream, existsSync } from 'node:fs'
import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { sql, type Kysely } from 'kysely'
import { HubError } from '../contracts/errors.ts'
import { encrypted, type Protection } from './backup-encryption.ts'
import { withManifest, type Line } from './backup-lines.ts'
import type { Db } from './database.ts'
import { json } from './json.ts'
import type { Tables } from './tables.ts'

export interface BackupOrder {
  readonly file: string
  /** The data folder: its keys are needed to open what is sealed in the database. */
  readonly data: string
  readonly protection: Protection
  /** Without it the secrets in the backup stay closed, until it is put beside them again. */
  readonly withoutSealingKey?: boolean
}

/** In the order that references between them allow. */
export const tables = [
  'workspace',
  'api_key',
  'login',
  'outside_identity',
  'membership',
  'role',
  'audit',
  'audit_head',
  'audit_intent',
  'oauth_record',
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
  session: 'who is signed in: everybody signs in again',
  one_time_link: 'links that sign in once: another is made',
} as const satisfies Partial<Record<keyof Tables | 'flight', string>>

/** What of the data folder is in a backup, beside the database. */
export const secretFiles = ['keys.json', 'sealing.key'] as const
/** Rows read in one statement. */
const readAtOnce = 2000

/**
 * Everything, as gzipped JSON lines, encrypted: the same file restores into PGlite and into Postgres, of this and of
 * later versions. The file has its name when it is whole.
 * @throws HubError invalid_input for a protection that is none; unavailable where the file cannot be written
 */
export const backup = (db: Kysely<Tables>, order: BackupOrder): Promise<void> =>
  writeBackup(
    order.file,
    order.protection,
    (trx: Db) => linesOf(trx, order),
    (work) => db.transaction().setIsolationLevel('repeatable read').execute(work),
  )

/**
 * Writes lines as a backup.
 * @param within holds what the lines are read from until they are written
 * @throws HubError as backup does
 */
export const writeBackup = async <Source>(
  file: string,
  protection: Protection,
  lines: (source: Source) => AsyncIterable<Line>,
  within: (work: (source: Source) => Promise<void>) => Promise<void>,
): Promise<void> => {
  const unfinished = `${file}.unfinished`
  const zip = createGzip()
  // Before the database is held: a key is derived from a passphrase for about a second.
  const bytes = await encrypted(zip, protection)
  try {
    await within(async (source) => {
      const written = pipeline(bytes, createWriteStream(unfinished, { mode: 0o600 }))
      // Both end before what they are read from is let go, whichever fails.
      const ends = await Promise.allSettled([pipeline(Readable.from(withManifest(lines(source), json)), zip), written])
      for (const end of ends.toReversed()) if (end.status === 'rejected') throw end.reason
    })
    await rename(unfinished, file)
  } catch (thrown) {
    await rm(unfinished, { force: true })
    throw isOfFile(thrown, unfinished) ? cannotWrite(file, thrown) : thrown
  }
}

const isOfFile = (thrown: unknown, path: string): thrown is Error =>
  thrown instanceof Error && 'path' in thrown && thrown.path === path

const cannotWrite = (file: string, cause: Error): HubError =>
  new HubError('unavailable', `The backup cannot be written to ${file}: ${cause.message}.`, {
    advice: 'Name a file in a folder that is there, with space, and that the hub’s user may write to.',
    cause,
  })

async function* linesOf(db: Db, { data, withoutSealingKey }: BackupOrder): AsyncGenerator<Line> {
  const names = secretFiles.filter((name) => !(withoutSealingKey && name === 'sealing.key'))
  for (const name of names)
    if (existsSync(join(data, name))) yield { secret: name, text: await readFile(join(data, name), 'utf8') }
  for (const table of tables) for await (const row of rowsOf(db, table)) yield { table, row }
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
