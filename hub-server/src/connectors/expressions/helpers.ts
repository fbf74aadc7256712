import { createHash, createHmac } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import type { Lexicon } from './expression.ts'

type Values = Record<string, unknown>

/**
 * The functions that connectors have beside JSONata's own; documented in docs/writing-a-connector.md. Each gives
 * nothing for nothing, as JSONata's own do.
 */
export const helpersFor = ({ maps, tables }: Lexicon): Readonly<Record<string, (...given: unknown[]) => unknown>> => ({
  md5: (text) => (text === undefined ? undefined : createHash('md5').update(String(text)).digest('hex')),
  sha256: (text) => (text === undefined ? undefined : createHash('sha256').update(String(text)).digest('hex')),
  hmac: (algorithm, key, text, encoding) =>
    createHmac(String(algorithm), String(key))
      .update(String(text))
      .digest(encoding === 'base64' ? 'base64' : 'hex'),

  /** A CSV file's rows, each a map by the names of its header. A row may have fewer cells. */
  csv: (text) =>
    typeof text === 'string'
      ? parse<Values>(text, { columns: true, bom: true, trim: true, relax_column_count: true, skip_empty_lines: true })
      : undefined,

  /** JSON within a text, as its value; nothing for what is not JSON. */
  json: (text) => {
    try {
      return typeof text === 'string' ? (JSON.parse(text) as unknown) : undefined
    } catch (thrown) {
      if (thrown instanceof SyntaxError) return undefined
      throw thrown
    }
  },

  /** The vendor's word → ours: $table('verdict', status). Nothing for a word that the table does not have. */
  table: (name, word) => {
    const table = known(tables, name, 'table')
    return typeof word === 'string' && Object.hasOwn(table, word) ? table[word] : undefined
  },

  /** Our fields → the vendor's: $theirs(fields, 'contact'). Fields that the map does not have are left out. */
  theirs: (ours, name) => {
    if (!isValues(ours)) return undefined
    const theirs: Values = {}
    for (const [ourName, entry] of Object.entries(known(maps, name, 'map'))) {
      const value = at(ours, ourName)
      if (value === undefined || value === null) continue
      const { path, values } = entryOf(entry)
      put(theirs, path, values && typeof value === 'string' && Object.hasOwn(values, value) ? values[value] : value)
    }
    return theirs
  },

  /** Names of our fields that the map does not have, and so are not written: $unmapped(fields, 'contact'). */
  unmapped: (ours, name) => {
    const map = known(maps, name, 'map')
    return isValues(ours) ? Object.keys(ours).filter((field) => !Object.hasOwn(map, field)) : undefined
  },

  /** The vendor's fields → ours: $ours(properties, 'contact'). */
  ours: (theirs, name) => {
    if (!isValues(theirs)) return undefined
    const ours: Values = {}
    for (const [ourName, entry] of Object.entries(known(maps, name, 'map'))) {
      const { path, values } = entryOf(entry)
      const value = at(theirs, path)
      if (value === undefined || value === null || value === '') continue
      const back = values && Object.entries(values).find(([, their]) => their === value)?.[0]
      put(ours, ourName, back ?? value)
    }
    return ours
  },
})

const entryOf = (entry: Lexicon['maps'][string][string]): { path: string; values?: Record<string, string> } =>
  typeof entry === 'string' ? { path: entry } : { path: entry.name, ...(entry.values && { values: entry.values }) }

const known = <Entry>(all: Readonly<Record<string, Entry>>, name: unknown, what: string): Entry => {
  const found = typeof name === 'string' && Object.hasOwn(all, name) ? all[name] : undefined
  if (found === undefined)
    throw new Error(`there is no ${what} "${String(name)}"; there are: ${Object.keys(all).join(', ') || 'none'}`)
  return found
}

const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** a.b[0].c as its parts. */
const partsOf = (path: string): string[] => path.replace(/\[(\d+)\]/g, '.$1').split('.')

/** The value under the name itself, else by walking the dots. */
const at = (values: Values, path: string): unknown => {
  if (Object.hasOwn(values, path)) return values[path]
  let value: unknown = values
  for (const part of partsOf(path)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = Reflect.get(value, part)
  }
  return value
}

/** What the part of a path is put into: what is there, else a list for a position and a map for a name. */
const holderOf = (part: string, there: unknown): object => {
  if (typeof there === 'object' && there !== null) return there
  return /^\d+$/.test(part) ? [] : {}
}

const put = (values: Values, path: string, value: unknown): void => {
  const parts = partsOf(path)
  let target: object = values
  for (const [position, part] of parts.entries()) {
    if (part === '__proto__') throw new Error('a field may not be called __proto__')
    const next = parts[position + 1]
    if (next === undefined) {
      Reflect.set(target, part, value)
      return
    }
    const inner: unknown = Object.hasOwn(target, part) ? Reflect.get(target, part) : undefined
    const holder = holderOf(next, inner)
    Reflect.set(target, part, holder)
    target = holder
  }
}
