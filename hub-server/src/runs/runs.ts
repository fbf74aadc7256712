import { sql, type Kysely } from 'kysely'
import { Type } from 'typebox'
import type { Block } from '../blocks/block.ts'
import { checkCondition } from '../contracts/condition.ts'
import { HubError, type ErrorValue } from '../contracts/errors.ts'
import type { FileForm } from '../contracts/file-form.ts'
import { excessOfItem } from '../contracts/item-bounds.ts'
import type { Result, Usage } from '../contracts/result.ts'
import { microUsd, type Budgets, type Run, type RunStep, type Step } from '../contracts/run.ts'
import type { Scope } from '../contracts/scope.ts'
import { checked } from '../contracts/validate.ts'
import type { Tables } from '../db/tables.ts'
import type { Sendings } from '../gateway/sendings.ts'
import type { Wake } from '../queue/wake.ts'
import { usageOf } from '../reporting/usage.ts'
import { acceptRun, type NewRun, type Row } from './accept.ts'
import { createActions } from './actions.ts'
import { readInputs } from './items.ts'
import { readResults } from './results.ts'
import type { RunNotifier } from './run-notifier.ts'
import type { RunRow } from './state.ts'
import type { Worker } from './worker.ts'

export interface RunRequest extends Budgets {
  /** A block with its options, or the saved line of blocks. */
  readonly block?: string
  readonly options?: unknown
  readonly pipeline?: string
  readonly source: NewRun['source']
  /** The sender's name for this request: the same one gives the same run. */
  readonly idempotencyKey?: string
  /** Where it came in, if not by the block's or the pipeline's own address: a key holds within it. */
  readonly route?: 'runs'
}

export interface RunParts {
  readonly db: Kysely<Tables>
  readonly wake: Wake
  readonly worker: Pick<Worker, 'stopRun'>
  readonly notifier: RunNotifier
  readonly sendings: Sendings
  readonly blocks: ReadonlyMap<string, Block>
  /** Throws invalid_input when a provider named in the options does not exist or cannot do it. */
  readonly checkProviders: (block: Block, options: unknown) => void
}

export type Runs = ReturnType<typeof createRuns>

/** It does nothing by itself any more. */
const ended = new Set<Run['status']>(['done', 'cancelled', 'paused'])

