import { sql, type RawBuilder } from 'kysely'
import type { Db } from '../db/database.ts'

export type Role = 'api' | 'worker' | 'both'

export interface ProcessRegistry {
  /** How many processes that work are alive, at least 1: as of the last beat. */
  readonly count: () => number
  /** This process is no longer counted. */
  readonly stop: () => Promise<void>
}

const beatMs = 5_000
/** A process that has not said for so long that it is alive counts as dead. */
const deadAfter = sql`interval '20 seconds'`

/** Whether the process of that id has said lately that it is alive. */
export const isAlive = (id: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql`exists (select from process where process.id = ${id} and seen_at > now() - ${deadAfter})`

/**
 * Says every five seconds that this process is alive, and counts those that said so within twenty. By the database's
 * clock, so that processes need not agree on the time. While the database is away the last count stands.
 */
export const createProcessRegistry = async (
  db: Db,
  { id, role }: { id: string; role: Role },
): Promise<ProcessRegistry> => {
  let living = 1

  const beat = async (): Promise<void> => {
    const { rows } = await sql<{ others: number }>`
      with seen as (insert into process (id, role, seen_at) values (${id}, ${role}, now())
        on conflict (id) do update set role = excluded.role, seen_at = excluded.seen_at),
      dead as (delete from process where id in (select id from process where id <> ${id} and seen_at < now() -
      interval '1 minute' for update skip locked))
      select count(*)::int as others from process where id <> ${id} and role <> 'api' and seen_at > now() -
      ${deadAfter}`.execute(db)
    living = Math.max(1, (rows[0]?.others ?? 0) + (role === 'api' ? 0 : 1))
  }

  await beat()
  let beating: Promise<void> = Promise.resolve()
  // A beat that fails is made up for by the next: until then the count stands, and whoever needs the database says that
  // it is away.
  const timer = setInterval(() => void (beating = beating.then(beat).catch(() => undefined)), beatMs)
  timer.unref()

  return {
    count: () => living,
    stop: async () => {
      clearInterval(timer)
      await beating
      // Without a database the row stays, and counts for 20 s more.
      await db
        .deleteFrom('process')
        .where('id', '=', id)
        .execute()
        .catch(() => undefined)
    },
  }
}
