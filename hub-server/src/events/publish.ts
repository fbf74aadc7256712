import { sql, type Transaction } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'

/** Events in one transaction. */
const most = 1000

/** The advisory lock of whoever publishes: a number that nobody else in this database uses, "events" in ASCII. */
const lock = 0x6576_656e_7473

/**
 * Gives up to 1000 committed events their position (1, 2, 3 … over all) and seq (1, 2, 3 … for each subject of a
 * workspace and mode), by ordinal, in one transaction.
 * @returns how many; 0 also when another process is publishing
 */
export const publishBatch = async ({ db, kind }: Pick<Database, 'db' | 'kind'>): Promise<number> => {
  const waiting = await db
    .selectFrom('event')
    .select('ordinal')
    .where('position', 'is', null)
    .orderBy('ordinal')
    .limit(1)
    .executeTakeFirst()
  if (!waiting) return 0
  // The lock is gone only after the commit can be seen, and each statement of `read committed` sees all commits before
  // it: so nobody sees position n + 1 before n, and nobody gives a position twice.
  return db
    .transaction()
    .setIsolationLevel('read committed')
    .execute(async (trx) => {
      if (kind === 'postgres' && !(await lockPublishing(trx))) return 0
      // Batch and last seq must be read off their indexes, which are in order already. Without statistics (in a burst;
      // on PGlite always) the planner would rather read and sort a great part of the table, for each subject again.
      // What must be sorted then counts as so dear that each batch would be compiled first, for 300 ms.
      await sql`select set_config('enable_sort', 'off', true), set_config('jit', 'off', true)`.execute(trx)
      return givePlaces(trx)
    })
}

const lockPublishing = async (trx: Transaction<Tables>): Promise<boolean> => {
  const { rows } = await sql<{ locked: boolean }>`select pg_try_advisory_xact_lock(${lock}::bigint) as locked`.execute(
    trx,
  )
  return rows[0]?.locked === true
}

const givePlaces = async (trx: Transaction<Tables>): Promise<number> => {
  const { numAffectedRows } = await sql`
    with batch as materialized (
      select id, workspace, mode, subject, ordinal from event where position is null order by ordinal limit ${most}
    ), placed as (
      select id, workspace, mode, subject, row_number() over (order by ordinal) as place,
        row_number() over (partition by workspace, mode, subject order by ordinal) as nth
      from batch
    ), told as materialized (
      select about.*, (
        select seq from event where subject = about.subject and workspace = about.workspace and mode = about.mode and
        seq is not null
        order by seq desc limit 1
      ) as seq
      from (select distinct workspace, mode, subject from batch) as about
    )
    update event set
      position = coalesce((select max(position) from event), 0) + placed.place,
      seq = coalesce(told.seq, 0) + placed.nth
    from placed join told using (workspace, mode, subject)
    where event.id = placed.id`.execute(trx)
  return Number(numAffectedRows ?? 0)
}
