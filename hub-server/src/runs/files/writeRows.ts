import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { HubError } from '../../contracts/errors.ts'
import type { CsvForm, FileForm } from '../../contracts/file-form.ts'
import type { Result } from '../../contracts/result.ts'
import { flat, type Cell } from './flat.ts'
import { harmless } from './formula.ts'

/** A result with the item that it is about. */
export type ResultRow = Result & { readonly input: Record<string, unknown> }

/** What became of the item; they stand last, but where an earlier run has put them. */
const outcomeColumns = ['result.status', 'result.reason', 'result.error', 'result.advice'] as const

/** Cells that are put into text at once. */
const batch = 10_000

/**
 * As many as Excel opens:
 * https://support.microsoft.com/en-us/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3
 */
const mostColumns = 16_384

/** A file that spreadsheets open as it is: without the mark, Excel garbles every letter that is not English. */
const ownForm: CsvForm = {
  type: 'csv',
  marked: true,
  delimiter: ',',
  lineEnd: '\n',
  quoted: false,
  header: '',
  columns: [],
}

/**
 * The columns of a CSV file of these results beside those of the file that came in, in one pass: the inputs', then the
 * outputs' with dots (`emailChecks.isRole`), then what became of the item. Kept in memory are the names alone.
 * @throws HubError unsupported for more than a spreadsheet opens
 */
export const columnsOf = async (
  results: AsyncIterable<ResultRow>,
  { columns }: CsvForm = ownForm,
): Promise<string[]> => {
  const inputs = new Set<string>()
  const outputs = new Set<string>()
  for await (const { input, outputs: given } of results) {
    for (const column of flat(input).keys()) inputs.add(column)
    for (const output of given) for (const column of flat(output).keys()) outputs.add(column)
    if (inputs.size + outputs.size > 2 * mostColumns) throw tooManyColumns()
  }
  const ours = inputs.union(outputs)
  for (const column of outcomeColumns) ours.delete(column)
  if (ours.size > mostColumns) throw tooManyColumns()
  return [...ours.difference(new Set(columns.flat())), ...new Set(outcomeColumns).difference(new Set(columns.flat()))]
}

const tooManyColumns = (): HubError =>
  new HubError(
    'unsupported',
    `These results have more than ${mostColumns} different fields: no spreadsheet opens them.`,
    {
      advice: 'Read them as JSON lines (results.jsonl).',
    },
  )

/**
 * Results as CSV: one row for each output with its item's values, one for an item without outputs. The columns of the
 * file that came in stay as they were, and so does how it was written. A value that a spreadsheet would take for a
 * formula gets a ' in front.
 * @param columns beside those of the form, as {@link columnsOf} gives them; what is not among them is left out
 */
export const csvOf = async function* (
  results: AsyncIterable<ResultRow>,
  columns: readonly string[],
  form: CsvForm = ownForm,
): AsyncGenerator<string> {
  const { marked, delimiter, lineEnd, quoted } = form
  const places = [...form.columns.map(([name = '']) => name), ...columns]
  const text = (rows: string[][]): string =>
    stringify(rows, { delimiter, record_delimiter: lineEnd, quoted, quoted_empty: quoted, quoted_match: /^\s|[\r\n]/ })
  yield `${marked ? '\ufeff' : ''}${headerOf(form, columns, text)}`
  const lines: string[][] = []
  for await (const result of results) {
    for (const cells of rowsOf(result)) lines.push(places.map((place) => written(cells.get(place))))
    if (lines.length * places.length >= batch) yield text(lines.splice(0))
  }
  if (lines.length > 0) yield text(lines)
}

/** The header line that came in, to the letter, and ours behind it. */
const headerOf = (
  { header, columns: given, delimiter, lineEnd }: CsvForm,
  columns: readonly string[],
  text: (rows: string[][]) => string,
): string => {
  const ours = columns.length === 0 ? lineEnd : text([columns.map(harmless)])
  return given.length === 0
    ? ours
    : `${harmlessHeader(header, delimiter)}${columns.length === 0 ? '' : delimiter}${ours}`
}

/** A cell that a spreadsheet would run is the one thing that is changed. */
const harmlessHeader = (header: string, delimiter: string): string => {
  const cells: string[][] = parse(header, { delimiter, relax_quotes: true, ltrim: true })
  const isHarmless = cells.flat().every((cell) => harmless(cell) === cell)
  return isHarmless
    ? header
    : stringify(
        cells.map((row) => row.map(harmless)),
        { delimiter, eof: false },
      )
}

/**
 * Results as JSON lines: one object for each output with its item's values, under the names that they had in the file
 * that came in, and `result` says what became of the item.
 */
export const jsonLinesOf = async function* (
  results: AsyncIterable<ResultRow>,
  form?: FileForm,
): AsyncGenerator<string> {
  const renamed = form?.type === 'jsonl' ? form.renamed : {}
  for await (const { input, outputs, status, reason, error, raw } of results) {
    const result = { status, reason, error: error?.message, advice: error?.advice, raw }
    const carried = Object.fromEntries(Object.entries(input).filter(([name]) => !isOutcome(name)))
    const lines = objectsOf(outputs).map(
      (output) => `${JSON.stringify({ ...asGiven({ ...carried, ...output }, renamed), result })}\n`,
    )
    yield lines.join('')
  }
}

/** A name that another value has already is not given a second time. */
const asGiven = (
  values: Record<string, unknown>,
  renamed: Readonly<Record<string, string>>,
): Record<string, unknown> => {
  const nameOf = (name: string): string => {
    const given = Object.hasOwn(renamed, name) ? renamed[name] : undefined
    const isTaken = given !== undefined && Object.hasOwn(values, given) && !Object.hasOwn(renamed, given)
    return given === undefined || isTaken ? name : given
  }
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [nameOf(name), value]))
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
const objectsOf = (outputs: readonly unknown[]): object[] =>
  outputs.length === 0 ? [{}] : outputs.map((output) => (isPlain(output) ? output : { output }))

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isOutcome = (name: string): boolean => outcomeColumns.some((column) => column === name)

const written = (cell: Cell): string => (cell === undefined || cell === null ? '' : harmless(String(cell)))
