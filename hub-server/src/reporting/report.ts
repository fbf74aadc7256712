import { sql } from 'kysely'
import { Type, type Static } from 'typebox'
import { Count, Id, Real } from '../contracts/bounded.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'

export const ReportRow = Type.Object({
  connector: Type.Optional(Id()),
  operation: Type.Optional(Id()),
  day: Type.Optional(Type.String({ format: 'date', maxLength: 10 })),
  calls: Count(),
  items: Count({ description: 'Items asked about in these calls' }),
  hits: Count({ description: 'Items that the service had something for' }),
  misses: Count(),
  cached: Count({ description: 'Answers that were there already and cost nothing' }),
  price: Count({
    description: 'Micro-USD; calls that never ended at their highest price. In mode test made up',
  }),
  seconds: Real({ description: 'Of waiting for the service' }),
})
/** What is the report's by the run is the run's id here: whoever shows it looks the run up. */
export type ReportRow = Static<typeof ReportRow> & { readonly runId?: string }

export type ReportBy = 'run' | 'connector' | 'day'
type ReportGroup = 'runId' | 'connector' | 'operation' | 'day'

const columns: Record<ReportBy, string> = {
  run: `run as "runId"`,
  connector: `connector, operation`,
  day: `to_char(sent_at at time zone 'UTC', 'YYYY-MM-DD') as day`,
}

/** What a row's sums are of; calls outside a run have no run's id. */
const groupOf = (row: Record<string, unknown>, by: ReportBy): Pick<ReportRow, ReportGroup> => {
  if (by === 'connector') return { connector: String(row.connector), operation: String(row.operation) }
  if (by === 'day') return { day: String(row.day) }
  return typeof row.runId === 'string' ? { runId: row.runId } : {}
}

/** Calls, answers and money out of the ledger, summed by run, by connector or by day (UTC). `to` is the last day. */
export const readReport = async (
  db: Db,
  scope: Scope,
  by: ReportBy,
  within: { from: Date; to: Date; run?: string },
): Promise<ReportRow[]> => {
  const { rows } = await sql<Record<string, unknown>>`
    select ${sql.raw(columns[by])},
      count(*) filter (where state <> 'cached') as calls,
      coalesce(sum(items) filter (where state <> 'cached'), 0) as items,
      coalesce(sum(hits), 0) as hits,
      coalesce(sum(items) filter (where state = 'settled'), 0) - coalesce(sum(hits) filter (where state = 'settled'),
      0) as misses,
      coalesce(sum(items) filter (where state = 'cached'), 0) as cached,
      coalesce(sum(price), 0) as price,
      coalesce(sum(extract(epoch from settled_at - sent_at)) filter (where state <> 'cached'), 0) as seconds
    from ledger
    where workspace = ${scope.workspace} and mode = ${scope.mode} and sent_at >= ${within.from} and sent_at <
    ${within.to}
      ${within.run === undefined ? sql`` : sql`and run = ${within.run}`}
    group by ${sql.raw(by === 'connector' ? '1, 2' : '1')} order by 1 limit 1000`.execute(db)
  return rows.map((row) => ({
    ...groupOf(row, by),
    calls: Number(row.calls),
    items: Number(row.items),
    hits: Number(row.hits),
    misses: Number(row.misses),
    cached: Number(row.cached),
    price: Number(row.price),
    seconds: Math.round(Number(row.seconds) * 10) / 10,
  }))
}
