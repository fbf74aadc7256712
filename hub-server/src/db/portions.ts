import { sql, type RawBuilder } from 'kysely'
import type { Db } from './database.ts'
import type { Tables } from './tables.ts'

/** Rows that one statement deletes: many at once would hold up whoever writes to the table. */
const most = 5_000

/** Deletes the rows that a condition holds for, a bounded portion at a time. @returns how many */
export const deleteInPortions = async (
  db: Db,
  table: keyof Tables,
  condition: RawBuilder<unknown>,
  size = most,
): Promise<number> => {
  for (let deleted = 0; ;) {
    const { numAffectedRows } = await sql`delete from ${sql.table(table)}
      where ctid = any(array(select ctid from ${sql.table(table)} where ${condition} limit ${size}))`.execute(db)
    deleted += Number(numAffectedRows ?? 0)
    if (Number(numAffectedRows ?? 0) < size) return deleted
  }
}
