import { Readable, pipeline } from 'node:stream'
import { CsvError, parse, type Parser } from 'csv-parse'
import { HubError } from '../../contracts/errors.ts'
import { delimiterOf, endOfLine, headerOf, isQuoted, nameOfColumn } from './header.ts'
import { isTooLarge, largerThanRows, largestRow, mostColumns, rowOf, tooLarge, type Row } from './limits.ts'
import { namesOf, namingOf, requireColumns } from './naming.ts'
import { requireNeeded } from './needs.ts'
import type { FileShape } from './readRows.ts'
import { notThisEncoding, type Text } from './text.ts'

/** The header line is looked for in this much of the beginning. */
const headerSize = 1024 * 1024

interface Heading {
  readonly columns: readonly string[]
  readonly sources: readonly { readonly name: string; readonly at: number }[]
  /** For each column, the names under which it goes into the items. */
  readonly names: string[][]
}

/**
 * The rows of a CSV file below its header. A row without any value is passed over but counted, as a spreadsheet shows
 * it.
 * @throws HubError invalid_input when the file as a whole cannot be read, with the row where that shows
 */
export const csvRows = async function* (text: Text, shape: Omit<FileShape, 'type'>): AsyncGenerator<Row> {
  const { line, lineEnd, pieces } = await withFirstLine(text)
  const delimiter = delimiterOf(line)
  // Quotes inside a value (5" pipe, "Bob" Smith) are taken as they stand. Each row's cells are counted below.
  const parser = parse({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    ltrim: true,
    max_record_size: largestRow,
  })
  let heading: Heading | undefined
  let row = 0
  let items = 0
  for await (const cells of recordsOf(pieces, parser, text)) {
    row++
    if (!heading) {
      heading = headingOf(cells, shape)
      const quoted = isQuoted(line, delimiter)
      shape.onForm?.({
        type: 'csv',
        marked: text.marked(),
        delimiter,
        lineEnd,
        quoted,
        header: line,
        columns: heading.names,
      })
      continue
    }
    if (cells.length > mostColumns) {
      items++
      yield rowOf({}, [cellsOf(row, cells.length, heading)])
      continue
    }
    if (cells.every((cell) => cell.trim() === '')) continue
    items++
    yield itemOf(cells, row, heading)
  }
  if (items === 0)
    throw new HubError(
      'invalid_input',
      heading ? 'The file has a header and no rows below it.' : 'The file is empty.',
      {
        advice: 'Send a file with a header row and one row for each item.',
      },
    )
}

const headingOf = (cells: readonly string[], { fields, map, needs = [] }: Omit<FileShape, 'type'>): Heading => {
  const columns = headerOf(cells)
  requireColumns(columns, map)
  const sources = namingOf(fields, map)(columns)
  requireNeeded(needs, columns, new Set(sources.map(({ name }) => name)))
  const places = new Map(columns.map((column, at) => [column, at]))
  return {
    columns,
    sources: sources.map(({ name, column }) => ({ name, at: places.get(column) ?? -1 })),
    names: namesOf(columns, sources),
  }
}

const cellsOf = (row: number, cells: number, { columns }: Pick<Heading, 'columns'>): string =>
  `Row ${row} has ${cells} ${cells === 1 ? 'cell' : 'cells'}, the header has ${columns.length}.`

const itemOf = (cells: string[], row: number, { columns, sources }: Heading): Row => {
  const problems: string[] = []
  if (cells.length !== columns.length) problems.push(cellsOf(row, cells.length, { columns }))
  const read = cells.map((cell, at) => {
    if (!isTooLarge(cell)) return cell
    problems.push(tooLarge(row, columns[at] ?? nameOfColumn(at)))
    return ''
  })
  const named = sources.filter(({ at }) => at < read.length).map(({ name, at }): [string, unknown] => [name, read[at]])
  const surplus = read
    .slice(columns.length)
    .map((cell, at): [string, unknown] => [nameOfColumn(columns.length + at), cell])
  return rowOf(Object.fromEntries([...named, ...surplus]), problems)
}

/** Every record's cells, the header's first. What the parser cannot go on from becomes an error that says the row. */
const recordsOf = async function* (
  pieces: AsyncIterable<Buffer>,
  parser: Parser,
  text: Text,
): AsyncGenerator<string[]> {
  const records: AsyncIterable<string[]> = parser
  let since = 0
  /** The parser counts what stands in cells: of empty ones it would take any number. */
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      since += piece.length
      if (since > 2 * largestRow)
        throw new HubError('invalid_input', `Row ${parser.info.records + 1} ${largerThanRows}.`, {
          advice: 'Look whether it is one row: a line break may be missing. Correct it and send the file again.',
        })
      yield piece
    }
  }
  // The callback is needed to be told nothing: what goes wrong destroys the parser, whose loop below throws it.
  pipeline(Readable.from(counted(), { highWaterMark: 1 }), parser, () => undefined)
  try {
    for await (const record of records) {
      since = 0
      // The last record before a wrong byte is half a one, and the file is refused as a whole.
      if (text.fault() === undefined) yield record
    }
  } catch (error) {
    throw error instanceof CsvError ? refusal(error, parser.info.records + 1, text) : error
  }
  const fault = text.fault()
  if (fault !== undefined) throw notThisEncoding(fault, parser.info.records)
}

const refusal = (error: CsvError, row: number, text: Text): unknown => {
  const fault = text.fault()
  if (fault !== undefined) return notThisEncoding(fault, row)
  const advice =
    `Look at row ${row}: a quotation mark that begins a value needs one that ends it. Correct it and ` +
    'send the file again.'
  if (error.code === 'CSV_QUOTE_NOT_CLOSED')
    return new HubError('invalid_input', `A quotation mark in row ${row} is never closed.`, { advice, cause: error })
  if (error.code === 'CSV_MAX_RECORD_SIZE')
    return new HubError('invalid_input', `Row ${row} ${largerThanRows}, or a quotation mark in it is never closed.`, {
      advice,
      cause: error,
    })
  return error
}

/** The first line, read ahead to see what separates its cells and ends it, and all pieces from the beginning. */
const withFirstLine = async (text: Text): Promise<{ line: string; lineEnd: string; pieces: AsyncIterable<Buffer> }> => {
  const rest = text.pieces[Symbol.asyncIterator]()
  const read: Buffer[] = []
  let beginning = ''
  // One more than the line: its end may be of two signs.
  while (!hasLineEnd(beginning) && beginning.length < headerSize) {
    const next = await rest.next()
    if (next.done) break
    read.push(next.value)
    beginning += next.value.toString()
  }
  const end = endOfLine(beginning)
  const lineEnd = /^(\r\n|\r|\n)/.exec(beginning.slice(end))?.[0] ?? '\n'
  return {
    line: end < 0 ? beginning : beginning.slice(0, end),
    lineEnd: end < 0 ? '\n' : lineEnd,
    pieces: joined(read, rest, text),
  }
}

const hasLineEnd = (text: string): boolean => {
  const end = endOfLine(text)
  return end >= 0 && end + 1 < text.length
}

/** In place of a wrong byte stands a sign, so that its row counts even if it is the first of it. */
const joined = async function* (first: Buffer[], rest: AsyncIterator<Buffer>, text: Text): AsyncGenerator<Buffer> {
  try {
    yield* first.splice(0)
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
    if (text.fault() !== undefined) yield Buffer.from('\ufffd')
  } finally {
    await rest.return?.()
  }
}
