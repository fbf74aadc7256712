import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'

/** Who does not say for so long that it follows a job has died, or been paused: then another takes it up. */
export const leaseSeconds = 20
const renewMs = 5_000

/** The leases that this process has on jobs, renewed while it has any. */
export const createJobLeases = (db: Db) => {
  const mine = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined

  const renew = async (): Promise<void> => {
    const held = [...mine].map(([id, fence]) => ({ id, fence }))
    await sql`update vendor_job j set leased_until = now() + ${leaseSeconds} * interval '1 second'
      from json_to_recordset(${json(held)}::json) as held(id text, fence bigint) where j.id = held.id and j.fence =
      held.fence`.execute(db)
  }

  const close = (): void => {
    clearInterval(timer)
    timer = undefined
  }

  return {
    add: (id: string, fence: number): void => {
      mine.set(id, fence)
      // A renewal that fails is made up for by the next; without any the lease ends, and what its holder writes is
      // refused.
      timer ??= setInterval(() => void renew().catch(() => undefined), renewMs).unref()
    },
    remove: (id: string): void => {
      mine.delete(id)
      if (mine.size === 0) close()
    },
    close,
  }
}
