import { sql, type Selectable } from 'kysely'
import type { Db } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'

/** Pieces of runs and who works on them. A lease that is not renewed ends: its holder is dead. */

export type Chunk = Pick<Selectable<Tables['run_chunk']>, 'run' | 'chunk' | 'first' | 'last'>

export const leaseSeconds = 15

/**
 * Takes the next chunk for a holder: of the run on which the fewest chunks are being worked, and of those the one that
 * has waited longest, so that a long run does not hold up a short one.
 * @param busy runs that shall wait now
 */
export const claimChunk = async (db: Db, holder: string, busy: readonly string[]): Promise<Chunk | null> => {
  const { rows: runs } = await sql<{ id: string }>`
    select r.id from run r
    where r.status in ('queued', 'running') ${busy.length > 0 ? sql`and r.id not in (${sql.join(busy)})` : sql``}
      and exists (select from run_chunk c where c.run = r.id and not c.finished and (c.leased_until is null or c.leased_until < now()))
    order by (select count(*) from run_chunk c where c.run = r.id and c.leased_until > now()), r.served_at limit 5`.execute(db)
  for (const { id } of runs) {
    const { rows } = await sql<Chunk>`
      with next as (
        select chunk from run_chunk where run = ${id} and not finished and (leased_until is null or leased_until < now())
        order by chunk limit 1 for update skip locked),
      taken as (
        update run_chunk c set holder = ${holder}, leased_until = now() + ${leaseSeconds} * interval '1 second', attempts = c.attempts + 1
        from next, run where c.run = ${id} and c.chunk = next.chunk and run.id = ${id} and run.status in ('queued', 'running') returning c.run, c.chunk, c.first, c.last),
      served as (update run set served_at = now(), status = 'running' where id = ${id} and status in ('queued', 'running') and exists (select from taken))
      select * from taken`.execute(db)
    if (rows[0]) return rows[0]
  }
  return null
}

/** Says that the holder is alive. */
export const renewLeases = async (db: Db, holder: string): Promise<void> => {
  await sql`update run_chunk set leased_until = now() + ${leaseSeconds} * interval '1 second' where leased_until is not null and holder = ${holder}`.execute(db)
}

/** At the start of the only process: whoever held a lease is gone. */
export const releaseAll = async (db: Db): Promise<void> => {
  await sql`update run_chunk set holder = null, leased_until = null where leased_until is not null`.execute(db)
}
