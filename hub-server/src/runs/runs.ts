import type { Kysely, Selectable } from 'kysely'
import { sql } from 'kysely'
import { Type } from 'typebox'
import type { Block } from '../blocks/block.ts'
import { HubError, type ErrorValue } from '../contracts/errors.ts'
import type { FileForm } from '../contracts/file-form.ts'
import type { Result } from '../contracts/result.ts'
import type { Budgets, Run, RunStep, Step } from '../contracts/run.ts'
import type { Scope } from '../contracts/scope.ts'
import { checked } from '../contracts/validate.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import { addEvents } from '../events/add.ts'
import type { Ledger } from '../gateway/ledger.ts'
import type { Sendings } from '../gateway/sendings.ts'
import type { Wake } from '../queue/wake.ts'
import { acceptRun, type NewRun, type Row } from './accept.ts'
import { countResults, readInputs, readResults, takeBack } from './items.ts'
import type { Signals } from './signals.ts'
import type { Worker } from './worker.ts'

export interface RunRequest extends Budgets {
  /** A block with its options, or the saved line of blocks. */
  readonly block?: string
  readonly options?: unknown
  readonly pipeline?: string
  readonly source: NewRun['source']
  /** The sender's name for this request: the same one gives the same run. */
  readonly idempotencyKey?: string
}

export interface RunParts {
  readonly db: Kysely<Tables>
  readonly wake: Wake
  readonly worker: Pick<Worker, 'stopRun'>
  readonly signals: Signals
  readonly ledger: Ledger
  readonly sendings: Sendings
  readonly blocks: ReadonlyMap<string, Block>
  /** Throws invalid_input when a provider named in the options does not exist or cannot do it. */
  readonly checkProviders: (block: Block, options: unknown) => void
}

export type Runs = ReturnType<typeof createRuns>

const micro = (usd: number | undefined): number | undefined => (usd === undefined ? undefined : Math.round(usd * 1_000_000))
const ended = new Set<Run['status']>(['done', 'cancelled', 'paused'])

