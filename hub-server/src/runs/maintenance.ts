import { sql, type Kysely } from 'kysely'
import type { Logger } from 'pino'
import { forgetAbandoned } from '../access/consents.ts'
import { HubError } from '../contracts/errors.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import { forgetEvents } from '../events/forget.ts'
import { dropPartitions, ensurePartitions } from '../db/partitions.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000

export interface MaintenanceParts {
  readonly db: Kysely<Tables>
  readonly log: Logger
  readonly keepRunDays: number
  readonly keepEventDays: number
}

/** Makes room ahead and takes away what has expired: at the start and every hour. */
export const createMaintenance = ({ db, log, keepRunDays, keepEventDays }: MaintenanceParts) => {
  let timer: NodeJS.Timeout | undefined

  const turn = async (now: Date): Promise<void> => {
    await ensurePartitions(db, now)
    await expireRuns(db, new Date(now.getTime() - keepRunDays * dayMs))
    await forgetEvents(db, new Date(now.getTime() - keepEventDays * dayMs))
    await forgetAnswers(db, now)
    await forgetAbandoned(db)
    await db.deleteFrom('idempotency').where('created_at', '<', new Date(now.getTime() - keepRunDays * dayMs)).execute()
  }

  return {
    start: async (): Promise<void> => {
      await turn(new Date())
      timer = setInterval(() => void turn(new Date()).catch((thrown: unknown) => log.warn({ err: thrown }, 'what has expired could not be taken away; tried again in an hour')), hourMs).unref()
    },
    stop: (): void => clearInterval(timer),
  }
}

/** The items and results of runs that were accepted on days before; the runs themselves stay, with their counts and cost. */
export const expireRuns = async (db: Kysely<Tables>, before: Date): Promise<void> => {
  const first = await dropPartitions(db, before)
  const error = json(new HubError('cancelled', 'The run was not finished before it expired.', { advice: 'Run it again. How long runs are kept is set by RUN_DAYS.' }).toValue())
  await sql`update run set expired_at = now(), status = case when status in ('done', 'cancelled') then status else 'cancelled' end,
      error = case when status in ('done', 'cancelled') then error else ${error}::jsonb end, finished_at = coalesce(finished_at, now())
    where id collate "C" < ${first} and expired_at is null`.execute(db)
}

/** Kept answers that nobody may use any more, in bounded portions. */
const forgetAnswers = async (db: Kysely<Tables>, now: Date): Promise<void> => {
  for (;;) {
    const { numAffectedRows } = await sql`delete from answer where ctid in (select ctid from answer where expires_at < ${now} limit 5000)`.execute(db)
    if (Number(numAffectedRows ?? 0) < 5000) return
  }
}
