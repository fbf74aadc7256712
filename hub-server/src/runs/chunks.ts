import { sql, type Selectable } from 'kysely'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'

/** Pieces of runs and who works on them. A lease that is not renewed ends: its holder is dead. */

export type Chunk = Pick<Selectable<Tables['run_chunk']>, 'run' | 'chunk' | 'first' | 'last' | 'lost'>

export const leaseSeconds = 15
/** A chunk that was begun so often without an end is not begun again: something in it ends its process, or cannot be stored. */
export const mostLost = 20

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
        update run_chunk c set holder = ${holder}, leased_until = now() + ${leaseSeconds} * interval '1 second', lost = c.lost + (c.holder is not null)::integer
        from next, run where c.run = ${id} and c.chunk = next.chunk and run.id = ${id} and run.status in ('queued', 'running') returning c.run, c.chunk, c.first, c.last, c.lost),
      served as (update run set served_at = now(), status = 'running' where id = ${id} and status in ('queued', 'running') and exists (select from taken))
      select * from taken`.execute(db)
    if (rows[0]) return rows[0]
  }
  return null
}

type Name = Pick<Chunk, 'run' | 'chunk'>

const heldBy = (holder: string, chunks: readonly Name[]) => sql`from json_to_recordset(${json(chunks.map(({ run, chunk }) => ({ run, chunk })))}::json) as given(run text, chunk integer)
    where run_chunk.run = given.run and run_chunk.chunk = given.chunk and leased_until is not null and holder = ${holder}`

/** Says that the holder is at work on these. */
export const renewLeases = async (db: Db, holder: string, chunks: readonly Name[]): Promise<void> => {
  await sql`update run_chunk set leased_until = now() + ${leaseSeconds} * interval '1 second' ${heldBy(holder, chunks)}`.execute(db)
}

/** Gives a chunk back that was not finished. @param wasLost through its own fault: it counts as one lost */
export const giveBack = async (db: Db, holder: string, chunk: Name, wasLost: boolean): Promise<void> => {
  await sql`update run_chunk set holder = null, leased_until = null, lost = lost + ${wasLost ? 1 : 0} ${heldBy(holder, [chunk])}`.execute(db)
}

/** At the start of the only process: whoever held a lease is gone. */
export const releaseAll = async (db: Db): Promise<void> => {
  await sql`update run_chunk set holder = null, leased_until = null, lost = lost + 1 where leased_until is not null`.execute(db)
}
