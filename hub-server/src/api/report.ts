import { Type } from 'typebox'
import type { Scope } from '../contracts/scope.ts'
import { HubError } from '../contracts/errors.ts'
import { ReportRow, type ReportBy } from '../gateway/report.ts'
import { ok, route, type Route } from './route.ts'

const dayMs = 86_400_000
const Day = Type.Optional(Type.String({ format: 'date', description: 'UTC, e.g. 2026-11-21' }))

export const reportRoutes = (report: (scope: Scope, by: ReportBy, within: { from: Date; to: Date; run?: string }) => Promise<ReportRow[]>): Route[] => [
  route({
    method: 'get',
    path: '/v1/report',
    group: 'Runs',
    summary: 'Calls, hits, misses, kept answers, money and time, by run, service or day; the last 30 days where none are named',
    query: Type.Object({
      by: Type.Unsafe<ReportBy>({ type: 'string', enum: ['run', 'connector', 'day'], default: 'connector' }),
      from: Day,
      to: Day,
      run: Type.Optional(Type.String()),
    }),
    answers: { 200: Type.Object({ rows: Type.Array(ReportRow) }) },
    handle: async ({ holder, query }) => {
      const to = query.to === undefined ? new Date(Date.now() + dayMs) : new Date(Date.parse(query.to) + dayMs)
      const from = query.from === undefined ? new Date(to.getTime() - 31 * dayMs) : new Date(query.from)
      if (from >= to) throw new HubError('invalid_input', '“from” is later than “to”.', { advice: 'Swap them.' })
      return ok({ rows: await report(holder, query.by, { from, to, ...(query.run !== undefined && { run: query.run }) }) })
    },
  }),
]
