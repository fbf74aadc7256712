import { Type, type Static } from 'typebox'
import { may, type Caller } from '../access/rights/caller.ts'
import { maskedBy } from '../access/masking/mask.ts'
import { Count, greatestInteger, Id, Line, ListOf, MapOf } from '../contracts/bounded.ts'
import { HubError } from '../contracts/errors.ts'
import { ResultOf, Usage, type Result } from '../contracts/result.ts'
import { Estimate, Run, Summary } from '../contracts/run.ts'
import type { Scope } from '../contracts/scope.ts'
import type { RunStep } from '../contracts/run.ts'
import type { Row } from '../runs/accept.ts'
import { mostLooked } from '../runs/estimate.ts'
import { needsOf } from '../runs/files/needs.ts'
import { columnsOf, csvOf, jsonLinesOf, type ResultRow } from '../runs/files/writeRows.ts'
import { summaryOf } from '../runs/summary.ts'
import { noContent, ok, route, type Route } from './route.ts'
import { requestOf, RunBody, RunQuery, type SourceParts } from './source.ts'
import { requireForSteps } from './step-permissions.ts'

export const Results = Type.Object({
  results: ListOf(ResultOf(Type.Unknown())),
  next: Type.Optional(Line({ description: 'Cursor of the next page; absent on the last' })),
})
export interface Results<Output = unknown> extends Omit<Static<typeof Results>, 'results'> {
  results: Result<Output>[]
}

const Page = Type.Object({
  cursor: Type.Optional(Id({ pattern: '^\\d{1,9}$', maxLength: 9, description: 'From an earlier answer’s next' })),
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 500 }),
  status: Type.Optional(
    Type.Unsafe<'failed' | 'uncertain'>({ type: 'string', enum: ['failed', 'uncertain'], description: 'Only these' }),
  ),
})

/** How long a long poll waits, as "30s". */
export const Wait = Type.Optional(
  Line({ pattern: '^\\d{1,2}s$', maxLength: 3, description: 'Wait so long, at most 50s' }),
)

const textTypes = { csv: 'text/csv', jsonl: 'application/x-ndjson' }

export interface RunRouteParts extends SourceParts {
  readonly estimate: (
    scope: Scope,
    steps: readonly RunStep[],
    rows: readonly { item: number; input: unknown; problem?: string }[],
    total: number,
  ) => Promise<Estimate>
  readonly readList: (list: string, limit: number) => AsyncIterable<Row>
}

