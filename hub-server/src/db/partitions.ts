import { sql, type Kysely, type Transaction } from 'kysely'
import type { Db } from './database.ts'
import type { Tables } from './tables.ts'

const dayMs = 86_400_000

/** By UTC. */
export const startOfDay = (day: Date): Date => new Date(Math.floor(day.getTime() / dayMs) * dayMs)

/** The first run id of a day: ids begin with the time at which they were made (db/id.ts). */
export const firstIdOf = (day: Date): string => `run_${startOfDay(day).getTime().toString(36).padStart(9, '0')}`

const nameOf = (table: string, day: Date): string => `${table}_${day.toISOString().slice(0, 10).replaceAll('-', '')}`

/** Tables whose rows lie by the day of their run. */
export const tables = ['run_item', 'run_result', 'run_piece'] as const

/** The days of which these rows' runs are. */
export const daysOf = (rows: readonly unknown[]): Date[] => {
  const times = rows.map((row) =>
    row && typeof row === 'object' && 'run' in row ? Number.parseInt(String(row.run).slice(4, 13), 36) : Number.NaN,
  )
  return [...new Set(times.filter(Number.isFinite).map((time) => Math.floor(time / dayMs)))].map(
    (day) => new Date(day * dayMs),
  )
}

/**
 * Makes the partitions in which the items and results of runs of this day and the next lie, where they are not there
 * yet.
 */
export const ensurePartitions = async (db: Kysely<Tables>, now: Date): Promise<void> => {
  for (const day of [now, new Date(now.getTime() + dayMs)]) {
    if (!(await exists(db, nameOf('run_piece', day)))) await db.transaction().execute((trx) => makePartitions(trx, day))
  }
}

/** Makes a day's partitions. */
export const makePartitions = async (trx: Transaction<Tables>, day: Date): Promise<void> => {
  // Two processes that make the same partition at once would fail one another.
  await sql`select pg_advisory_xact_lock(72611)`.execute(trx)
  for (const table of tables) {
    const bounds = `from ('${firstIdOf(day)}') to ('${firstIdOf(new Date(day.getTime() + dayMs))}')`
    await sql
      .raw(`create table if not exists ${nameOf(table, day)} partition of ${table} for values ${bounds}`)
      .execute(trx)
  }
}

const exists = async (db: Db, name: string): Promise<boolean> => {
  const { rows } = await sql<{ there: boolean }>`select to_regclass(${name}) is not null as there`.execute(db)
  return rows[0]?.there ?? false
}

/** Drops the partitions of days that ended before. @returns the first run id that is kept */
export const dropPartitions = async (db: Kysely<Tables>, before: Date): Promise<string> => {
  const kept = nameOf('', before).slice(1)
  for (const table of tables) {
    const { rows } = await sql<{
      name: string
    }>`select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent =
      ${table}::regclass`.execute(db)
    for (const { name } of rows)
      if (name.slice(table.length + 1) < kept) await sql.raw(`drop table if exists ${name}`).execute(db)
  }
  return firstIdOf(before)
}
