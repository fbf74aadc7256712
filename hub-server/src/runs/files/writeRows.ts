import { stringify } from 'csv-stringify/sync'
import type { Result } from '../../contracts/result.ts'
import { flat, type Cell } from './flat.ts'
import { harmless } from './formula.ts'

/** A result with the item that it is about. */
export type ResultRow = Result & { readonly input: Record<string, unknown> }

/** What became of the item; they stand last, and those of an earlier run in the input give way to them. */
const outcomeColumns = ['result.status', 'result.reason', 'result.error', 'result.advice'] as const

/** Rows that are put into text at once. */
const batch = 200

/**
 * The columns of a CSV file of these results, in one pass: the inputs', then the outputs' with dots
 * (`emailChecks.isRole`), then what became of the item. Kept in memory are the names alone.
 */
export const columnsOf = async (results: AsyncIterable<ResultRow>): Promise<string[]> => {
  const inputs = new Set<string>()
  const outputs = new Set<string>()
  for await (const { input, outputs: given } of results) {
    for (const column of flat(input).keys()) inputs.add(column)
    for (const output of given) for (const column of flat(output).keys()) outputs.add(column)
  }
  const all = inputs.union(outputs)
  for (const column of outcomeColumns) all.delete(column)
  return [...all, ...outcomeColumns]
}

/**
 * Results as CSV: one row for each output with its item's values, one for an item without outputs. It begins with a byte
 * order mark, without which Excel garbles every letter that is not English. A value that a spreadsheet would take for a
 * formula gets a ' in front.
 * @param columns of the file, as {@link columnsOf} gives them; what is not among them is left out
 */
export const csvOf = async function* (results: AsyncIterable<ResultRow>, columns: readonly string[]): AsyncGenerator<string> {
  const lines: string[][] = [columns.map(harmless)]
  const text = (): string => stringify(lines.splice(0), { quoted_match: /^\s/ })
  yield `\ufeff${text()}`
  for await (const result of results) {
    for (const cells of rowsOf(result)) lines.push(columns.map((column) => written(cells.get(column))))
    if (lines.length >= batch) yield text()
  }
  if (lines.length > 0) yield text()
}

/** Results as JSON lines: one object for each output with its item's values, and `result` says what became of the item. */
export const jsonLinesOf = async function* (results: AsyncIterable<ResultRow>): AsyncGenerator<string> {
  for await (const { input, outputs, status, reason, error, raw } of results) {
    const result = { status, reason, error: error?.message, advice: error?.advice, raw }
    const carried = Object.fromEntries(Object.entries(input).filter(([name]) => !isOutcome(name)))
    const lines = objectsOf(outputs).map((output) => `${JSON.stringify({ ...carried, ...output, result })}\n`)
    yield lines.join('')
  }
}

const rowsOf = ({ input, outputs, status, reason, error }: ResultRow): Map<string, Cell>[] => {
  const outcome: [string, Cell][] = [
    ['result.status', status],
    ['result.reason', reason],
    ['result.error', error?.message],
    ['result.advice', error?.advice],
  ]
  const carried = flat(input)
  return objectsOf(outputs).map((output) => new Map([...carried, ...flat(output), ...outcome]))
}

/** An item without outputs still has its row. */
const objectsOf = (outputs: readonly unknown[]): object[] => (outputs.length === 0 ? [{}] : outputs.map((output) => (isPlain(output) ? output : { output })))

const isPlain = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

const isOutcome = (name: string): boolean => outcomeColumns.some((column) => column === name)

const written = (cell: Cell): string => (cell === undefined || cell === null ? '' : harmless(String(cell)))
