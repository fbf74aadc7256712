import type { Clock } from './clock.ts'

/** What a CRM holds: the vendor's own fields, with what every record has. */
export interface StoredRecord {
  readonly id: string
  readonly object: string
  readonly fields: Readonly<Record<string, unknown>>
  /** Milliseconds since 1970, by the vendors' clock. */
  readonly createdAt: number
  readonly updatedAt: number
  /** Rises with each change in the account: no two changes share one. */
  readonly version: number
  readonly deleted: boolean
}

export interface Records {
  /** Creates a record, or lays the given fields over those of the record with this id. */
  put(object: string, fields: Readonly<Record<string, unknown>>, id?: string | number): StoredRecord
  get(object: string, id: string | number): StoredRecord | undefined
  /** The records whose fields equal all given ones (text in any case), in the order of their creation. */
  find(object: string, fields?: Readonly<Record<string, unknown>>): StoredRecord[]
  /** The same, as the vendor's search knows it: what was created less than the lag ago is not found yet. */
  search(object: string, fields?: Readonly<Record<string, unknown>>): StoredRecord[]
  /** The records in which the field has a value. */
  having(object: string, field: string): StoredRecord[]
  /** What changed after a moment, dropped ones too, oldest change first. */
  since(object: string, moment: number): StoredRecord[]
  drop(object: string, id: string | number): boolean
}

/** Beyond it the oldest record of an object goes: the sandbox must not fill the memory. */
export const recordsKept = 20_000

const nothing = 'null'
const comparable = (value: unknown): string =>
  typeof value === 'string' ? value.trim().toLowerCase() : JSON.stringify(value ?? null)

interface Shelf {
  readonly records: Map<string, StoredRecord>
  /** field → value → ids: made when a field is first asked for, kept up to date after. */
  readonly indexes: Map<string, Map<string, Set<string>>>
}

/**
 * The records of one account.
 * @param lag how long the vendor's search does not find what was created, milliseconds
 */
export const createRecords = (clock: Clock, lag: () => number = () => 0): Records => {
  const shelves = new Map<string, Shelf>()
  let lastId = 1000
  let version = 0

  const shelfOf = (object: string): Shelf => {
    const known = shelves.get(object)
    if (known) return known
    const fresh = { records: new Map(), indexes: new Map() }
    shelves.set(object, fresh)
    return fresh
  }

  const enter = (index: Map<string, Set<string>>, value: string, id: string): void => {
    const ids = index.get(value)
    if (ids) ids.add(id)
    else index.set(value, new Set([id]))
  }

  const leave = (shelf: Shelf, record: StoredRecord): void => {
    for (const [field, index] of shelf.indexes) {
      const value = comparable(record.fields[field])
      const ids = index.get(value)
      ids?.delete(record.id)
      if (ids?.size === 0) index.delete(value)
    }
  }

  const store = (shelf: Shelf, record: StoredRecord): StoredRecord => {
    const before = shelf.records.get(record.id)
    if (before && !before.deleted) leave(shelf, before)
    shelf.records.set(record.id, record)
    if (!record.deleted)
      for (const [field, index] of shelf.indexes) enter(index, comparable(record.fields[field]), record.id)
    const oldest = shelf.records.values().next()
    if (shelf.records.size > recordsKept && !oldest.done) {
      leave(shelf, oldest.value)
      shelf.records.delete(oldest.value.id)
    }
    return record
  }

  const indexOf = (shelf: Shelf, field: string): Map<string, Set<string>> => {
    const known = shelf.indexes.get(field)
    if (known) return known
    const fresh = new Map<string, Set<string>>()
    for (const record of shelf.records.values())
      if (!record.deleted) enter(fresh, comparable(record.fields[field]), record.id)
    shelf.indexes.set(field, fresh)
    return fresh
  }

  const find: Records['find'] = (object, fields) => {
    const shelf = shelfOf(object)
    const wanted = Object.entries(fields ?? {})
    const [first] = wanted
    const candidates = first
      ? [...(indexOf(shelf, first[0]).get(comparable(first[1])) ?? [])].flatMap((id) => shelf.records.get(id) ?? [])
      : [...shelf.records.values()]
    return candidates.filter(
      (record) =>
        !record.deleted && wanted.every(([field, value]) => comparable(record.fields[field]) === comparable(value)),
    )
  }

  return {
    put(object, fields, given) {
      const shelf = shelfOf(object)
      const id = String(given ?? ++lastId)
      const before = shelf.records.get(id)
      const kept = before && !before.deleted ? before : undefined
      const now = clock.now()
      return store(shelf, {
        id,
        object,
        fields: { ...kept?.fields, ...fields },
        createdAt: kept?.createdAt ?? now,
        updatedAt: now,
        version: ++version,
        deleted: false,
      })
    },
    get(object, id) {
      const record = shelfOf(object).records.get(String(id))
      return record?.deleted ? undefined : record
    },
    find,
    search: (object, fields) => find(object, fields).filter(({ createdAt }) => createdAt + lag() <= clock.now()),
    having(object, field) {
      const shelf = shelfOf(object)
      const ids = [...indexOf(shelf, field)].flatMap(([value, ids]) => (value === nothing ? [] : [...ids]))
      return ids.flatMap((id) => shelf.records.get(id) ?? [])
    },
    since: (object, moment) =>
      [...shelfOf(object).records.values()]
        .filter((record) => record.updatedAt > moment)
        .sort((a, b) => a.version - b.version),
    drop(object, id) {
      const shelf = shelfOf(object)
      const record = shelf.records.get(String(id))
      if (!record || record.deleted) return false
      store(shelf, { ...record, deleted: true, updatedAt: clock.now(), version: ++version })
      return true
    },
  }
}
