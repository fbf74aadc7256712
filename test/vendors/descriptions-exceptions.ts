import { listIn, textIn } from './descriptions-maps.ts'
import type { Problem } from './descriptions-check.ts'
import { tables } from './descriptions-table.ts'

/** Where the vendor's description is wrong, and the vendor's own page that says so. */
export interface Exception {
  readonly connector: string
  /** e.g. POST /people/match, or "*" for every call. */
  readonly call: string
  readonly at: string
  readonly reason: string
  readonly page: string
}

const text = (connector: string, entry: unknown, name: string): string => {
  const value = textIn(entry, name)
  if (value === undefined) throw new Error(`descriptions/${connector}.yaml: "${name}" is missing in ${JSON.stringify(entry)}`)
  return value
}

export const exceptions: readonly Exception[] = Object.entries(tables).flatMap(([connector, table]) =>
  listIn(table, 'exceptions').map((entry) => ({
    connector,
    call: text(connector, entry, 'call'),
    at: text(connector, entry, 'at'),
    reason: text(connector, entry, 'reason'),
    page: text(connector, entry, 'page'),
  })),
)

/** The exception that a problem falls under. */
export const exceptionFor = (connector: string, problem: Problem): Exception | undefined =>
  exceptions.find((one) => one.connector === connector && (one.call === '*' || one.call === problem.call) && one.at === problem.at)