export const runRoutes = (parts: RunRouteParts): Route[] => {
  const { runs, blocks } = parts
  return [
    route({
      method: 'get',
      path: '/v1/runs',
      group: 'Runs',
      permission: 'runs.read',
      summary: 'The latest runs',
      query: Type.Object({
        limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
        key: Type.Optional(
          Type.String({ maxLength: 255, description: 'Only those that were started under this Idempotency-Key' }),
        ),
      }),
      answers: { 200: Type.Object({ runs: ListOf(Run) }) },
      handle: async ({ caller, query }) => ok({ runs: await runs.list(caller, query.limit, query.key) }),
    }),
    route({
      method: 'post',
      path: '/v1/runs',
      group: 'Runs',
      permission: 'runs.write',
      summary:
        'Starts a run of a block or a pipeline over items, a stored list, a file (the body as CSV or JSON lines) or ' +
        'stored leads',
      query: RunQuery,
      body: RunBody,
      files: true,
      answers: { 202: Type.Object({ run: Run }) },
      handle: async ({ caller, body, query, file, headers }) => {
        const request = await requestOf(parts, caller, body, query, file)
        requireForSteps(caller, blocks, (await runs.stepsOf(caller, request)).steps)
        const id = await runs.start(caller, {
          ...request,
          route: 'runs',
          idempotencyKey: idempotencyKeyOf(headers['idempotency-key']),
        })
        return { status: 202, body: { run: await runs.get(caller, id) } }
      },
    }),
    route({
      method: 'post',
      path: '/v1/runs/estimate',
      reads: true,
      group: 'Runs',
      permission: 'runs.read',
      summary: 'What such a run would ask, cost and take, and which items cannot work; starts nothing',
      query: RunQuery,
      body: RunBody,
      files: true,
      answers: { 200: Estimate },
      handle: async ({ caller, body, query, file }) => {
        const request = await requestOf(parts, caller, body, query, file)
        const { steps } = await runs.stepsOf(caller, request)
        const { source } = request
        const { rows, total } = await sampled('list' in source ? parts.readList(source.list, mostLooked) : source.rows)
        return ok(await parts.estimate(caller, steps, rows, 'list' in source ? source.total : total))
      },
    }),
    route({
      method: 'get',
      path: '/v1/runs/{id}',
      group: 'Runs',
      permission: 'runs.read',
      summary: 'A run and its progress; waits for its end, or for progress, if asked to',
      query: Type.Object({
        wait: Wait,
        seen: Type.Optional(Count({ description: 'Wait only until the number of items with a result is another' })),
      }),
      answers: { 200: Run },
      handle: async ({ caller, params, query, signal }) =>
        ok(await runs.get(caller, idOf(params), waitOf(query.wait), signal, query.seen)),
    }),
    route({
      method: 'get',
      path: '/v1/runs/{id}/results',
      group: 'Runs',
      permission: 'runs.read',
      summary: 'What became of the items, page by page',
      query: Page,
      answers: { 200: Results },
      people: ({ body }) =>
        (body as Results).results.reduce((sum, { outputs }) => sum + Math.max(1, outputs.length), 0),
      handle: async ({ caller, params, query }) =>
        ok(await runs.results(caller, idOf(params), Number(query.cursor ?? 0), query.limit, query.status)),
    }),
    route({
      method: 'get',
      path: '/v1/runs/{id}/summary',
      group: 'Runs',
      permission: 'runs.read',
      summary: 'What a run came to: what its outputs say, and why items gave none',
      answers: { 200: Summary },
      handle: async ({ caller, params }) => {
        const id = idOf(params)
        const { steps } = await runs.origin(caller, id)
        const [first, last] = [steps[0], steps.at(-1)].map((step) => ({
          options: step?.options ?? {},
          contract: blocks.get(step?.block ?? '')?.contract,
        }))
        const needs = first?.contract ? needsOf(first.contract, first.options) : []
        return ok(
          await summaryOf(runs.rows(caller, id), {
            needs,
            ...(last?.contract?.counted && { counted: last.contract.counted }),
          }),
        )
      },
    }),
    ...(['csv', 'jsonl'] as const).map((type) =>
      route({
        method: 'get',
        path: `/v1/runs/{id}/results.${type}`,
        group: 'Runs',
        permission: 'runs.read',
        summary: `All items with their results as ${type === 'csv' ? 'CSV' : 'JSON lines'}`,
        answers: { 200: textTypes[type] },
        people: () => wholeRun,
        handle: async ({ caller, params }) => {
          const id = idOf(params)
          const { form } = await runs.origin(caller, id)
          const csv = form?.type === 'csv' ? form : undefined
          const rows = (): AsyncIterable<ResultRow> => rowsShownTo(caller, runs.rows(caller, id))
          const columns = type === 'csv' ? await columnsOf(rows(), csv) : []
          // Read once more for its text: what is wrong with the run shows before the first byte is sent.
          await runs.results(caller, id, 0, 1)
          return {
            status: 200,
            text: {
              type: textTypes[type],
              name: `${id}.${type}`,
              parts: type === 'csv' ? csvOf(rows(), columns, csv) : jsonLinesOf(rows(), form),
              shows: 'people, as the caller may see them',
            },
          }
        },
      }),
    ),
    ...(['cancel', 'pause', 'retry'] as const).map((action) =>
      route({
        method: 'post',
        path: `/v1/runs/{id}/${action}`,
        group: 'Runs',
        permission: 'runs.write',
        summary: summaries[action],
        answers: { 200: Run },
        handle: async ({ caller, params }) => {
          if (action === 'retry') requireForSteps(caller, blocks, (await runs.origin(caller, idOf(params))).steps)
          return ok(await runs[action](caller, idOf(params)))
        },
      }),
    ),
    route({
      method: 'post',
      path: '/v1/runs/{id}/resume',
      group: 'Runs',
      permission: 'runs.write',
      summary: 'A paused run goes on, with another budget if given',
      body: Type.Object(
        {
          budget: Type.Optional(
            Type.Number({ minimum: 0, maximum: 1_000_000, description: 'US dollars for the whole run' }),
          ),
        },
        { additionalProperties: false },
      ),
      answers: { 200: Run },
      handle: async ({ caller, params, body }) => {
        requireForSteps(caller, blocks, (await runs.origin(caller, idOf(params))).steps)
        return ok(await runs.resume(caller, idOf(params), body.budget))
      },
    }),
    route({
      method: 'post',
      path: '/v1/runs/{id}/decide',
      group: 'Runs',
      permission: 'messages.send',
      summary: 'For messages of which nobody knows whether they were sent: a person has looked, and says',
      body: Type.Object(
        {
          items: Type.Array(Count({ maximum: greatestInteger }), { minItems: 1, maxItems: 10_000 }),
          decision: Type.Unsafe<'sent' | 'again'>({ type: 'string', enum: ['sent', 'again'] }),
        },
        { additionalProperties: false },
      ),
      answers: { 200: Run },
      handle: async ({ caller, params, body }) =>
        ok(await runs.decide(caller, idOf(params), body.items, body.decision)),
    }),
    route({
      method: 'post',
      path: '/v1/stop',
      group: 'Runs',
      permission: 'runs.write',
      summary: 'Stops everything: open runs pause, and no call that costs leaves until /v1/start',
      answers: { 200: Type.Object({ paused: Count() }) },
      handle: async ({ caller }) => ok({ paused: await runs.stopAll(caller) }),
    }),
    route({
      method: 'post',
      path: '/v1/start',
      group: 'Runs',
      permission: 'runs.write',
      summary: 'Calls may leave again; runs that were paused wait for their resume',
      answers: { 204: null },
      handle: async ({ caller }) => noContent(runs.startAll(caller)),
    }),
    route({
      method: 'get',
      path: '/v1/budget',
      group: 'Runs',
      permission: 'runs.read',
      summary: 'What everything together may cost today (UTC), and has cost',
      answers: { 200: DayBudget },
      handle: async ({ caller }) => ok(await runs.dayBudget(caller)),
    }),
    route({
      method: 'put',
      path: '/v1/budget',
      group: 'Runs',
      permission: 'budget.write',
      summary: 'Sets what everything together may cost on one day',
      body: Type.Object({ budget: DayBudget.properties.budget }, { additionalProperties: false }),
      answers: { 200: DayBudget },
      handle: async ({ caller, body }) => ok(await runs.dayBudget(caller, body.budget)),
    }),
  ]
}

