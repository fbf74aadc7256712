import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Static, TSchema } from 'typebox'
import { HubError } from './errors.ts'

const ajv = new Ajv2020({ allErrors: true, strict: false, useDefaults: true, removeAdditional: false })
addFormats.default(ajv)

const compiled = new WeakMap<TSchema, ValidateFunction>()

const validatorOf = (schema: TSchema): ValidateFunction => {
  const known = compiled.get(schema)
  if (known) return known
  const fresh = ajv.compile(withoutIds(schema))
  compiled.set(schema, fresh)
  return fresh
}

/** AJV refuses an $id that it has met inside another schema before; here the ids only name the OpenAPI's components. */
const withoutIds = (schema: TSchema): object => JSON.parse(JSON.stringify(schema, (key, part: unknown) => (key === '$id' ? undefined : part)))

/** All that is wrong with a value, as JSON pointers and sentences; empty when it is right. Fills in defaults. */
export const problemsOf = (schema: TSchema, value: unknown): { path: string; message: string }[] => {
  const validate = validatorOf(schema)
  if (validate(value)) return []
  return (validate.errors ?? []).map((error) => {
    const allowed: unknown = error.params.allowedValues
    const unknownKey: unknown = error.params.additionalProperty
    const detail = Array.isArray(allowed) ? `: ${allowed.join(', ')}` : unknownKey ? `: ${String(unknownKey)}` : ''
    return { path: error.instancePath || '/', message: `${error.message ?? 'is not right'}${detail}` }
  })
}

/**
 * The value, typed, if it fits the schema (defaults filled in).
 * @throws HubError invalid_input naming each field that does not.
 */
export const checked = <Schema extends TSchema>(schema: Schema, value: unknown, what: string): Static<Schema> => {
  const fields = problemsOf(schema, value)
  if (fits<Schema>(value, fields)) return value
  const first = fields.slice(0, 3).map((field) => `${field.path} ${field.message}`)
  throw new HubError('invalid_input', `${what} is not right: ${first.join('; ')}.`, { fields })
}

const fits = <Schema extends TSchema>(_value: unknown, problems: unknown[]): _value is Static<Schema> => problems.length === 0
