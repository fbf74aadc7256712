import type { BlockContract, FormHint } from '../../hub-server/src/contracts/block.ts'

/** What of a JSON Schema a form is made from. */
export interface FieldSchema {
  type?: string
  title?: string
  description?: string
  default?: unknown
  examples?: unknown[]
  enum?: string[]
  minimum?: number
  maximum?: number
  properties?: Record<string, FieldSchema>
  required?: string[]
  items?: FieldSchema
  anyOf?: FieldSchema[]
  'x-form'?: FormHint
  'x-advanced'?: boolean
  'x-shown-for'?: Record<string, string[]>
}

/** A TypeBox schema is a JSON Schema; its type says less than that. */
export const asField = (schema: BlockContract['item'] | BlockContract['output']): FieldSchema => schema

/** Name and schema of each property, in the contract's order. */
export const fieldsOf = (schema: FieldSchema): [string, FieldSchema][] => Object.entries(schema.properties ?? {})

/** The JSON types that a value may have. */
export const typesOf = (schema: FieldSchema): string[] =>
  schema.anyOf ? schema.anyOf.flatMap(typesOf) : [schema.type === 'integer' ? 'number' : (schema.type ?? 'object')]
