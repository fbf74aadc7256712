import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Static, TSchema } from 'typebox'
import { HubError, mostProblems } from './errors.ts'

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

/**
 * AJV refuses an $id that it has met inside another schema before; here the ids only name the OpenAPI's components.
 * What refers to a component, as a schema within itself, is checked apart by whoever reads it.
 */
const withoutIds = (schema: TSchema): object =>
  JSON.parse(JSON.stringify(schema, (key, part: unknown) => (key === '$id' || key === '$ref' ? undefined : part)))

/** What is wrong with a value, as JSON pointers and sentences; empty when it is right. Fills in defaults. */
export const problemsOf = (schema: TSchema, value: unknown): { path: string; message: string }[] => {
  const validate = validatorOf(schema)
  if (validate(value)) return []
  return (validate.errors ?? [])
    .slice(0, mostProblems)
    .map((error) => ({ path: shortened(error.instancePath) || '/', message: sayingOf(error) }))
}

/** Names come from whoever sends: one of a megabyte would come back. */
const shortened = (name: unknown): string => {
  const text = String(name)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

/** AJV's keywords in words for a person; completes "<field> …". */
const sayingOf = ({ keyword, params, message }: ErrorObject): string => {
  switch (keyword) {
    case 'additionalProperties':
      return `has “${shortened(params.additionalProperty)}”, which is not known here`
    case 'required':
      return `lacks “${String(params.missingProperty)}”`
    case 'type':
      return `must be ${/^[aio]/.test(String(params.type)) ? 'an' : 'a'} ${String(params.type)}`
    case 'enum':
      return `must be one of ${(Array.isArray(params.allowedValues) ? params.allowedValues : []).join(', ')}`
    case 'minLength':
      return params.limit === 1 ? 'is empty' : `is shorter than ${String(params.limit)} characters`
    case 'maxLength':
      return `is longer than ${String(params.limit)} characters`
    case 'maxItems':
      return `has more than ${String(params.limit)} entries`
    case 'maxProperties':
      return `has more than ${String(params.limit)} fields`
    default:
      return message ?? 'is not right'
  }
}

/**
 * The value, typed, if it fits the schema (defaults filled in).
 * @throws HubError invalid_input naming each field that does not.
 */
export const checked = <Schema extends TSchema>(schema: Schema, value: unknown, what: string): Static<Schema> => {
  const fields = problemsOf(schema, value)
  if (fits<Schema>(value, fields)) return value
  const first = fields
    .slice(0, 3)
    .map((field) => (field.path === '/' ? `it ${field.message}` : `${field.path} ${field.message}`))
  throw new HubError('invalid_input', `${what} is not right: ${first.join('; ')}.`, { fields })
}

const fits = <Schema extends TSchema>(_value: unknown, problems: unknown[]): _value is Static<Schema> =>
  problems.length === 0
