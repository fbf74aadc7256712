import type { TSchema } from 'typebox'
import { isOpenField } from './open-fields.ts'
import { scrubbed } from './scrub.ts'

/** Stands where a value would. */
export const masked = '•••'

/**
 * What a schema says of a field beside its type: `x-personal`, that it tells who somebody is; `x-plain`, that it never
 * does, whatever it holds; `x-named`, that it is personal or not by the name that stands beside it, in that field;
 * `x-site`, that it is the address of a page.
 */
export interface Shown {
  readonly 'x-personal'?: boolean
  readonly 'x-plain'?: boolean
  readonly 'x-named'?: string
  /** An address of a page: in its path somebody's name may stand. */
  readonly 'x-site'?: boolean
}

type Schema = TSchema & Shown

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * An answer as somebody may see it who may not see personal data: what its schema calls personal is masked, and so is
 * whatever no schema tells of, but for fields that are known to tell of nobody. What is masked in one place is taken
 * out of the sentences beside it, too.
 */
export const maskedBy = (schema: TSchema, value: unknown): unknown => {
  const secrets = new Set<string>()
  const shown = bySchema(schema, value, secrets)
  return scrubbed(shown, secrets)
}

const bySchema = (schema: Schema, value: unknown, secrets: Set<string>): unknown => {
  if (value === null || value === undefined) return value
  if (schema['x-personal']) return hidden(value, secrets)
  if (schema['x-plain']) return value
  if (schema['x-site']) return siteOf(String(value))
  if (Array.isArray(value)) {
    const items = itemsOf(schema)
    return value.map((one) => (items ? bySchema(items, one, secrets) : freely(one, secrets)))
  }
  if (isMap(value)) return mapBySchema(schema, value, secrets)
  // A text, number or yes that a schema tells of, and does not call personal.
  return hasType(schema) ? value : freely(value, secrets)
}

const mapBySchema = (schema: Schema, value: Record<string, unknown>, secrets: Set<string>): unknown => {
  const properties = propertiesOf(schema)
  const values = valuesOf(schema)
  if (!properties && !values) return freely(value, secrets)
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      const about: Schema | undefined = properties?.[name] ?? values
      if (about?.['x-named'] !== undefined) return [name, byName(String(value[about['x-named']]), field, secrets)]
      return [name, about ? bySchema(about, field, secrets) : freelyNamed(name, field, secrets)]
    }),
  )
}

const freely = (value: unknown, secrets: Set<string>): unknown => {
  if (Array.isArray(value)) return value.map((one) => freely(one, secrets))
  if (!isMap(value)) return hidden(value, secrets)
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, freelyNamed(name, field, secrets)]))
}

const freelyNamed = (name: string, field: unknown, secrets: Set<string>): unknown =>
  isMap(field) || Array.isArray(field) ? within(name, field, secrets) : byName(name, field, secrets)

/** A company in it is told of as one; lists of plain values go by the name that they stand under. */
const within = (name: string, field: unknown, secrets: Set<string>): unknown => {
  if (Array.isArray(field)) return field.map((one) => freelyNamed(name, one, secrets))
  if (name !== 'company' || !isMap(field)) return freely(field, secrets)
  return Object.fromEntries(
    Object.entries(field).map(([inner, value]) => [
      inner,
      isMap(value) || Array.isArray(value) ? freely(value, secrets) : byName(`company.${inner}`, value, secrets),
    ]),
  )
}

const byName = (name: string, field: unknown, secrets: Set<string>): unknown => {
  if (isOpenField(name)) return field
  return isMap(field) || Array.isArray(field) ? hideAll(field, secrets) : hidden(field, secrets)
}

const hidden = (value: unknown, secrets: Set<string>): unknown => {
  if (value === null || value === undefined || typeof value === 'boolean') return value
  if (typeof value === 'object') return hideAll(value, secrets)
  const text = String(value)
  if (text === '') return value
  secrets.add(text)
  return masked
}

const hideAll = (value: object, secrets: Set<string>): unknown =>
  Array.isArray(value)
    ? value.map((one) => hidden(one, secrets))
    : Object.fromEntries(Object.entries(value).map(([name, field]) => [name, hidden(field, secrets)]))

const siteOf = (address: string): string => (URL.canParse(address) ? new URL(address).origin : address)

const partOf = (schema: Schema, name: string): unknown => (schema as Record<string, unknown>)[name]

const hasType = (schema: Schema): boolean =>
  ['type', 'enum', 'const', 'anyOf', '$ref'].some((name) => partOf(schema, name) !== undefined)

const itemsOf = (schema: Schema): Schema | undefined => {
  const items = partOf(schema, 'items')
  return isMap(items) ? items : undefined
}

const propertiesOf = (schema: Schema): Record<string, Schema> | undefined => {
  const own = partOf(schema, 'properties')
  const all = [partOf(schema, 'anyOf'), partOf(schema, 'allOf')].flatMap((parts) => (Array.isArray(parts) ? parts : []))
  const parts = all.map((part: Schema) => propertiesOf(part)).filter((part) => part !== undefined)
  if (!isMap(own) && parts.length === 0) return undefined
  return Object.assign({}, ...parts, own) as Record<string, Schema>
}

/** Of a map with names that nobody knows before. */
const valuesOf = (schema: Schema): Schema | undefined => {
  const patterns = partOf(schema, 'patternProperties')
  const [values] = isMap(patterns) ? Object.values(patterns) : []
  return isMap(values) ? values : undefined
}
