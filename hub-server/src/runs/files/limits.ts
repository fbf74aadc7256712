import { HubError } from '../../contracts/errors.ts'
import { itemBounds } from '../../contracts/item-bounds.ts'

const megabyte = 1024 * 1024

/** Bytes. Larger values are left out, larger rows refused: one row must not fill the memory, nor hold up all else. */
export const largestCell = megabyte
export const largestRow = 8 * megabyte
/** Columns of a file that comes in: each is a field of the items. */
export const mostColumns = itemBounds.fields
/** Of a column. */
const longestName = 1_000

/** One row of a file: what becomes the item, and what is wrong with it, in a sentence for a person. */
export interface Row {
  input: Record<string, unknown>
  problem?: string
}

export const rowOf = (input: Record<string, unknown>, problems: readonly string[]): Row =>
  problems.length === 0 ? { input } : { input, problem: problems.join(' ') }

export const tooLarge = (row: number, column: string): string =>
  `Row ${row} holds more than 1 MB under “${column}”; that value was left out.`

/** Completes “Row 3 …”. */
export const largerThanRows = `is larger than ${largestRow / megabyte} MB`

export const isTooLarge = (text: string): boolean =>
  text.length > largestCell || (text.length > largestCell / 3 && Buffer.byteLength(text) > largestCell)

const shown = (count: number): string => count.toLocaleString('en')

/** @throws HubError invalid_input for more columns, or longer names, than items may have */
export const requireFewColumns = (names: readonly string[]): void => {
  if (names.length > mostColumns)
    throw new HubError(
      'invalid_input',
      `The file has ${shown(names.length)} columns; at most ${shown(mostColumns)} are read.`,
      { advice: 'Leave out the columns that are not needed and send the file again.' },
    )
  const at = names.findIndex((name) => name.length > longestName)
  if (at >= 0)
    throw new HubError('invalid_input', `The name of column ${at + 1} is longer than ${longestName} characters.`, {
      advice: 'Is the first row the header? If so, give the column a shorter name; if not, add a header above it.',
    })
}