/** Runs of blocks over items: accepted once they are in Postgres, and then never lost. */
export const createRuns = ({ db, wake, worker, signals, ledger, sendings, blocks, checkProviders }: RunParts) => {
  const optionsOf = new Map([...blocks].map(([id, block]) => [id, Type.Object(block.contract.options.properties, { additionalProperties: false })]))

  const find = async (scope: Scope, id: string): Promise<Selectable<Tables['run']>> => {
    const row = await db.selectFrom('run').selectAll().where('workspace', '=', scope.workspace).where('id', '=', id).executeTakeFirst()
    if (!row) throw new HubError('not_found', `There is no run ${id}.`, { advice: 'GET /v1/runs lists the runs.' })
    if (row.mode !== scope.mode)
      throw new HubError('wrong_mode', `This run was made in mode ${row.mode}; your key is for mode ${scope.mode}.`, { advice: `Use the ${row.mode} key.` })
    return row
  }

  const findWhole = async (scope: Scope, id: string): Promise<Selectable<Tables['run']>> => {
    const row = await find(scope, id)
    if (row.expired_at) throw new HubError('not_found', `The items and results of this run were removed on ${row.expired_at.toISOString().slice(0, 10)}: it had expired.`, { advice: 'Run it again. How long runs are kept is set by RUN_DAYS.' })
    return row
  }

  const budgetOf = (scope: Scope, id: string) => db.selectFrom('budget').selectAll().where('workspace', '=', scope.workspace).where('mode', '=', scope.mode).where('kind', '=', 'run').where('key', '=', id).executeTakeFirst()

  const shown = async (row: Selectable<Tables['run']>): Promise<Run> => {
    const budget = await budgetOf(row, row.id)
    const counts = await countResults(db, row.id)
    const open = row.total - counts.done - counts.skipped - counts.failed - counts.uncertain
    const isCancelled = row.status === 'cancelled'
    return {
      id: row.id,
      block: row.block,
      mode: row.mode,
      status: row.status,
      items: { total: row.total, ...counts, pending: isCancelled ? 0 : open, failed: counts.failed + (isCancelled ? open : 0) },
      usage: { calls: budget?.calls ?? 0, cached: budget?.cached ?? 0, price: budget?.spent ?? 0, credits: budget?.credits ?? 0 },
      ...(budget && budget.most !== null && { budget: budget.most / 1_000_000 }),
      ...(row.item_budget !== null && { itemBudget: row.item_budget / 1_000_000 }),
      ...(isError(row.error) && { error: row.error }),
      createdAt: row.created_at.toISOString(),
      ...(row.finished_at && { finishedAt: row.finished_at.toISOString() }),
      ...(row.expired_at && { expiredAt: row.expired_at.toISOString() }),
    }
  }

  /** @throws HubError not_found for an unknown block, invalid_input for wrong options */
  const stepOf = ({ block: id, options }: Step): RunStep => {
    const block = blocks.get(id)
    if (!block) throw new HubError('not_found', `There is no block “${id}”.`, { advice: `The blocks are: ${[...blocks.keys()].sort().join(', ')}.` })
    const filled = checked(optionsOf.get(id) ?? block.contract.options, structuredClone(options ?? {}), 'One of the options')
    block.check?.(filled)
    checkProviders(block, filled)
    return { block: id, options: filled }
  }

  const stepsOf = async (scope: Scope, { block, options, pipeline }: Pick<RunRequest, 'block' | 'options' | 'pipeline'>): Promise<{ name: string; steps: RunStep[] }> => {
    if ((block === undefined) === (pipeline === undefined)) throw new HubError('invalid_input', 'A run needs either a block or a pipeline.', { advice: 'Name one of them.' })
    if (block !== undefined) return { name: block, steps: [stepOf({ block, options: isRecord(options) ? options : {} })] }
    const row = await db.selectFrom('pipeline').selectAll().where('workspace', '=', scope.workspace).where('mode', '=', scope.mode).where('id', '=', pipeline ?? '').executeTakeFirst()
    if (!row) throw new HubError('not_found', `There is no pipeline ${pipeline}.`, { advice: 'GET /v1/pipelines lists them.' })
    return { name: row.id, steps: row.steps.map(stepOf) }
  }

  /** Until the run ends or has another number of results than were seen. */
  const wait = async (id: string, ms: number, signal: AbortSignal, seen: number | undefined): Promise<void> => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(ms)])
    while (!deadline.aborted) {
      const row = await db.selectFrom('run').select('status').where('id', '=', id).executeTakeFirst()
      if (!row || ended.has(row.status)) return
      if (seen !== undefined) {
        const { done, skipped, failed, uncertain } = await countResults(db, id)
        if (done + skipped + failed + uncertain !== seen) return
      }
      await signals.next(id, deadline)
    }
  }

  type Status = Run['status']

  /** Changes the state of a run, and with it whether calls may leave; tells whoever waits. */
  const change = async (scope: Scope, id: string, from: readonly Status[], to: Status, error: ErrorValue | null, type: string, budget?: number): Promise<boolean> => {
    const { workspace, mode } = scope
    const isOpen = to === 'queued'
    const changed = await db.transaction().execute(async (trx) => {
      const rows = await trx
        .updateTable('run')
        .set({ status: to, error: error && json(error), finished_at: to === 'cancelled' ? new Date() : null })
        .where('id', '=', id)
        .where('status', 'in', [...from])
        .returning('id')
        .execute()
      if (rows.length === 0) return false
      await trx
        .updateTable('budget')
        .set({ open: isOpen, ...(budget !== undefined && { most: budget }) })
        .where('workspace', '=', workspace)
        .where('mode', '=', mode)
        .where('kind', '=', 'run')
        .where('key', '=', id)
        .execute()
      await addEvents(trx, scope, [{ type, subject: id, data: error ? { kind: error.kind, reason: error.message } : {} }])
      return true
    })
    if (changed && !isOpen) worker.stopRun(id)
    if (changed && isOpen) wake.send(id)
    signals.changed(id)
    return changed
  }

  const shownNow = async (scope: Scope, id: string): Promise<Run> => shown(await find(scope, id))

  return {
    stepOf,
    stepsOf,
    /**
     * Accepts a run and begins it.
     * @throws HubError not_found for an unknown block, invalid_input for wrong options or items, conflict for a key used with another body
     */
    start: async (scope: Scope, request: RunRequest): Promise<string> => {
      const { name, steps } = await stepsOf(scope, request)
      const { id, fresh } = await acceptRun(db, scope, {
        block: name,
        steps,
        chunkSize: Math.min(...steps.map(({ block }) => blocks.get(block)?.chunk ?? 1)),
        budget: micro(request.budget),
        itemBudget: micro(request.itemBudget),
        route: request.pipeline === undefined ? `blocks/${name}` : `pipelines/${name}`,
        idempotencyKey: request.idempotencyKey,
        source: request.source,
      })
      if (fresh) wake.send(id)
      return id
    },
    /**
     * @param waitMs waits so long for its end, or, where `seen` is given, for another number of items with a result
     */
    get: async (scope: Scope, id: string, waitMs = 0, signal: AbortSignal = AbortSignal.timeout(60_000), seen?: number): Promise<Run> => {
      const row = await find(scope, id)
      if (waitMs > 0) await wait(row.id, waitMs, signal, seen)
      return shown(waitMs > 0 ? await find(scope, id) : row)
    },
    list: async (scope: Scope, limit: number): Promise<Run[]> => {
      const rows = await db
        .selectFrom('run')
        .selectAll()
        .where('workspace', '=', scope.workspace)
        .where('mode', '=', scope.mode)
        .orderBy('created_at', 'desc')
        .limit(limit)
        .execute()
      const runs: Run[] = []
      for (const row of rows) runs.push(await shown(row))
      return runs
    },
    /** A page of results, in the order of the items; with a status only those. Items without a result are pending, or cancelled with their run. */
    results: async (scope: Scope, id: string, from: number, limit: number, status?: 'failed' | 'uncertain'): Promise<{ results: Result[]; next?: string }> => {
      const row = await findWhole(scope, id)
      const to = Math.min(row.total, from + limit)
      if (status && row.status !== 'cancelled') {
        const results = await readResults(db, id, from, limit, status)
        const last = results.at(-1)
        return { results, ...(results.length === limit && last && { next: String(last.item + 1) }) }
      }
      const known = new Map((await readResults(db, id, from, to - from)).filter(({ item }) => item < to).map((result) => [result.item, result]))
      const open = openResult(row)
      const all = Array.from({ length: Math.max(0, to - from) }, (_, at) => known.get(from + at) ?? { item: from + at, ...open })
      return { results: status ? all.filter((result) => result.status === status) : all, ...(to < row.total && { next: String(to) }) }
    },
    /** What a run was asked to do, and how the file was written that its items came in, if they did. */
    origin: async (scope: Scope, id: string): Promise<{ steps: readonly RunStep[]; form?: FileForm }> => {
      const { steps, file } = await find(scope, id)
      return { steps, ...(file && { form: file }) }
    },
    /** Every item with its input and result, in order, as a stream. */
    rows: async function* (scope: Scope, id: string): AsyncGenerator<Result & { input: Record<string, unknown> }> {
      const row = await findWhole(scope, id)
      const open = openResult(row)
      for (let from = 0; from < row.total; from += 1000) {
        const last = Math.min(row.total, from + 1000) - 1
        const inputs = await readInputs(db, row, from, last)
        const known = new Map((await readResults(db, id, from, 1000)).map((result) => [result.item, result]))
        for (const { item, input } of inputs) yield { ...(known.get(item) ?? { item, ...open }), input: isRecord(input) ? input : {} }
      }
    },
    /** No new call; what is under way is still fetched. Items without a result count as cancelled. Twice is once. */
    cancel: async (scope: Scope, id: string): Promise<Run> => {
      await find(scope, id)
      await change(scope, id, ['queued', 'running', 'paused'], 'cancelled', null, 'run.cancelled')
      return shownNow(scope, id)
    },
    pause: async (scope: Scope, id: string): Promise<Run> => {
      await find(scope, id)
      await change(scope, id, ['queued', 'running'], 'paused', new HubError('cancelled', 'It was paused by hand.', { advice: 'Resume it.' }).toValue(), 'run.paused')
      return shownNow(scope, id)
    },
    /** A paused run goes on, with another budget if given. @throws HubError conflict when it is not paused */
    resume: async (scope: Scope, id: string, budget?: number): Promise<Run> => {
      const row = await findWhole(scope, id)
      if (row.status === 'queued' || row.status === 'running') return shown(row)
      if (!(await change(scope, id, ['paused'], 'queued', null, 'run.resumed', micro(budget))))
        throw new HubError('conflict', `This run is ${row.status}, not paused.`, { advice: 'POST …/retry tries its failed items again.' })
      return shownNow(scope, id)
    },
    /** Failed items are tried again, and those of a cancelled run that never had their turn. */
    retry: async (scope: Scope, id: string): Promise<Run> => {
      const row = await findWhole(scope, id)
      const again = await takeBack(db, id, { status: 'failed' })
      if (again > 0 || row.status === 'cancelled') await change(scope, id, ['done', 'cancelled', 'paused', 'queued', 'running'], 'queued', null, 'run.retried')
      return shownNow(scope, id)
    },
    /** A person has looked whether these messages were sent: `sent` ends their items, `again` sends them once more. */
    decide: async (scope: Scope, id: string, items: readonly number[], decision: 'sent' | 'again'): Promise<Run> => {
      const row = await findWhole(scope, id)
      if (decision === 'sent') {
        await sql`with settled as (update run_result set status = 'done' where run = ${id} and status = 'uncertain' and item in (${sql.join(items)}) returning item),
          per_chunk as (select c.chunk, count(*)::integer as n from settled s join run_chunk c on c.run = ${id} and s.item between c.first and c.last group by c.chunk)
          update run_chunk c set uncertain = c.uncertain - p.n, done = c.done + p.n from per_chunk p where c.run = ${id} and c.chunk = p.chunk`.execute(db)
        return shownNow(scope, id)
      }
      const names = await sql<{ key: string }>`select key from sending where workspace = ${scope.workspace} and mode = ${scope.mode} and state <> 'sent'
        and key like ${`${id}/%`} and split_part(split_part(key, '/', 3), '.', 1) in (${sql.join(items.map(String))})`.execute(db)
      await sendings.forget(scope, names.rows.map(({ key }) => key))
      if ((await takeBack(db, id, { items })) > 0) await change(scope, id, ['done', 'cancelled', 'paused', 'queued', 'running'], row.status === 'paused' ? 'paused' : 'queued', null, 'run.retried')
      return shownNow(scope, id)
    },
    /** Everything in this mode stops: open runs pause, and no call leaves until `startAll`. @returns how many runs paused */
    stopAll: async (scope: Scope): Promise<number> => {
      const { workspace, mode } = scope
      await db.updateTable('budget').set({ open: false }).where('workspace', '=', workspace).where('mode', '=', mode).where('kind', '=', 'day').execute()
      const open = await db.selectFrom('run').select('id').where('workspace', '=', workspace).where('mode', '=', mode).where('status', 'in', ['queued', 'running']).execute()
      const error = new HubError('cancelled', 'Everything was stopped.', { advice: 'POST /v1/start lets calls leave again; then resume the run.' }).toValue()
      for (const { id } of open) await change(scope, id, ['queued', 'running'], 'paused', error, 'run.paused')
      return open.length
    },
    startAll: async ({ workspace, mode }: Scope): Promise<void> => {
      await db.updateTable('budget').set({ open: true }).where('workspace', '=', workspace).where('mode', '=', mode).where('kind', '=', 'day').execute()
    },
    /** What everything together may cost on one day (UTC), in US dollars; null: no bound. */
    dayBudget: async ({ workspace, mode }: Scope, usd?: number | null): Promise<{ budget: number | null; spent: number; open: boolean }> => {
      if (usd !== undefined) await db.updateTable('budget').set({ most: usd === null ? null : Math.round(usd * 1_000_000) }).where('workspace', '=', workspace).where('mode', '=', mode).where('kind', '=', 'day').execute()
      const { rows } = await sql<{ most: number | null; spent: number; open: boolean }>`select most, case when day = (now() at time zone 'UTC')::date then spent else 0 end as spent, open
        from budget where workspace = ${workspace} and mode = ${mode} and kind = 'day'`.execute(db)
      const row = rows[0]
      return { budget: row?.most == null ? null : row.most / 1_000_000, spent: Number(row?.spent ?? 0), open: row?.open ?? true }
    },
    usage: (scope: Scope, id: string) => ledger.usageOf(scope, id),
  }
}

export const rowsOf = function* (items: Iterable<unknown>): Generator<Row> {
  for (const input of items) yield { input }
}

const openResult = ({ status, error }: Selectable<Tables['run']>): Omit<Result, 'item'> => {
  if (status === 'cancelled') return { status: 'failed', outputs: [], error: new HubError('cancelled', 'The run was cancelled before this item’s turn.').toValue() }
  return { status: 'pending', outputs: [], ...(status === 'paused' && isError(error) && { error }) }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isError = (value: unknown): value is ErrorValue => isRecord(value) && 'kind' in value && 'message' in value && 'advice' in value
