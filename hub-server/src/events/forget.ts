import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

/** Events looked at in one statement. */
const page = 1000

/**
 * Removes published events that happened before a time, a thousand at a time, so that nobody waits long for it. The
 * last event of each subject stays, however old: seq and position go on from it, and would begin again at 1 without it.
 * An event whose transaction took long may stand among later ones; it may then stay until a later call.
 * @returns how many were removed
 */
export const forgetEvents = async (db: Db, before: Date): Promise<number> => {
  let removed = 0
  for (let after = 0; ;) {
    const { rows } = await sql<{ last: number; old: boolean }>`
      select max(position) as last, coalesce(bool_or(at < ${before}), false) as old
      from (select position, at from event where position > ${after} order by position limit ${page}) as page`.execute(
      db,
    )
    const [found] = rows
    if (!found?.old) return removed
    const { numAffectedRows } = await sql`
      delete from event where position > ${after} and position <= ${found.last} and at < ${before}
        and exists (select 1 from event as later where later.subject = event.subject and later.workspace =
        event.workspace
          and later.mode = event.mode and later.seq > event.seq)`.execute(db)
    removed += Number(numAffectedRows ?? 0)
    after = found.last
  }
}