/** Runs of blocks over items: accepted once they are in Postgres, and then never lost. */
export const createRuns = ({ db, wake, worker, notifier, sendings, blocks, checkProviders }: RunParts) => {
  const optionsOf = new Map(
    [...blocks].map(([id, block]) => [
      id,
      Type.Object(block.contract.options.properties, { additionalProperties: false }),
    ]),
  )

  const find = async (scope: Scope, id: string): Promise<RunRow> => {
    const row = await db
      .selectFrom('run')
      .selectAll()
      .where('workspace', '=', scope.workspace)
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row) throw new HubError('not_found', `There is no run ${id}.`, { advice: 'GET /v1/runs lists the runs.' })
    if (row.mode !== scope.mode)
      throw new HubError('wrong_mode', `This run was made in mode ${row.mode}; your key is for mode ${scope.mode}.`, {
        advice: `Use the ${row.mode} key.`,
      })
    return row
  }

  const findWhole = async (scope: Scope, id: string): Promise<RunRow> => {
    const row = await find(scope, id)
    if (row.expired_at)
      throw new HubError(
        'not_found',
        `The items and results of this run were removed
          on ${row.expired_at.toISOString().slice(0, 10)}: it had expired.`,
        { advice: 'Run it again. How long runs are kept is set by RUN_DAYS.' },
      )
    return row
  }

  /** Runs of one workspace and mode as callers see them, however many, with one question for what they cost. */
  const shownAll = async (rows: readonly RunRow[]): Promise<Run[]> => {
    const [first] = rows
    if (!first) return []
    const costs = await db
      .selectFrom('budget')
      .select(['key', 'most', 'calls', 'cached', 'spent', 'credits'])
      .where('workspace', '=', first.workspace)
      .where('mode', '=', first.mode)
      .where('kind', '=', 'run')
      .where(
        'key',
        'in',
        rows.map(({ id }) => id),
      )
      .execute()
    const byRun = new Map(costs.map((cost) => [cost.key, cost]))
    return rows.map((row) => shownOf(row, byRun.get(row.id)))
  }

  const shown = async (row: RunRow): Promise<Run> => {
    const [run] = await shownAll([row])
    return run ?? shownOf(row, undefined)
  }

  /** @throws HubError not_found for an unknown block, invalid_input for wrong options */
  const stepOf = ({ block: id, options, when }: Step): RunStep => {
    const block = blocks.get(id)
    if (!block)
      throw new HubError('not_found', `There is no block “${id}”.`, {
        advice: `The blocks are: ${[...blocks.keys()].sort().join(', ')}.`,
      })
    const filled = checked(
      optionsOf.get(id) ?? block.contract.options,
      structuredClone(options ?? {}),
      'One of the options',
    )
    block.check?.(filled)
    checkProviders(block, filled)
    if (when !== undefined) checkCondition(when)
    return { block: id, options: filled, ...(when && { when }) }
  }

  const stepsOf = async (
    scope: Scope,
    { block, options, pipeline }: Pick<RunRequest, 'block' | 'options' | 'pipeline'>,
  ): Promise<{ name: string; steps: RunStep[] }> => {
    if ((block === undefined) === (pipeline === undefined))
      throw new HubError('invalid_input', 'A run needs either a block or a pipeline.', { advice: 'Name one of them.' })
    if (block !== undefined)
      return { name: block, steps: [stepOf({ block, options: isRecord(options) ? options : {} })] }
    const row = await db
      .selectFrom('pipeline')
      .selectAll()
      .where('workspace', '=', scope.workspace)
      .where('mode', '=', scope.mode)
      .where('id', '=', pipeline ?? '')
      .executeTakeFirst()
    if (!row)
      throw new HubError('not_found', `There is no pipeline ${pipeline}.`, { advice: 'GET /v1/pipelines lists them.' })
    return { name: row.id, steps: row.steps.map(stepOf) }
  }

  /** Until the run ends or has another number of results than were seen. */
  const wait = async (id: string, ms: number, signal: AbortSignal, seen: number | undefined): Promise<void> => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(ms)])
    while (!deadline.aborted) {
      const row = await db
        .selectFrom('run')
        .select(['status', 'done', 'skipped', 'failed', 'uncertain'])
        .where('id', '=', id)
        .executeTakeFirst()
      if (!row || ended.has(row.status)) return
      if (seen !== undefined && resultsOf(row) !== seen) return
      await notifier.next(id, deadline)
    }
  }

  const actions = createActions({ db, wake, worker, notifier, sendings, find, findWhole, shown })

  return {
    ...actions,
    stepOf,
    stepsOf,
    /**
     * Accepts a run and begins it.
     * @throws HubError not_found for an unknown block, invalid_input for wrong options or items, conflict for a key
     * used with another body
     */
    start: async (scope: Scope, request: RunRequest): Promise<string> => {
      const { name, steps } = await stepsOf(scope, request)
      const ownRoute = request.pipeline === undefined ? `blocks/${name}` : `pipelines/${name}`
      const { id, fresh } = await acceptRun(db, scope, {
        block: name,
        steps,
        chunkSize: firstChunkSize(blocks, steps),
        budget: request.budget === undefined ? undefined : microUsd(request.budget),
        itemBudget: request.itemBudget === undefined ? undefined : microUsd(request.itemBudget),
        ...(request.route === undefined ? { route: ownRoute } : { route: request.route, earlierRoute: ownRoute }),
        idempotencyKey: request.idempotencyKey,
        source: request.source,
      })
      if (fresh) wake.send(id)
      return id
    },
    /**
     * @param waitMs waits so long for its end, or, where `seen` is given, for another number of items with a result
     */
    get: async (
      scope: Scope,
      id: string,
      waitMs = 0,
      signal: AbortSignal = AbortSignal.timeout(60_000),
      seen?: number,
    ): Promise<Run> => {
      const row = await find(scope, id)
      if (waitMs > 0) await wait(row.id, waitMs, signal, seen)
      return shown(waitMs > 0 ? await find(scope, id) : row)
    },
    /** The latest; with an Idempotency-Key those that it made. */
    list: async (scope: Scope, limit: number, key?: string): Promise<Run[]> => {
      const made =
        key === undefined
          ? undefined
          : await db
              .selectFrom('idempotency')
              .select('run')
              .where('workspace', '=', scope.workspace)
              .where('mode', '=', scope.mode)
              .where('key', '=', key)
              .execute()
      if (made?.length === 0) return []
      const rows = await db
        .selectFrom('run')
        .selectAll()
        .where('workspace', '=', scope.workspace)
        .where('mode', '=', scope.mode)
        .$if(made !== undefined, (query) =>
          query.where(
            'id',
            'in',
            (made ?? []).map(({ run }) => run),
          ),
        )
        .orderBy('created_at', 'desc')
        .limit(limit)
        .execute()
      return shownAll(rows)
    },
    /** These runs, those of them that there are. */
    named: async (scope: Scope, ids: readonly string[]): Promise<Run[]> =>
      ids.length === 0
        ? []
        : shownAll(
            await db
              .selectFrom('run')
              .selectAll()
              .where('workspace', '=', scope.workspace)
              .where('mode', '=', scope.mode)
              .where('id', 'in', [...ids])
              .execute(),
          ),
    /** A page of results, in the order of the items; with a status only those. Items without a result are pending. */
    results: async (
      scope: Scope,
      id: string,
      from: number,
      limit: number,
      status?: 'failed' | 'uncertain',
    ): Promise<{ results: Result[]; next?: string }> => {
      const row = await findWhole(scope, id)
      const to = Math.min(row.total, from + limit)
      if (status) {
        const results = await readResults(db, id, from, limit, status)
        const last = results.at(-1)
        return { results, ...(results.length === limit && last && { next: String(last.item + 1) }) }
      }
      const known = new Map(
        (await readResults(db, id, from, to - from))
          .filter(({ item }) => item < to)
          .map((result) => [result.item, result]),
      )
      const open = openResult(row)
      const all = Array.from(
        { length: Math.max(0, to - from) },
        (_, at) => known.get(from + at) ?? { item: from + at, ...open },
      )
      return { results: all, ...(to < row.total && { next: String(to) }) }
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
        for (const { item, input } of inputs)
          yield { ...(known.get(item) ?? { item, ...open }), input: isRecord(input) ? input : {} }
      }
    },
    /** What everything together may cost on one day (UTC), in US dollars; null: no bound. */
    dayBudget: async (
      { workspace, mode }: Scope,
      usd?: number | null,
    ): Promise<{ budget: number | null; spent: number; open: boolean }> => {
      if (usd !== undefined)
        await db
          .updateTable('budget')
          .set({ most: usd === null ? null : microUsd(usd) })
          .where('workspace', '=', workspace)
          .where('mode', '=', mode)
          .where('kind', '=', 'day')
          .execute()
      const { rows } = await sql<{
        most: number | null
        spent: number
        open: boolean
      }>`select most, case when day = (now() at time zone 'UTC')::date then spent else 0 end as spent, open
        from budget where workspace = ${workspace} and mode = ${mode} and kind = 'day'`.execute(db)
      const row = rows[0]
      return {
        budget: row?.most == null ? null : row.most / 1_000_000,
        spent: Number(row?.spent ?? 0),
        open: row?.open ?? true,
      }
    },
    usage: (scope: Scope, id: string) => usageOf(db, scope, id),
  }
}

