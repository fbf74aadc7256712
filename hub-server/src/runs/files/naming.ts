import { HubError } from '../../contracts/errors.ts'

/** Under which name a column's value goes into the item. */
export interface Source {
  readonly name: string
  readonly column: string
}

/**
 * Says for a file's columns what each is taken for: what `map` says ({field: column}); else the field whose name is the
 * same when case, spaces, dashes and underscores are ignored; else its own name. A column whose own name a mapped one
 * has taken is kept as “email (original)”.
 * The function throws HubError invalid_input when two columns fit one field equally well.
 */
export const namingOf = (
  fields: readonly string[],
  map: Readonly<Record<string, string>> = {},
): ((columns: readonly string[]) => Source[]) => {
  const known = new Map(fields.map((field) => [normal(field), field]))
  const mapped = Object.entries(map).map(([field, column]): Source => ({
    name: known.get(normal(field)) ?? field,
    column: column.trim(),
  }))
  const isMapped = new Set(mapped.map(({ name }) => name))
  const spoken = new Set(mapped.map(({ column }) => column))
  return (columns) => {
    const free = columns.filter((column) => !spoken.has(column))
    const fitting = Map.groupBy(free, (column) => known.get(normal(column)))
    const taken = [...mapped]
    for (const [field, candidates] of fitting)
      if (field !== undefined && !isMapped.has(field)) taken.push({ name: field, column: bestOf(field, candidates) })
    const names = new Set(taken.map(({ name }) => name))
    return columns.flatMap((column) => {
      const sources = taken.filter((source) => source.column === column)
      return sources.length > 0 ? sources : [{ name: names.has(column) ? `${column} (original)` : column, column }]
    })
  }
}

/** For each column, the names under which it goes into the items. */
export const namesOf = (columns: readonly string[], sources: readonly Source[]): string[][] =>
  columns.map((column) => sources.filter((source) => source.column === column).map(({ name }) => name))

/** @throws HubError invalid_input when `map` names a column that is not there */
export const requireColumns = (columns: readonly string[], map: Readonly<Record<string, string>> = {}): void => {
  const missing = Object.entries(map).filter(([, column]) => !columns.includes(column.trim()))
  if (missing.length === 0) return
  const said = missing.map(([field, column]) => `“${column}” (for ${field})`).join(', ')
  throw new HubError(
    'invalid_input',
    `The file has no column ${said}. Its columns are: ${columns.slice(0, 100).join(', ')}.`,
    {
      advice: 'Correct the mapping: each field is given the name of a column as it stands in the file.',
    },
  )
}

const bestOf = (field: string, candidates: readonly string[]): string => {
  const [first = field, second] = candidates
  if (second === undefined || candidates.includes(field)) return second === undefined ? first : field
  throw new HubError('invalid_input', `Two columns could be the field ${field}: “${first}” and “${second}”.`, {
    advice: `Say which one is meant by a mapping of ${field}, or rename one of them.`,
  })
}

const normal = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '')
