import { Type } from 'typebox'
import { HubError } from '../contracts/errors.ts'
import { ResultOf, Usage } from '../contracts/result.ts'
import { Run } from '../contracts/run.ts'
import type { Runs } from '../runs/runs.ts'
import { ok, route, type Route } from './route.ts'

const Results = Type.Object({
  results: Type.Array(ResultOf(Type.Unknown())),
  next: Type.Optional(Type.String({ description: 'Cursor of the next page; absent on the last' })),
})

const Page = Type.Object({
  cursor: Type.Optional(Type.String({ pattern: '^\\d+$', description: 'From an earlier answer’s next' })),
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 500 }),
})

export const runRoutes = (runs: Runs): Route[] => [
  route({
    method: 'get',
    path: '/v1/runs',
    group: 'Runs',
    summary: 'The latest runs',
    query: Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }) }),
    answers: { 200: Type.Object({ runs: Type.Array(Run) }) },
    handle: async ({ holder, query }) => ok({ runs: await runs.list(holder, query.limit) }),
  }),
  route({
    method: 'get',
    path: '/v1/runs/{id}',
    group: 'Runs',
    summary: 'A run and its progress; waits for its end if asked to',
    query: Type.Object({ wait: Type.Optional(Type.String({ pattern: '^\\d{1,2}s$', description: 'Wait so long for the end, at most 50s' })) }),
    answers: { 200: Run },
    handle: async ({ holder, params, query, signal }) => ok(await runs.get(holder, idOf(params), waitOf(query.wait), signal)),
  }),
  route({
    method: 'get',
    path: '/v1/runs/{id}/results',
    group: 'Runs',
    summary: 'What became of the items, page by page',
    query: Page,
    answers: { 200: Results },
    handle: async ({ holder, params, query }) => ok(await runs.results(holder, idOf(params), Number(query.cursor ?? 0), query.limit)),
  }),
  ...(['cancel', 'retry'] as const).map((action) =>
    route({
      method: 'post',
      path: `/v1/runs/{id}/${action}`,
      group: 'Runs',
      summary: action === 'cancel' ? 'Stops a run; what is done stays' : 'Tries the failed items again',
      answers: { 200: Run },
      handle: async ({ holder, params }) => ok(await runs[action](holder, idOf(params))),
    }),
  ),
]

/** A waited-for call. */
export const BlockAnswer = Type.Object({
  run: Type.String({ description: 'Id of the run' }),
  mode: Run.properties.mode,
  results: Results.properties.results,
  usage: Usage,
})

const waitOf = (wait: string | undefined): number => Math.min(50, Number.parseInt(wait ?? '0', 10)) * 1000

export const idOf = (params: Record<string, string>): string => {
  if (!params.id) throw new HubError('invalid_input', 'The id is missing.')
  return params.id
}
