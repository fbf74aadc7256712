import { table } from '../demo/table.ts'
import type { Mode, ReportRow } from './contract.ts'
import { count, money, span } from './words.ts'

export const groupings = ['run', 'connector', 'day'] as const
export type Grouping = (typeof groupings)[number]

const named: Record<Grouping, { titles: string[]; cells(row: ReportRow): string[] }> = {
  run: { titles: ['Run'], cells: ({ run }) => [run?.id ?? '(none)'] },
  connector: {
    titles: ['Service', 'Operation'],
    cells: ({ connector, operation }) => [connector ?? '(none)', operation ?? ''],
  },
  day: { titles: ['Day'], cells: ({ day }) => [day ?? '(none)'] },
}

const figures = ['calls', 'items', 'hits', 'misses', 'cached', 'price', 'seconds'] as const

/** The report as a table, with a line for the total below several. */
export function reportText(rows: ReportRow[], by: Grouping, mode: Mode): string {
  const { titles, cells } = named[by]
  const lines = rows.map((row) => [...cells(row), ...written(row)])
  if (rows.length > 1) lines.push(['Total', ...titles.slice(1).map(() => ''), ...written(total(rows))])
  const price = mode === 'test' ? 'Price (made up)' : 'Price'
  const text = table(
    [...titles, 'Calls', 'Items', 'Hits', 'Misses', 'Cached', price, 'Waiting'],
    lines,
    [40, 40].slice(0, titles.length),
  )
  return mode === 'test'
    ? `${text}\n\nMode “test”: the sandbox answers and makes the prices up; nothing was paid.`
    : text
}

function written({ calls, items, hits, misses, cached, price, seconds }: ReportRow): string[] {
  return [count(calls), count(items), count(hits), count(misses), count(cached), money(price), span(seconds)]
}

function total(rows: ReportRow[]): ReportRow {
  const sum = { calls: 0, items: 0, hits: 0, misses: 0, cached: 0, price: 0, seconds: 0 }
  for (const row of rows) for (const figure of figures) sum[figure] += row[figure]
  return sum
}
