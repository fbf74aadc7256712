import { sql, type Selectable } from 'kysely'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'

/**
 * Pieces of runs and who works on them. A lease that is not renewed ends: its holder is dead, or stands still. Each
 * claim has a fencing token, so that a holder who wakes up again writes nothing over the work of the next.
 */
export type Chunk = Pick<
  Selectable<Tables['run_chunk']>,
  'run' | 'step' | 'chunk' | 'first' | 'last' | 'token' | 'lost' | 'struck'
>

export const leaseSeconds = 15
/**
 * A chunk that was begun so often without an end is not begun again: something in it ends its process, or cannot be
 * stored. So many, because a process that is ended again and again for another reason (a machine without memory, a
 * bad release) takes along whatever it holds.
 */
export const mostLost = 100

/** A run that shall wait, or one step of it. */
export interface Busy {
  readonly run: string
  readonly step: number | null
}

const isFree = sql`(leased_until is null or leased_until < now())`
const lease = sql`now() + ${leaseSeconds} * interval '1 second'`

/**
 * Takes the next chunk for a holder: of the run on which the fewest chunks are being worked, and of those the one that
 * has waited longest, so that a long run does not hold up a short one. Within a run the latest step comes first:
 * what is begun is brought to its end.
 * @param busy what shall wait now
 * @param kind sound ones, or those whose holders ended by their own fault: these are worked on alone
 */
export const claimChunk = async (
  db: Db,
  holder: string,
  busy: readonly Busy[],
  kind: 'sound' | 'struck' = 'sound',
): Promise<Chunk | null> => {
  const isOpen = sql`not c.finished and ${isFree} and ${kind === 'sound' ? sql`c.struck = 0` : sql`c.struck > 0`}
    and not exists (select from json_to_recordset(${json(busy)}::json) as busy(run text, step integer)
      where busy.run = c.run and (busy.step is null or busy.step = c.step))`
  const { rows: runs } = await sql<{ id: string }>`
    select r.id from run r
    where r.status in ('queued', 'running') and exists (select from run_chunk c where c.run = r.id and ${isOpen})
    order by (select count(*) from run_chunk c where c.run = r.id and c.leased_until > now()),
      r.served_at limit 5`.execute(db)
  for (const { id } of runs) {
    // The run's row is locked first, as by everybody who changes something of it.
    const { rows } = await sql<Chunk>`
      with mine as materialized (select id from run where id = ${id} and status in ('queued', 'running') for update),
      next as materialized (
        select c.step, c.chunk from mine join run_chunk c on c.run = mine.id where ${isOpen}
        order by c.step desc, c.chunk limit 1 for update of c skip locked),
      taken as (
        update run_chunk c set holder = ${holder}, leased_until = ${lease}, token = c.token + 1,
          lost = c.lost + (c.holder is not null)::integer,
          lost_by = case when c.holder is null then c.lost_by else (array_prepend(c.holder, c.lost_by))[1:5] end
        from next where c.run = ${id} and c.step = next.step and c.chunk = next.chunk
        returning c.run, c.step, c.chunk, c.first, c.last, c.token, c.lost, c.struck),
      served as (update run set served_at = now(), status = 'running' from mine where run.id = mine.id
        and exists (select from taken))
      select * from taken`.execute(db)
    if (rows[0]) return rows[0]
  }
  return null
}

/** One claim of a chunk. */
export type Claim = Pick<Chunk, 'run' | 'step' | 'chunk' | 'token'>

/** True of the chunk's row while this claim of it holds. */
export const isHeld = ({ run, step, chunk, token }: Claim) =>
  sql`run_chunk.run = ${run} and run_chunk.step = ${step} and run_chunk.chunk = ${chunk}
    and run_chunk.token = ${token} and run_chunk.leased_until is not null`

/** Says that somebody is at work on these. @returns those that are still his */
export const renewLeases = async <Held extends Claim>(db: Db, claims: readonly Held[]): Promise<Held[]> => {
  if (claims.length === 0) return []
  const given = json(claims.map(({ run, step, chunk, token }) => ({ run, step, chunk, token })))
  const { rows } = await sql<Claim>`
    update run_chunk c set leased_until = ${lease}
    from json_to_recordset(${given}::json) as given(run text, step integer, chunk integer, token bigint)
    where c.run = given.run and c.step = given.step and c.chunk = given.chunk and c.token = given.token
      and c.leased_until is not null
    returning c.run, c.step, c.chunk, c.token`.execute(db)
  const held = new Set(rows.map(nameOf))
  return claims.filter((claim) => held.has(nameOf(claim)))
}

const nameOf = ({ run, step, chunk, token }: Claim): string => `${run} ${step} ${chunk} ${token}`

/** Gives a chunk back that was not finished. @param wasLost through its own fault: it counts as one lost */
export const giveBack = async (db: Db, claim: Claim, wasLost: boolean): Promise<void> => {
  await sql`update run_chunk set holder = null, leased_until = null, lost = lost + ${wasLost ? 1 : 0}
    where ${isHeld(claim)}`.execute(db)
}

/** At the start of the only process: whoever held a lease is gone. */
export const releaseAll = async (db: Db): Promise<void> => {
  await sql`update run_chunk set holder = null, leased_until = null, lost = lost + 1
    where leased_until is not null`.execute(db)
}
