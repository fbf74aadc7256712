import { HubError } from '../../contracts/errors.ts'
import { itemBounds } from '../../contracts/item-bounds.ts'
import { excessOf } from '../../contracts/json-meter.ts'
import { isTooLarge, largerThanRows, largestRow, rowOf, tooLarge, type Row } from './limits.ts'
import { namingOf, requireColumns, type Source } from './naming.ts'
import { requireNeeded } from './needs.ts'
import type { FileShape } from './readRows.ts'
import { notThisEncoding, type Text } from './text.ts'

/** A mapped column must stand in one of so many first rows; any single row may lack it. */
const lookAhead = 100

interface Line {
  readonly row: number
  readonly value?: Record<string, unknown>
  readonly problem?: string
}

/**
 * The rows of a file with one JSON object a line. Blank lines are passed over but counted.
 * @throws HubError invalid_input when the file as a whole cannot be read
 */
export const jsonRows = async function* (text: Text, shape: Omit<FileShape, 'type'>): AsyncGenerator<Row> {
  const { fields, map, onForm } = shape
  const naming = namingOf(fields, map)
  const renamed: Record<string, string> = {}
  let keys = ''
  let sources: Source[] = []
  const itemOf = ({ row, value, problem }: Line): Row => {
    if (!value) return rowOf({}, [problem ?? `Row ${row} is not a JSON object.`])
    const columns = Object.keys(value)
    // Lines mostly have the same keys as the one before.
    if (columns.join('\0') !== keys) {
      keys = columns.join('\0')
      sources = naming(columns)
      for (const { name, column } of sources) if (name !== column) renamed[name] ??= column
    }
    const large = columns.filter((column) => isTooLarge(sizeOf(value[column])))
    const kept = sources
      .filter(({ column }) => !large.includes(column))
      .map(({ name, column }): [string, unknown] => [name, value[column]])
    return rowOf(
      Object.fromEntries(kept),
      large.map((column) => tooLarge(row, column)),
    )
  }

  onForm?.({ type: 'jsonl', renamed })
  let first: Line[] | undefined = []
  let items = 0
  for await (const line of linesOf(text)) {
    items++
    if (!first) yield itemOf(line)
    else if (first.push(line) >= lookAhead) {
      requireKeys(first, shape)
      for (const early of first.splice(0)) yield itemOf(early)
      first = undefined
    }
  }
  if (items === 0)
    throw new HubError('invalid_input', 'The file is empty.', { advice: 'Send a file with one JSON object a line.' })
  if (!first) return
  requireKeys(first, shape)
  for (const early of first) yield itemOf(early)
}

const requireKeys = (lines: readonly Line[], { fields, map, needs = [] }: Omit<FileShape, 'type'>): void => {
  const columns = [...new Set(lines.flatMap(({ value }) => Object.keys(value ?? {}).map((column) => column.trim())))]
  if (columns.length === 0) return
  requireColumns(columns, map)
  const naming = namingOf(fields, map)
  const taken = lines.flatMap(({ value }) => naming(Object.keys(value ?? {})).map(({ name }) => name))
  requireNeeded(needs, columns, new Set(taken))
}

const sizeOf = (value: unknown): string => {
  if (typeof value === 'string') return value
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : ''
}

/**
 * Lines that are not blank, with their numbers from 1. A line over 8 MB is passed over and told as that row's problem.
 */
const linesOf = async function* (text: Text): AsyncGenerator<Line> {
  let row = 1
  let parts: Buffer[] = []
  let size = 0
  const take = (): Line | undefined => {
    const line =
      size > largestRow
        ? { row, problem: `Row ${row} ${largerThanRows} and was left out.` }
        : read(Buffer.concat(parts), row)
    parts = []
    size = 0
    return line
  }
  for await (const piece of text.pieces) {
    let from = 0
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, from)) {
      parts.push(piece.subarray(from, end))
      size += end - from
      const line = take()
      if (line) yield line
      row++
      from = end + 1
    }
    size += piece.length - from
    if (size > largestRow) parts = []
    else parts.push(piece.subarray(from))
  }
  const fault = text.fault()
  if (fault !== undefined) throw notThisEncoding(fault, row)
  const last = take()
  if (last) yield last
}

const read = (bytes: Buffer, row: number): Line | undefined => {
  const line = bytes.toString()
  if (line.trim() === '') return undefined
  const excess = excessOf(bytes, itemBounds)
  if (excess !== undefined) return { row, problem: `Row ${row} ${excess} and was left out.` }
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? { row, value } : { row }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { row, problem: `Row ${row} is not a JSON object: ${error.message}.` }
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
