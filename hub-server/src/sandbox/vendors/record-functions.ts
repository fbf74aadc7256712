import type { Records, StoredRecord } from './records.ts'

const momentOf = (moment: unknown): number => (typeof moment === 'number' ? moment : Date.parse(String(moment)))

const fieldsOf = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : {}

/**
 * The functions by which a sandbox.yaml keeps records, and nothing else:
 * `$put(object, fields, id?)`, `$find(object, id)` → record, `$find(object, {field: value})` → records (all without),
 * `$search(object, {field: value})` → the same as the vendor's search knows them, which may lag behind,
 * `$having(object, field)` → the records in which the field has a value,
 * `$since(object, moment)` → records with dropped ones, `$drop(object, id)` → whether it was there.
 */
export const recordFunctions = (records: Records) => ({
  put: (object: string, fields: unknown, id?: string | number): StoredRecord =>
    records.put(object, fieldsOf(fields), id),
  find: (object: string, by?: unknown): StoredRecord | StoredRecord[] | undefined =>
    typeof by === 'string' || typeof by === 'number' ? records.get(object, by) : records.find(object, fieldsOf(by)),
  search: (object: string, by?: unknown): StoredRecord[] => records.search(object, fieldsOf(by)),
  having: (object: string, field: string): StoredRecord[] => records.having(object, field),
  since: (object: string, moment: unknown): StoredRecord[] => records.since(object, momentOf(moment)),
  drop: (object: string, id: string | number): boolean => records.drop(object, id),
})
