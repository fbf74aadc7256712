import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { isMap } from './descriptions-maps.ts'

/** What is wrong with a value, each with the place in it; none when it fits. */
export type Judge = (value: unknown) => { at: string; message: string }[]

export interface Schemas {
  /** By the place of a schema in the document, as it is written: names it has never heard of are let pass. */
  readonly open: (place: readonly string[]) => Judge
  /** The same, but a field that the schema does not name is wrong: vendors ignore what is misspelt. */
  readonly closed: (place: readonly string[]) => Judge
}

const branches = ['allOf', 'anyOf', 'oneOf']

/** OpenAPI 3.0's own words in those of JSON Schema 2020-12: nullable, and a limit that is excluded. */
const modern = (schema: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const { nullable, minimum, maximum, ...rest } = schema
  return {
    ...rest,
    ...(nullable !== undefined && nullable !== true && nullable !== false && { nullable }),
    ...(nullable === true && typeof rest.type === 'string' && { type: [rest.type, 'null'] }),
    ...(nullable === true && Array.isArray(rest.enum) && { enum: [...(rest.enum as unknown[]), null] }),
    ...(rest.exclusiveMinimum === true ? { exclusiveMinimum: minimum } : minimum !== undefined && { minimum }),
    ...(rest.exclusiveMaximum === true ? { exclusiveMaximum: maximum } : maximum !== undefined && { maximum }),
  }
}

/** A document with every schema in it rewritten; `branch` is part of another schema, which names further fields. */
const rewritten = (value: unknown, closed: boolean, branch = false): unknown => {
  if (Array.isArray(value)) return value.map((one: unknown) => rewritten(one, closed, branch))
  if (!isMap(value)) return value
  const inner = Object.fromEntries(Object.entries(modern(value)).map(([key, one]) => [key, rewritten(one, closed, branches.includes(key))]))
  const narrowed = closed && !branch && value.type === 'object' && isMap(value.properties) && value.additionalProperties === undefined
  return narrowed ? { ...inner, additionalProperties: false } : inner
}

const pointer = (place: readonly string[]): string => place.map((name) => `/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')

/** The schemas of an OpenAPI document, $ref and all; each is compiled when it is first asked for. */
export const createSchemas = (document: unknown): Schemas => {
  const judges = (closed: boolean) => {
    // Vendors' documents are not flawless themselves (a number's default of ""): they are taken as they are.
    const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, logger: false })
    addFormats.default(ajv)
    const id = 'https://descriptions.example/document.json'
    const whole = rewritten(document, closed)
    if (!isMap(whole)) throw new Error('An OpenAPI document is a map.')
    ajv.addSchema(whole, id)
    const known = new Map<string, Judge>()
    return (place: readonly string[]): Judge => {
      const $ref = `${id}#${pointer(place)}`
      const judge = known.get($ref)
      if (judge) return judge
      const validate = ajv.compile({ $ref })
      const fresh: Judge = (value) => (validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message, params }) => ({ at: instancePath, message: `${message} ${JSON.stringify(params)}` })))
      known.set($ref, fresh)
      return fresh
    }
  }
  return { open: judges(false), closed: judges(true) }
}
