import { sql } from 'kysely'
import { HubError } from '../contracts/errors.ts'
import type { Db } from '../db/database.ts'
import { isHeld, type Claim } from './chunks.ts'

/**
 * An item that ends its process (it holds the event loop for good, or fills the memory) would do so again after every
 * restart. A process that ended by its own fault leaves word of it (watchdog/); what it held is then done piece by
 * piece, each alone in its process, and the piece over which processes go on ending is set aside. A process that
 * others end, however often, counts against nobody.
 */

/** Alone; with the first time, among others, it has ended three processes then. */
export const mostStrikes = 2

/** Notes what these processes held when they ended by their own fault. */
export const strike = async (db: Db, holders: readonly string[]): Promise<void> => {
  if (holders.length === 0) return
  const given = sql`array[${sql.join(holders)}]::text[]`
  await sql`update run_chunk set struck = struck + 1,
      suspect_struck = suspect_struck + (suspect is not null)::integer
    where not finished and (holder = any(${given}) or lost_by && ${given})`.execute(db)
}

/** Notes that a piece is begun alone. @returns how many processes have ended over it, alone */
export const suspect = async (db: Db, claim: Claim, piece: number): Promise<number> => {
  const { rows } = await sql<{ suspect_struck: number }>`
    update run_chunk set suspect = ${piece},
      suspect_struck = case when suspect = ${piece} then suspect_struck else 0 end
    where ${isHeld(claim)} returning suspect_struck`.execute(db)
  return rows[0]?.suspect_struck ?? 0
}

export const setAside = () =>
  new HubError('bad_response', `The hub’s process ended ${mostStrikes + 1} times over this item, so it is set aside.`, {
    advice: 'The other items went on. The hub’s log says what the process was doing; please report it with that.',
  })
