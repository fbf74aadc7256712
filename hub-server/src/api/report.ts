import { Type, type Static } from 'typebox'
import { Id, lengths, ListOf } from '../contracts/bounded.ts'
import type { Scope } from '../contracts/scope.ts'
import { HubError } from '../contracts/errors.ts'
import { Run } from '../contracts/run.ts'
import { ReportRow, type ReportBy } from '../reporting/report.ts'
import type { Runs } from '../runs/runs.ts'
import { ok, route, type Route } from './route.ts'

const dayMs = 86_400_000
const Day = Type.Optional(
  Type.String({ format: 'date', pattern: '^2', maxLength: 10, description: 'UTC, e.g. 2026-11-21' }),
)

type Report = (scope: Scope, by: ReportBy, within: { from: Date; to: Date; run?: string }) => Promise<ReportRow[]>

/** A line of the report, with its run as everywhere. */
export const ShownRow = Type.Object({ run: Type.Optional(Run), ...ReportRow.properties }, { $id: 'ReportRow' })
export type ShownRow = Static<typeof ShownRow>

export const reportRoutes = (report: Report, runs: Runs): Route[] => [
  route({
    method: 'get',
    path: '/v1/report',
    group: 'Runs',
    permission: 'reports.read',
    summary:
      'Calls, hits, misses, kept answers, money and time, by run, service or day; the last 30 days where ' +
      'none are named',
    query: Type.Object({
      by: Type.Unsafe<ReportBy>({ type: 'string', enum: ['run', 'connector', 'day'], default: 'connector' }),
      from: Day,
      to: Day,
      run: Type.Optional(Id()),
    }),
    answers: { 200: Type.Object({ rows: ListOf(ShownRow, { maxItems: lengths.manyEntries }) }) },
    handle: async ({ caller, query }) => {
      const to = query.to === undefined ? new Date(Date.now() + dayMs) : new Date(Date.parse(query.to) + dayMs)
      const from = query.from === undefined ? new Date(to.getTime() - 31 * dayMs) : new Date(query.from)
      if (from >= to) throw new HubError('invalid_input', '“from” is later than “to”.', { advice: 'Swap them.' })
      const rows = await report(caller, query.by, { from, to, ...(query.run !== undefined && { run: query.run }) })
      const named = await runs.named(
        caller,
        rows.flatMap(({ runId }) => runId ?? []),
      )
      const byId = new Map(named.map((run) => [run.id, run]))
      return ok({
        rows: rows.map(({ runId, ...row }) => {
          const run = byId.get(runId ?? '')
          return run ? { run, ...row } : row
        }),
      })
    },
  }),
]
