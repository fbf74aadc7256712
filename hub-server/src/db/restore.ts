import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { sql, type Kysely } from 'kysely'
import { HubError } from '../contracts/errors.ts'
import { secretFiles, tables } from './backup.ts'
import { opened, type Opening } from './backup-encryption.ts'
import { checkedLines, notWhole, type Line } from './backup-lines.ts'
import type { Db } from './database.ts'
import { json } from './json.ts'
import { carryFacts, factColumns } from './migrations/0002-observations.ts'
import { carryCounts } from './migrations/0003-run-states.ts'
import { daysOf, makePartitions, tables as byDay } from './partitions.ts'
import type { Tables } from './tables.ts'

/** Version 0001 kept facts, which become observations. */
const restored = [...tables, 'fact'] as const
type Restored = (typeof restored)[number]

/** Rows written in one statement. */
const writtenAtOnce = 500

/** A backup that was read to its end and is whole. */
export interface CheckedBackup {
  readonly lines: () => AsyncIterable<Line>
  /** Its version told what it holds; of an earlier one nobody knows whether something is missing. */
  readonly hasManifest: boolean
  readonly hasSealingKey: boolean
}

/**
 * Reads a whole backup and changes nothing.
 * @throws HubError invalid_input when it is no backup, not whole, or does not open; conflict when it is of a newer
 * version
 */
export const checkBackup = async (file: string, opening: Opening): Promise<CheckedBackup> => {
  const lines = () => linesOf(file, opening)
  let [hasManifest, hasSealingKey] = [false, false]
  for await (const line of lines()) {
    if (line.manifest !== undefined) hasManifest = true
    if (line.secret === 'sealing.key') hasSealingKey = true
    if (line.table !== undefined && !restored.some((name) => name === line.table))
      throw new HubError(
        'conflict',
        `${file} was made by a newer version of the hub: it has “${String(line.table)}”.`,
        {
          advice: 'Restore it with that version.',
        },
      )
  }
  return { lines, hasManifest, hasSealingKey }
}

async function* linesOf(file: string, opening: Opening): AsyncGenerator<Line> {
  const bytes = await opened(file, opening)
  const unzip = createGunzip()
  // What is wrong with the file ends the reading of it, below.
  const feeding = pipeline(bytes, unzip).catch(() => undefined)
  try {
    yield* checkedLines(file, unzip)
  } catch (thrown) {
    if (thrown instanceof HubError) throw thrown
    throw notWhole(file, 'it is cut off, or was changed', thrown)
  } finally {
    unzip.destroy()
    await feeding
  }
}

/**
 * Puts a backup into an empty hub.
 * @throws HubError conflict when there is data already
 */
export const restore = async (db: Kysely<Tables>, { lines }: CheckedBackup, data: string): Promise<void> => {
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
    await inBatches(lines(), write, keys)
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

const inBatches = async (
  lines: AsyncIterable<Line>,
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
    const secret = secretFiles.find((name) => name === line.secret)
    if (secret) keys.push({ name: secret, text: String(line.text) })
    const table = restored.find((name) => name === line.table)
    if (!table) continue
    if (table !== current || rows.length >= writtenAtOnce) await flush()
    current = table
    if (typeof line.row === 'object' && line.row !== null) rows.push(line.row)
  }
  await flush()
}
