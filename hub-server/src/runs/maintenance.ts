import { sql, type Kysely } from 'kysely'
import type { Logger } from 'pino'
import { forgetAbandoned } from '../accounts/consents.ts'
import { HubError } from '../contracts/errors.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import { forgetEvents } from '../events/forget.ts'
import { dropPartitions, ensurePartitions, firstIdOf, startOfDay } from '../db/partitions.ts'
import { deleteInPortions } from '../db/portions.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000

export interface MaintenanceParts {
  readonly db: Kysely<Tables>
  readonly log: Logger
  readonly keepRunDays: number
  readonly keepEventDays: number
  readonly keepLedgerDays: number
}

/** Makes room ahead and takes away what has expired: at the start and every hour. */
export const createMaintenance = ({ db, log, keepRunDays, keepEventDays, keepLedgerDays }: MaintenanceParts) => {
  let timer: NodeJS.Timeout | undefined

  const turn = async (now: Date): Promise<void> => {
    const daysAgo = (days: number): Date => new Date(now.getTime() - days * dayMs)
    await ensurePartitions(db, now)
    await expireRuns(db, daysAgo(keepRunDays))
    await forgetRuns(db, daysAgo(keepLedgerDays))
    await forgetLedger(db, daysAgo(keepLedgerDays))
    await forgetEvents(db, daysAgo(keepEventDays))
    await deleteInPortions(db, 'answer', sql`expires_at < ${now}`)
    // Its addresses and what came there go with it.
    await deleteInPortions(db, 'vendor_job', sql`expires_at < ${now}`)
    // Whoever had the last answer of these was killed before striking them out.
    await deleteInPortions(
      db,
      'vendor_job',
      sql`state = 'done' and not exists (select from vendor_job_item i where i.job = vendor_job.id)`,
    )
    await deleteInPortions(db, 'callback', sql`expires_at < ${now}`)
    await forgetAbandoned(db)
    await deleteInPortions(db, 'idempotency', sql`created_at < ${daysAgo(keepRunDays)}`)
  }

  return {
    turn,
    start: async (): Promise<void> => {
      await turn(new Date())
      const failed = (thrown: unknown): void =>
        log.warn({ err: thrown }, 'what has expired could not be taken away; tried again in an hour')
      timer = setInterval(() => void turn(new Date()).catch(failed), hourMs).unref()
    },
    stop: (): void => clearInterval(timer),
  }
}

/**
 * The items and results of runs that were accepted on days before; the runs themselves stay, with their counts and
 * cost.
 */
export const expireRuns = async (db: Kysely<Tables>, before: Date): Promise<void> => {
  const first = await dropPartitions(db, before)
  const error = json(
    new HubError('cancelled', 'The run was not finished before it expired.', {
      advice: 'Run it again. How long runs are kept is set by RUN_DAYS.',
    }).toValue(),
  )
  await sql`update run set expired_at = now(), status = case when status in ('done', 'cancelled') then status else
    'cancelled' end,
      error = case when status in ('done', 'cancelled') then error else ${error}::jsonb end, finished_at =
      coalesce(finished_at, now())
    where id collate "C" < ${first} and expired_at is null`.execute(db)
  await forgetWork(db, first, before)
}

/**
 * What only a run that goes on needs. Its messages are known by their names for as long as it can be retried: none goes
 * out twice.
 * @param first the first run id that is kept
 */
const forgetWork = async (db: Kysely<Tables>, first: string, before: Date): Promise<void> => {
  await deleteInPortions(db, 'run_answer', sql`run < ${first}`)
  await deleteInPortions(
    db,
    'run_answer',
    sql`exists (select from run r where r.id = run_answer.run and r.status = 'done')`,
  )
  await deleteInPortions(db, 'run_item_cost', sql`run < ${first}`)
  await deleteInPortions(db, 'run_chunk', sql`run collate "C" < ${first}`)
  // A message was begun after its run was accepted, so these are of runs whose items are gone.
  await deleteInPortions(db, 'sending', sql`at < ${startOfDay(before)}`)
}

/** Runs of which the accounts go, too: with their counts, their sums and their last events. */
const forgetRuns = async (db: Kysely<Tables>, before: Date): Promise<void> => {
  const first = firstIdOf(before)
  await deleteInPortions(
    db,
    'event',
    sql`subject like 'run\\_%' and subject collate "C" < ${first} and position is not null`,
  )
  await deleteInPortions(db, 'budget', sql`kind = 'run' and key collate "C" < ${first}`)
  await deleteInPortions(db, 'run', sql`id collate "C" < ${first}`)
}

/** What a run has cost stands with the run; the single calls go. */
const forgetLedger = async (db: Kysely<Tables>, before: Date): Promise<void> => {
  // By workspace and mode, as the index is.
  const scopes = await db.selectFrom('budget').select(['workspace', 'mode']).where('kind', '=', 'day').execute()
  for (const { workspace, mode } of scopes)
    await deleteInPortions(db, 'ledger', sql`workspace = ${workspace} and mode = ${mode} and sent_at < ${before}`)
}
