import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

/** Work of runs that is not done, as Postgres has it: no loss of the queue can hide it. */
export interface OpenWork {
  /** Chunks that nobody works on. */
  readonly waiting: number
  /** Chunks under a lease. */
  readonly leased: number
  /** Since when the oldest run has a chunk that nobody works on, seconds; 0 where there is none. */
  readonly oldestSeconds: number
}

export const readOpenWork = async (db: Db): Promise<OpenWork> => {
  const { rows } = await sql<OpenWork>`
    select count(*) filter (where not leased)::integer as waiting, count(*) filter (where leased)::integer as leased,
      coalesce(extract(epoch from now() - min(created_at) filter (where not leased)), 0)::double precision
        as "oldestSeconds"
    from (
      select run.created_at, coalesce(c.leased_until > now(), false) as leased
      from run join run_chunk c on c.run = run.id
      where run.status in ('queued', 'running') and not c.finished) as open`.execute(db)
  return rows[0] ?? { waiting: 0, leased: 0, oldestSeconds: 0 }
}
