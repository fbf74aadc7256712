import type { Summary } from '../contracts/run.ts'
import type { Result } from '../contracts/result.ts'
import { cureOf, type Needs } from './files/needs.ts'

export interface Asked {
  /** What the first block needs of its items. */
  readonly needs: Needs
  /** The field of the last block's outputs whose values are counted. */
  readonly counted?: string
}

/** So many reasons are told apart, and so many are given back. */
const mostReasons = 1000
const shownReasons = 20

type Reason = Summary['reasons'][number]

/**
 * What a run came to: how many outputs, what they say, and why items gave none. Read once, in constant memory.
 * @param rows results with the items they are about, in order
 */
export const summaryOf = async (
  rows: AsyncIterable<Result & { input: Record<string, unknown> }>,
  { needs, counted }: Asked,
): Promise<Summary> => {
  const values = new Map<string, number>()
  const reasons = new Map<string, Reason>()
  let outputs = 0
  let empty = 0
  for await (const row of rows) {
    outputs += row.outputs.length
    if (row.status === 'done' && row.outputs.length === 0) empty++
    if (counted !== undefined) for (const output of row.outputs) count(values, valueAt(output, counted))
    const reason = reasonOf(row, needs)
    if (reason) note(reasons, reason)
  }
  const byNumber = [...values]
    .map(([value, number]) => ({ value, outputs: number }))
    .sort((a, b) => b.outputs - a.outputs)
  return {
    outputs,
    empty,
    ...(counted !== undefined && { counted: { field: counted, values: byNumber } }),
    reasons: [...reasons.values()].sort((a, b) => b.items - a.items).slice(0, shownReasons),
  }
}

const count = (values: Map<string, number>, value: unknown): void => {
  if (typeof value === 'string') values.set(value, (values.get(value) ?? 0) + 1)
}

const note = (reasons: Map<string, Reason>, reason: Reason): void => {
  const key = `${reason.status} ${reason.reason}`
  const known = reasons.get(key)
  if (known) known.items++
  else if (reasons.size < mostReasons) reasons.set(key, reason)
}

const reasonOf = (row: Result & { input: Record<string, unknown> }, needs: Needs): Reason | undefined => {
  const { item, status, outputs, error, input } = row
  if (status === 'pending' || outputs.length > 0) return undefined
  const reason = error?.message ?? row.reason
  if (reason === undefined) return undefined
  const advice = error?.advice ?? (status === 'skipped' ? cureOf(needs, input) : undefined)
  return { status, reason, ...(advice !== undefined && { advice }), items: 1, first: item }
}

const valueAt = (output: unknown, path: string): unknown =>
  path.split('.').reduce((value: unknown, name) => (isRecord(value) ? value[name] : undefined), output)

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
