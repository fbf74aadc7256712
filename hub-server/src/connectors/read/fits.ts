import type { TSchema } from 'typebox'
import { problemsOf } from '../../contracts/validate.ts'

const copies = new WeakMap<TSchema, TSchema>()

/**
 * The first thing that is wrong with a value; null when it fits. Fills in defaults.
 * Schemas are checked without their $id: AJV refuses one that it has met inside another before.
 */
export const misfit = (schema: TSchema, value: unknown): { path: string; message: string } | null => {
  let copy = copies.get(schema)
  if (!copy) {
    copy = JSON.parse(JSON.stringify(schema, (key, part: unknown) => (key === '$id' ? undefined : part))) as TSchema
    copies.set(schema, copy)
  }
  return problemsOf(copy, value)[0] ?? null
}
