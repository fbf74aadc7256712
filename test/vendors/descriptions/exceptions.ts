import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Problem } from './check.ts'
import { listIn, textIn } from './maps.ts'

/** Where the vendor's description is wrong, and the vendor's own page that says so. */
export interface Exception {
  readonly connector: string
  /** e.g. POST /people/match, or "*" for every call. */
  readonly call: string
  /** As in a {@link Problem}, with * for a position in a list. */
  readonly at: string
  readonly reason: string
  readonly page: string
  /** The name under which an answer holds what is described: that part is judged, not the whole. */
  readonly within?: string
}

const content: unknown = parse(readFileSync(new URL('exceptions.yaml', import.meta.url), 'utf8'))

const text = (entry: unknown, name: string): string => {
  const value = textIn(entry, name)
  if (value === undefined) throw new Error(`exceptions.yaml: "${name}" is missing in ${JSON.stringify(entry)}`)
  return value
}

export const exceptions: readonly Exception[] = listIn(content, 'exceptions').map((entry) => ({
  connector: text(entry, 'connector'),
  call: text(entry, 'call'),
  at: text(entry, 'at'),
  reason: text(entry, 'reason'),
  page: text(entry, 'page'),
  ...(textIn(entry, 'within') !== undefined && { within: text(entry, 'within') }),
}))

/** The exception that says where in a call's answers what is described stands. */
export const withinFor = (connector: string, call: string): Exception | undefined =>
  exceptions.find((one) => one.connector === connector && one.call === call && one.within !== undefined)

/** The exception that a problem falls under. */
export const exceptionFor = (connector: string, problem: Problem): Exception | undefined =>
  exceptions.find(
    (one) =>
      one.connector === connector &&
      one.within === undefined &&
      (one.call === '*' || one.call === problem.call) &&
      one.at === problem.at.replace(/\/\d+(?=\/|$)/g, '/*'),
  )
