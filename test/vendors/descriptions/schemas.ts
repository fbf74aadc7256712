import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { isMap, listIn, mapIn, textIn } from './maps.ts'

/**
 * What is wrong with a value, each with the place in it; none when it fits. `body`: what was asked, where the value is
 * its answer.
 */
export type Judge = (value: unknown, body?: unknown) => { at: string; message: string }[]

/** Judges by the place of a schema in the document, as it is written. */
export interface Schemas {
  /** Names that the schema has never heard of are let pass. */
  readonly open: (place: readonly string[]) => Judge
  /** A field that the schema does not name is wrong: vendors ignore what is misspelt. */
  readonly closed: (place: readonly string[]) => Judge
  /** As open, for texts of a query: "7" is a number. */
  readonly query: (place: readonly string[]) => Judge
  /** As closed, for texts of a form. */
  readonly form: (place: readonly string[]) => Judge
}

const partOf = (whole: unknown, name: string): unknown => {
  if (Array.isArray(whole)) return whole[Number(name)]
  return isMap(whole) ? whole[name] : undefined
}

/** A part of the document and where it stands, behind a $ref too. */
export const followed = (document: unknown, place: readonly string[]): { value: unknown; place: readonly string[] } => {
  const value = place.reduce(partOf, document)
  const target = textIn(value, '$ref')
  return target?.startsWith('#/') === true ? followed(document, placeOf(target)) : { value, place }
}

const placeOf = (pointer: string): string[] =>
  pointer
    .slice(2)
    .split('/')
    .map((piece) => decodeURIComponent(piece).replaceAll('~1', '/').replaceAll('~0', '~'))

/** Whether a schema says which fields an object has, here or in its branches: only then is another field wrong. */
const namesFields = (document: unknown, schema: unknown, seen: readonly unknown[] = []): boolean => {
  if (!isMap(schema) || seen.includes(schema)) return false
  const inner = (one: unknown): boolean => namesFields(document, one, [...seen, schema])
  const target = textIn(schema, '$ref')
  if (target?.startsWith('#/') === true && inner(followed(document, placeOf(target)).value)) return true
  if (Object.keys(mapIn(schema, 'properties')).length > 0 || listIn(schema, 'allOf').some(inner)) return true
  return [listIn(schema, 'anyOf'), listIn(schema, 'oneOf')].some((ways) => ways.length > 0 && ways.every(inner))
}

/**
 * A document with every schema in it as AJV understands it; `closed`: where a schema is used (not where it is a branch
 * of another one, which names further fields) nothing but what it names may be.
 */
const rewritten = (document: unknown, closed: boolean): unknown => {
  const used = (value: unknown): unknown => {
    const schema = one(value)
    return closed && isMap(schema) && schema.additionalProperties === undefined && namesFields(document, value)
      ? { ...schema, unevaluatedProperties: false }
      : schema
  }
  const one = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(one)
    if (!isMap(value)) return value
    const inner = Object.entries(value).map(([key, part]): [string, unknown] => {
      if (key === 'properties' && isMap(part))
        return [key, Object.fromEntries(Object.entries(part).map(([name, schema]) => [name, used(schema)]))]
      if (['items', 'additionalProperties', 'schema'].includes(key)) return [key, used(part)]
      return [key, one(part)]
    })
    return anyOfAlike(closedAsAWhole(withNull(Object.fromEntries(inner))))
  }
  return one(document)
}

/** OpenAPI 3.0 may say that a choice is nullable without naming null among its values; JSON Schema may not. */
const withNull = (schema: Record<string, unknown>): Record<string, unknown> => {
  const nullable = schema.nullable === true || listIn(schema, 'type').includes('null')
  return nullable && Array.isArray(schema.enum) ? { ...schema, enum: [...(schema.enum as unknown[]), null] } : schema
}

/**
 * A part of allOf that forbids other fields forbids those of the other parts, and nothing would ever fit: the whole is
 * what is meant.
 */
const closedAsAWhole = (schema: Record<string, unknown>): Record<string, unknown> => {
  const parts = listIn(schema, 'allOf')
  if (parts.length < 2 || !parts.some((part) => isMap(part) && part.additionalProperties === false)) return schema
  return {
    ...schema,
    allOf: parts.map((part) =>
      isMap(part) && part.additionalProperties === false ? { ...part, additionalProperties: undefined } : part,
    ),
    unevaluatedProperties: false,
  }
}

/**
 * Objects none of which demands a field overlap: that exactly one of them fits can never hold, and any is what is
 * meant.
 */
const anyOfAlike = (schema: Record<string, unknown>): Record<string, unknown> => {
  const { oneOf, ...rest } = schema
  const ways = listIn(schema, 'oneOf')
  const demandsNothing = (way: unknown): boolean =>
    textIn(way, 'type') === 'object' && listIn(way, 'required').length === 0
  return ways.length > 1 && ways.every(demandsNothing) ? { ...rest, anyOf: oneOf } : schema
}

const pointer = (place: readonly string[]): string =>
  place.map((name) => `/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')

/** The schemas of an OpenAPI 3.1 document, $ref and all; each is compiled when it is first asked for. */
export const createSchemas = (document: unknown): Schemas => {
  const judges = (closed: boolean, coerceTypes: false | 'array') => {
    const id = 'https://descriptions.example/document.json'
    let ready: Ajv2020 | undefined
    const opened = (): Ajv2020 => {
      // Vendors' documents are not flawless themselves (a number's default of ""): they are taken as they are.
      const ajv = new Ajv2020({
        strict: false,
        allErrors: true,
        validateSchema: false,
        logger: false,
        coerceTypes,
        allowUnionTypes: true,
      })
      addFormats.default(ajv)
      // No format of JSON Schema's: it would refuse linkedin.com/in/ada.
      ajv.addFormat('url', true)
      const whole = rewritten(document, closed)
      if (!isMap(whole)) throw new Error('An OpenAPI document is a map.')
      ajv.addSchema(whole, id)
      return ajv
    }
    const known = new Map<string, Judge>()
    return (place: readonly string[]): Judge =>
      (value) => {
        const $ref = `${id}#${pointer(place)}`
        const judge = known.get($ref) ?? compiled((ready ??= opened()), $ref)
        known.set($ref, judge)
        return judge(value)
      }
  }
  return {
    open: judges(false, false),
    closed: judges(true, false),
    query: judges(false, 'array'),
    form: judges(true, 'array'),
  }
}

const compiled = (ajv: Ajv2020, $ref: string): Judge => {
  const validate = ajv.compile({ $ref })
  // A copy, because texts are turned into what they stand for in it.
  return (value) =>
    validate(structuredClone(value))
      ? []
      : (validate.errors ?? []).map(({ instancePath, message, params }) => ({
          at: instancePath,
          message: `${message} ${JSON.stringify(params)}`,
        }))
}
