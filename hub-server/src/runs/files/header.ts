import { HubError } from '../../contracts/errors.ts'
import { requireFewColumns } from './limits.ts'

const delimiters = [',', ';', '\t'] as const

/**
 * What stands most often in the header line outside quotes: comma, semicolon or tab; a comma when there is none of
 * them.
 */
export const delimiterOf = (line: string): string => {
  const outside = line.replace(/"[^"]*("|$)/g, '')
  const counts = delimiters.map((delimiter) => ({ delimiter, count: outside.split(delimiter).length }))
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter
}

/** Whether every cell of the header line stands in quotes. */
export const isQuoted = (line: string, delimiter: string): boolean =>
  line
    .replace(/"[^"]*"/g, '""')
    .split(delimiter)
    .every((cell) => cell.trim().startsWith('"'))

/** Where the first line ends, outside quotes; -1 when it does not end in this text. */
export const endOfLine = (text: string): number => {
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') quoted = !quoted
    else if (!quoted && (character === '\n' || character === '\r')) return at
  }
  return -1
}

/**
 * The columns' names from the first row, trimmed; a column without one is called “Column 3”.
 * @throws HubError invalid_input when the row is no header, names a column twice, or has too many
 */
export const headerOf = (cells: readonly string[]): string[] => {
  const names = cells.map((cell) => cell.trim())
  requireFewColumns(names)
  const data = names.find(isData)
  if (data !== undefined || names.every((name) => name === ''))
    throw new HubError(
      'invalid_input',
      'The first row is no header: ' +
        `${
          data === undefined
            ? 'it is empty'
            : `“${data.slice(0, 100)}” looks like a value, not like the name of ` + 'a column'
        }.`,
      {
        advice: 'Add a row at the top that names each column, e.g. email, first name, company, and send it again.',
      },
    )
  const columns = names.map((name, at) => name || nameOfColumn(at))
  columns.forEach((name, at) => {
    const first = columns.indexOf(name)
    if (first < at)
      throw new HubError('invalid_input', `Two columns are called “${name}”: columns ${first + 1} and ${at + 1}.`, {
        advice: 'Give each column a name of its own and send the file again.',
      })
  })
  return columns
}

export const nameOfColumn = (at: number): string => `Column ${at + 1}`

const isData = (cell: string): boolean =>
  /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(cell) || /^(https?:\/\/|www\.)/i.test(cell) || /^\+?\d+$/.test(cell)