/** Items as they were sent; one that is too much fails alone. */
export const rowsOf = function* (items: Iterable<unknown>): Generator<Row> {
  let at = 0
  for (const input of items) {
    const excess = excessOfItem(input)
    yield excess === undefined ? { input } : { input: {}, problem: `Item ${at}, counted from 0, ${excess}.` }
    at++
  }
}

/** Items for several blocks go in small chunks: the later ones shall not wait for long ones of the first. */
const mostOfALine = 200

const firstChunkSize = (blocks: ReadonlyMap<string, Block>, steps: readonly RunStep[]): number => {
  const own = blocks.get(steps[0]?.block ?? '')?.chunk ?? 1
  return steps.length > 1 ? Math.min(own, mostOfALine) : own
}

const resultsOf = ({
  done,
  skipped,
  failed,
  uncertain,
}: Pick<RunRow, 'done' | 'skipped' | 'failed' | 'uncertain'>): number => done + skipped + failed + uncertain

const shownOf = (
  row: RunRow,
  cost: ({ most: number | null; spent: number } & Omit<Usage, 'price'>) | undefined,
): Run => ({
  id: row.id,
  block: row.block,
  mode: row.mode,
  status: row.status,
  items: {
    total: row.total,
    done: row.done,
    pending: row.total - resultsOf(row),
    skipped: row.skipped,
    failed: row.failed,
    uncertain: row.uncertain,
  },
  usage: { calls: cost?.calls ?? 0, cached: cost?.cached ?? 0, price: cost?.spent ?? 0, credits: cost?.credits ?? 0 },
  ...(cost && cost.most !== null && { budget: cost.most / 1_000_000 }),
  ...(row.item_budget !== null && { itemBudget: row.item_budget / 1_000_000 }),
  ...(isError(row.error) && { error: row.error }),
  createdAt: row.created_at.toISOString(),
  ...(row.finished_at && { finishedAt: row.finished_at.toISOString() }),
  ...(row.expired_at && { expiredAt: row.expired_at.toISOString() }),
})

const openResult = ({ status, error }: RunRow): Omit<Result, 'item'> => ({
  status: 'pending',
  outputs: [],
  ...(status === 'paused' && isError(error) && { error }),
  ...(status === 'cancelled' && { reason: 'The run was cancelled before this item’s turn; a retry goes on with it.' }),
})

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isError = (value: unknown): value is ErrorValue =>
  isRecord(value) && 'kind' in value && 'message' in value && 'advice' in value
