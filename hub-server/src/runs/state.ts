import { sql, type Kysely, type Selectable, type Transaction } from 'kysely'
import type { ErrorValue } from '../contracts/errors.ts'
import type { RunStatus } from '../contracts/run.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import { addEvents } from '../events/add.ts'

/**
 * The one place where the state of a run changes: its status, whether its calls may leave, and the event that tells
 * of it, in the transaction of what caused it (results that end it, results that are taken back). Whoever changes
 * anything of a run holds the lock on its row first, so that there is an order; chunks and their results are locked
 * after it.
 */
export type RunRow = Selectable<Tables['run']>

interface Transition {
  readonly from: readonly RunStatus[]
  readonly to: RunStatus
  /** Whether its calls may leave from then on. */
  readonly calls: 'open' | 'closed'
  readonly event: string
}

const underWay: readonly RunStatus[] = ['queued', 'running']

/**
 * What can happen to a run. That a chunk of a queued run is claimed makes it `running`; `claimChunk` says so itself.
 */
export const transitions = {
  /** The last of its items has its result. */
  finish: { from: underWay, to: 'done', calls: 'open', event: 'run.finished' },
  /** It waits for a person. */
  pause: { from: underWay, to: 'paused', calls: 'closed', event: 'run.paused' },
  /** For good, until somebody retries it. */
  cancel: { from: [...underWay, 'paused'], to: 'cancelled', calls: 'closed', event: 'run.cancelled' },
  resume: { from: ['paused'], to: 'queued', calls: 'open', event: 'run.resumed' },
  /** Failed items are open again. */
  retry: { from: [...underWay, 'paused', 'done', 'cancelled'], to: 'queued', calls: 'open', event: 'run.retried' },
  /** Single items are open again; what was stopped as a whole stays so. */
  redo: { from: [...underWay, 'done'], to: 'queued', calls: 'open', event: 'run.retried' },
} as const satisfies Record<string, Transition>

export type TransitionName = keyof typeof transitions

export interface ChangeDetails {
  /** Why it waits. */
  readonly error?: ErrorValue
  /** Micro-USD that it may cost from now on. */
  readonly budget?: number
}

/**
 * Does something to a run under the lock on its row; all of it, or nothing.
 * @param work gets the run as it is then, or undefined where it is gone
 */
export const withRun = <Out>(
  db: Kysely<Tables>,
  id: string,
  work: (trx: Transaction<Tables>, run: RunRow | undefined) => Promise<Out>,
): Promise<Out> =>
  db
    .transaction()
    .execute(async (trx) =>
      work(trx, await trx.selectFrom('run').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()),
    )

/**
 * Changes the state of a run that {@link withRun} has locked.
 * @returns the run as it is then; undefined, and nothing has changed, where that cannot happen to it now
 */
export const change = async (
  trx: Transaction<Tables>,
  run: Pick<RunRow, 'id' | 'status' | 'workspace' | 'mode'>,
  name: TransitionName,
  { error, budget }: ChangeDetails = {},
): Promise<RunRow | undefined> => {
  const { from, to, calls, event }: Transition = transitions[name]
  if (!from.includes(run.status)) return undefined
  const changed = await trx
    .updateTable('run')
    .set({
      status: to,
      error: error ? json(error) : null,
      finished_at: to === 'done' || to === 'cancelled' ? sql<Date>`now()` : null,
    })
    .where('id', '=', run.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await trx
    .updateTable('budget')
    .set({ open: calls === 'open', ...(budget !== undefined && { most: budget }) })
    .where('workspace', '=', run.workspace)
    .where('mode', '=', run.mode)
    .where('kind', '=', 'run')
    .where('key', '=', run.id)
    .execute()
  await addEvents(trx, run, [
    { type: event, subject: run.id, data: error ? { kind: error.kind, reason: error.message } : {} },
  ])
  return changed
}

const isOver = sql<boolean>`done + skipped + failed + uncertain >= total`

/** Ends a locked run all of whose items have a result. */
export const finishIfOver = async (trx: Transaction<Tables>, id: string): Promise<void> => {
  const over = await trx.selectFrom('run').selectAll().where('id', '=', id).where(isOver).executeTakeFirst()
  if (over) await change(trx, over, 'finish')
}

/** Runs that an earlier version left with all their results and without their end. */
export const finishWhatIsOver = async (db: Kysely<Tables>): Promise<void> => {
  const runs = await db.selectFrom('run').select('id').where('status', 'in', underWay).where(isOver).execute()
  for (const { id } of runs) await withRun(db, id, (trx) => finishIfOver(trx, id))
}
