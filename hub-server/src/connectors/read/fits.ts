import type { TSchema } from 'typebox'
import { problemsOf } from '../../contracts/validate.ts'

/** The first thing that is wrong with a value; null when it fits. Fills in defaults. */
export const misfit = (schema: TSchema, value: unknown): { path: string; message: string } | null =>
  problemsOf(schema, value)[0] ?? null
