/** Bytes. Larger values are left out, larger rows refused: one row must not fill the memory. */
export const largestCell = 1024 * 1024
export const largestRow = 32 * 1024 * 1024

/** One row of a file: what becomes the item, and what is wrong with it, in a sentence for a person. */
export interface Row {
  input: Record<string, unknown>
  problem?: string
}

export const rowOf = (input: Record<string, unknown>, problems: readonly string[]): Row =>
  problems.length === 0 ? { input } : { input, problem: problems.join(' ') }

export const tooLarge = (row: number, column: string): string =>
  `Row ${row} holds more than 1 MB under “${column}”; that value was left out.`

export const isTooLarge = (text: string): boolean =>
  text.length > largestCell || (text.length > largestCell / 3 && Buffer.byteLength(text) > largestCell)
