export type Cell = string | number | boolean | null | undefined

/** For programs: who said each field. They would fill a spreadsheet, and stand in the JSON of the same results. */
const observations = 'observations'

/**
 * A value's fields as cells by their path: `{emailChecks: {isRole: true}}` is `emailChecks.isRole`. A list of plain
 * values is one cell, separated by “; ”; any other list is JSON. What is no object stands under `output`.
 */
export const flat = (value: unknown): Map<string, Cell> => {
  const cells = new Map<string, Cell>()
  const add = (path: string, part: unknown): void => {
    if (isCell(part)) cells.set(path, part)
    else if (path === observations && Array.isArray(part) && !part.every(isCell)) return
    else if (Array.isArray(part)) cells.set(path, part.every(isCell) ? part.join('; ') : JSON.stringify(part))
    else if (typeof part === 'object')
      for (const [name, inner] of Object.entries(part ?? {})) add(path === '' ? name : `${path}.${name}`, inner)
  }
  add(isCell(value) || Array.isArray(value) ? 'output' : '', value)
  return cells
}

const isCell = (value: unknown): value is Cell =>
  value === undefined || value === null || ['string', 'number', 'boolean'].includes(typeof value)
