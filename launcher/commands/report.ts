import { readArguments, readPort } from '../arguments.ts'
import type { ReportRow } from '../lists/contract.ts'
import { findHub } from '../lists/find-hub.ts'
import { groupings, reportText, type Grouping } from '../lists/report.ts'
import { askHub } from '../lists/rest.ts'
import { dataFolder } from '../paths.ts'
import { misuse } from '../problem.ts'
import { say } from '../screen.ts'

const options = {
  by: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  live: { type: 'boolean' },
  json: { type: 'boolean' },
  port: { type: 'string' },
  data: { type: 'string' },
} as const

/** `./hub report`: what the calls to services came to. With `--json` the last line is a JSON object. */
export async function report(args: string[], stop: AbortSignal): Promise<number> {
  const { values } = readArguments(args, options)
  const by = readGrouping(values.by ?? 'connector')
  const from = readDay('from', values.from)
  const to = readDay('to', values.to)
  if (from !== undefined && to !== undefined && from > to) throw misuse(`--from ${from} is after --to ${to}.`)
  const mode = values.live ? 'live' : 'test'
  const port = readPort('port', values.port)
  const { door } = await findHub(dataFolder(values.data), port, mode, stop)
  const { rows } = await askHub<{ rows: ReportRow[] }>(
    door,
    'The report',
    '/v1/report',
    { query: { by, from, to } },
    stop,
  )
  if (values.json) say(JSON.stringify({ mode, madeUp: mode === 'test', by, rows }))
  else
    say(rows.length === 0 ? `No calls to services in mode “${mode}”${within(from, to)}.` : reportText(rows, by, mode))
  return 0
}

function readGrouping(given: string): Grouping {
  const known = groupings.find((one) => one === given)
  if (known === undefined) throw misuse(`--by takes ${groupings.join(', ')}, not “${given}”.`)
  return known
}

/** A day as 2026-11-30. */
function readDay(option: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  const day = new Date(`${value}T00:00:00Z`)
  const isDay = !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === value
  if (!isDay) throw misuse(`--${option} takes a day such as 2026-11-30, not “${value}”.`)
  return value
}

function within(from: string | undefined, to: string | undefined): string {
  return `${from === undefined ? '' : ` from ${from}`}${to === undefined ? '' : ` to ${to}`}`
}
