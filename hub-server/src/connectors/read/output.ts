import type { TSchema } from 'typebox'
import { misfit } from './fits.ts'

/** A value without what says nothing: null, empty text, and maps and lists that have nothing else in them. */
export const withoutEmpty = (value: unknown): unknown => {
  if (value === null || value === '') return undefined
  if (Array.isArray(value)) {
    const kept = value.map(withoutEmpty).filter((one) => one !== undefined)
    return kept.length ? kept : undefined
  }
  if (typeof value === 'object' && value !== undefined) {
    const kept: [string, unknown][] = []
    for (const [key, one] of Object.entries(value)) {
      const clean = withoutEmpty(one)
      if (clean !== undefined) kept.push([key, clean])
    }
    return kept.length ? Object.fromEntries(kept) : undefined
  }
  return value
}

/**
 * One output that a reading gave, made to fit its schema where only form is wrong: empties left out, lists made lists.
 */
export const asOutput = (schema: TSchema, value: unknown): { output: unknown } | { wrong: string } => {
  const output = asDeclared(schema, withoutEmpty(value))
  if (output === undefined) {
    const required: unknown = Reflect.get(schema, 'required')
    return value === undefined || value === null || !Array.isArray(required) || required.length === 0
      ? { output }
      : { wrong: `${required.join(', ')} is not in the answer` }
  }
  const filled =
    typeof output === 'object' && output !== null ? { ...requiredEmpties(schema, value), ...output } : output
  const problem = misfit(schema, filled)
  return problem
    ? { wrong: `${problem.path === '/' ? '' : `${problem.path.slice(1).replaceAll('/', '.')} `}${problem.message}` }
    : { output: filled }
}

/** Required maps and lists stay, even with nothing in them (a record without any field). */
const requiredEmpties = (schema: TSchema, value: unknown): Record<string, unknown> => {
  const required: unknown = Reflect.get(schema, 'required')
  const kept: Record<string, unknown> = {}
  if (typeof value !== 'object' || value === null || !Array.isArray(required)) return kept
  for (const name of required) {
    const given: unknown = typeof name === 'string' ? Reflect.get(value, name) : undefined
    if (typeof name === 'string' && typeof given === 'object' && given !== null)
      kept[name] = Array.isArray(given) ? [] : {}
  }
  return kept
}

/** What a service says at too great length is cut off, for the rest was paid for. */
const upTo = <Long extends { slice: (from: number, to: number) => Long; length: number }>(
  most: unknown,
  long: Long,
): Long => (typeof most === 'number' && long.length > most ? long.slice(0, most) : long)

const asDeclared = (schema: unknown, value: unknown): unknown => {
  if (typeof schema !== 'object' || schema === null || value === undefined) return value
  const type: unknown = Reflect.get(schema, 'type')
  if (type === 'array') {
    const items: unknown = Reflect.get(schema, 'items')
    const all: unknown[] = Array.isArray(value) ? value : [value]
    return upTo(Reflect.get(schema, 'maxItems'), all).map((one) => asDeclared(items, one))
  }
  if (typeof value === 'string') return upTo(Reflect.get(schema, 'maxLength'), value).toWellFormed()
  const properties: unknown = Reflect.get(schema, 'properties')
  if (
    type !== 'object' ||
    typeof properties !== 'object' ||
    properties === null ||
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value)
  )
    return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]: [string, unknown]) => [key, asDeclared(Reflect.get(properties, key), one)]),
  )
}
