import type { BlockShape } from '../../hub-server/src/api/blocks.ts'
import type { Run } from '../../hub-server/src/contracts/run.ts'

/**
 * What `./hub run` and `./hub report` know of the hub's REST door: the hub's own types, and types only, so that the
 * launcher starts in a checkout in which nothing is installed yet.
 */
export type { ShownRow as ReportRow } from '../../hub-server/src/api/report.ts'
export type { Problem as HubProblem } from '../../hub-server/src/contracts/errors.ts'
export type { Estimate, Summary } from '../../hub-server/src/contracts/run.ts'
export type { Mode } from '../../hub-server/src/contracts/scope.ts'
export type { Run }

/** What is read of an option's JSON Schema; the hub's type says only that it is one. */
export type OptionSchema = { type?: string; enum?: unknown[] }
export type Block = Pick<BlockShape, 'id' | 'name'> & {
  item: { properties?: Record<string, unknown> }
  options: { properties?: Record<string, OptionSchema> }
}

/** Items that have come to an end, however it was: the `seen` of a long poll. */
export function finished({ items }: Run): number {
  return items.done + items.skipped + items.failed + items.uncertain
}