/** A whole run as a file is told of, however many are in it. */
const wholeRun = Infinity

const rowsShownTo = async function* (caller: Caller, rows: AsyncIterable<ResultRow>): AsyncGenerator<ResultRow> {
  const isMasked = !may(caller, 'personal.read')
  for await (const row of rows) yield isMasked ? maskedRow(row) : row
}

const maskedRow = ({ item, status, input, outputs, reason, error, passedBy }: ResultRow): ResultRow => {
  const whole = maskedBy(RowShape, { item, status, input, outputs, reason, error, passedBy })
  return whole as ResultRow
}

const RowShape = Type.Object({ ...ResultOf(Type.Unknown()).properties, input: MapOf(Type.Unknown()) })

const summaries = {
  cancel:
    'Stops a run for good: no new call; what is under way is still fetched, what is done stays, what had no turn ' +
    'is pending',
  pause: 'Stops a run until it is resumed',
  retry: 'Tries the failed items again; a cancelled run goes on with those that are pending',
}

const DayBudget = Type.Object(
  {
    budget: Type.Union([Type.Number({ minimum: 0, maximum: 1_000_000 }), Type.Null()], {
      description: 'US dollars a day; null: no bound',
    }),
    spent: Count({ description: 'Micro-USD today; in mode test made up' }),
    open: Type.Boolean({ description: 'False: everything is stopped' }),
  },
  { $id: 'DayBudget' },
)

/** The first rows, and how many there are in all. */
const sampled = async (
  source: AsyncIterable<Row> | Iterable<Row>,
): Promise<{ rows: { item: number; input: unknown; problem?: string }[]; total: number }> => {
  const rows: { item: number; input: unknown; problem?: string }[] = []
  let total = 0
  for await (const row of source) {
    if (total < mostLooked) rows.push({ item: total, ...row })
    total++
  }
  return { rows, total }
}

/** A waited-for call. */
export const BlockAnswer = Type.Object({
  run: Run,
  mode: Run.properties.mode,
  results: Results.properties.results,
  usage: Usage,
})
export interface BlockAnswer<Output = unknown> extends Omit<Static<typeof BlockAnswer>, 'results'> {
  results: Result<Output>[]
}

/** "30s" as milliseconds, at most 50 s. */
export const waitOf = (wait: string | undefined): number => Math.min(50, Number.parseInt(wait ?? '0', 10)) * 1000

export const idOf = (params: Record<string, string>): string => {
  if (!params.id) throw new HubError('invalid_input', 'The id is missing.')
  return params.id
}

export const idempotencyKeyOf = (header: string | string[] | undefined): string | undefined => {
  const key = Array.isArray(header) ? header[0] : header
  if (key && key.length > 255) throw new HubError('invalid_input', 'The Idempotency-Key is longer than 255 characters.')
  return key || undefined
}
