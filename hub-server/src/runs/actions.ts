import { sql, type Kysely, type Transaction } from 'kysely'
import { HubError } from '../contracts/errors.ts'
import { microUsd, type Run } from '../contracts/run.ts'
import type { Scope } from '../contracts/scope.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import type { Sendings } from '../gateway/sendings.ts'
import type { Wake } from '../queue/wake.ts'
import { putTogether } from './pieces.ts'
import { numbers, removeUncertain, takeBack, uncertainAmong } from './results.ts'
import type { RunNotifier } from './run-notifier.ts'
import { change, finishIfOver, withRun, type ChangeDetails, type RunRow, type TransitionName } from './state.ts'
import type { Worker } from './worker.ts'

export interface ActionParts {
  readonly db: Kysely<Tables>
  readonly wake: Wake
  readonly worker: Pick<Worker, 'stopRun'>
  readonly notifier: RunNotifier
  readonly sendings: Sendings
  /** @throws HubError not_found, wrong_mode */
  readonly find: (scope: Scope, id: string) => Promise<RunRow>
  /** The same, of a run whose items and results are still there. */
  readonly findWhole: (scope: Scope, id: string) => Promise<RunRow>
  readonly shown: (run: RunRow) => Promise<Run>
}

/** What a person does to runs. Each is one transaction: it happens as a whole, or can be done again. */
export const createActions = ({ db, wake, worker, notifier, sendings, find, findWhole, shown }: ActionParts) => {
  /** What is done to a run under its lock; those who work on it, or wait for it, are told once it is committed. */
  const act = async (id: string, work: (trx: Transaction<Tables>, run: RunRow) => Promise<unknown>): Promise<Run> => {
    const after = await withRun(db, id, async (trx, run) => {
      if (run) await work(trx, run)
      return trx.selectFrom('run').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    })
    if (after.status === 'paused' || after.status === 'cancelled') worker.stopRun(id)
    if (after.status === 'queued') wake.send(id)
    notifier.changed(id)
    return shown(after)
  }

  /** A change after which it may be that nothing is left to do. @returns whether it could happen */
  const goOn = async (
    trx: Transaction<Tables>,
    run: RunRow,
    name: TransitionName,
    details?: ChangeDetails,
  ): Promise<boolean> => {
    const after = await change(trx, run, name, details)
    if (after) await finishIfOver(trx, run.id)
    return after !== undefined
  }

  /** @throws HubError conflict where items are to be read again and the list that held them is gone */
  const requireItems = async (trx: Transaction<Tables>, { list }: RunRow): Promise<void> => {
    if (list === null || (await trx.selectFrom('list').select('id').where('id', '=', list).executeTakeFirst())) return
    throw new HubError('conflict', `The list ${list}, which this run reads its items from, was removed.`, {
      advice: 'Store the list again and start a run over it: what is done is in the cache.',
    })
  }

  const pauseWith = (id: string, error: HubError): Promise<Run> =>
    act(id, (trx, run) => change(trx, run, 'pause', { error: error.toValue() }))

  return {
    /**
     * For good: no new call; what is under way is still fetched. Items without a result stay pending. Twice is once.
     */
    cancel: async (scope: Scope, id: string): Promise<Run> => {
      await find(scope, id)
      return act(id, (trx, run) => change(trx, run, 'cancel'))
    },
    /** Until it is resumed; a run that is over stays as it is. */
    pause: async (scope: Scope, id: string): Promise<Run> => {
      await find(scope, id)
      return pauseWith(id, new HubError('cancelled', 'It was paused by hand.', { advice: 'Resume it.' }))
    },
    /** A paused run goes on, with another budget if given. @throws HubError conflict when it is over or cancelled */
    resume: async (scope: Scope, id: string, budget?: number): Promise<Run> => {
      await findWhole(scope, id)
      return act(id, async (trx, run) => {
        if (run.status === 'queued' || run.status === 'running') return
        if (await goOn(trx, run, 'resume', budget === undefined ? {} : { budget: microUsd(budget) })) return
        throw new HubError('conflict', `This run is ${run.status}, not paused.`, {
          advice:
            run.status === 'cancelled'
              ? 'POST …/retry goes on with what is pending, and tries its failed items again.'
              : 'POST …/retry tries its failed items again.',
        })
      })
    },
    /** Failed items are tried again, and a cancelled run goes on with those that never had their turn. */
    retry: async (scope: Scope, id: string): Promise<Run> => {
      await findWhole(scope, id)
      return act(id, async (trx, run) => {
        if (run.failed === 0 && run.status !== 'cancelled') return
        await requireItems(trx, run)
        await takeBack(trx, id, { status: 'failed' })
        await goOn(trx, run, 'retry')
      })
    },
    /** A person has looked whether these messages were sent: `sent` ends their items, `again` sends them once more. */
    decide: async (scope: Scope, id: string, items: readonly number[], decision: 'sent' | 'again'): Promise<Run> => {
      await findWhole(scope, id)
      return act(id, async (trx, run) => {
        const uncertain = await uncertainAmong(trx, id, items)
        if (uncertain.length === 0) return
        if (decision === 'sent') return settleAsSent(trx, id, uncertain)
        await requireItems(trx, run)
        await sendings.forgetItems(trx, scope, id, uncertain)
        await takeBack(trx, id, { uncertain })
        await goOn(trx, run, 'redo')
      })
    },
    /**
     * Everything in this mode stops: open runs pause, and no call leaves until `startAll`.
     * @returns how many runs paused
     */
    stopAll: async (scope: Scope): Promise<number> => {
      const { workspace, mode } = scope
      await db
        .updateTable('budget')
        .set({ open: false })
        .where('workspace', '=', workspace)
        .where('mode', '=', mode)
        .where('kind', '=', 'day')
        .execute()
      const open = await db
        .selectFrom('run')
        .select('id')
        .where('workspace', '=', workspace)
        .where('mode', '=', mode)
        .where('status', 'in', ['queued', 'running'])
        .execute()
      const error = new HubError('cancelled', 'Everything was stopped.', {
        advice: 'POST /v1/start lets calls leave again; then resume the run.',
      })
      for (const { id } of open) await pauseWith(id, error)
      return open.length
    },
    startAll: async ({ workspace, mode }: Scope): Promise<void> => {
      await db
        .updateTable('budget')
        .set({ open: true })
        .where('workspace', '=', workspace)
        .where('mode', '=', mode)
        .where('kind', '=', 'day')
        .execute()
    },
  }
}

/** Uncertain items, or what of them is uncertain, become done: a person says so. */
const settleAsSent = async (trx: Transaction<Tables>, run: string, items: readonly number[]): Promise<void> => {
  const said = json({ outputs: [], reason: 'A person has looked: it was sent.' })
  const settled = sql`(coalesce(result, '{}'::jsonb) - 'error') || ${said}::jsonb`
  const { rows } = await sql<{ item: number }>`
    update run_piece set status = 'done', result = ${settled} where run = ${run} and status = 'uncertain'
      and item in (${numbers(items)}) returning item`.execute(trx)
  const several = [...new Set(rows.map(({ item }) => item))]
  await removeUncertain(trx, run, several)
  await putTogether(trx, run, several)
  await sql`with settled as (
      update run_result set status = 'done', result = ${settled} where run = ${run} and status = 'uncertain'
        and item in (${numbers(items)}) returning item)
    update run set uncertain = uncertain - (select count(*) from settled), done = done + (select count(*)
      from settled) where id = ${run}`.execute(trx)
}
