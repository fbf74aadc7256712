import type { INodeProperties } from 'n8n-workflow'
import { fieldsOf, type FieldSchema } from './schema.ts'
import { loadedDescription, wordingOf } from './wording.ts'

/** n8n's words for one field of a form, of which only these are used. */
export type Property = Pick<INodeProperties, 'displayName' | 'name' | 'type'> & {
  default: unknown
  description?: string
  placeholder?: string
  noDataExpression?: boolean
  required?: boolean
  typeOptions?: Record<string, unknown>
  displayOptions?: { show: Record<string, string[]> }
  options?: (
    | Property
    | { name: string; value: string; action?: string }
    | { displayName: string; name: string; values: Property[] }
  )[]
}

/** A field of the item: what the incoming item has of this name, unless the person says otherwise. */
export const itemProperty = (name: string, schema: FieldSchema): Property => ({
  ...wordingOf(name, schema),
  type: 'string',
  default: `={{ $json.${name} }}`,
})

/** An option's field: several of one name where another option decides what it lists, of which n8n shows one. */
export const optionProperties = (name: string, schema: FieldSchema): Property[] => {
  const hint = schema['x-form']
  if (hint?.kind !== 'providers' || typeof hint.capability === 'string') return [optionProperty(name, schema)]
  const { option, of } = hint.capability
  return [...Map.groupBy(Object.keys(of), (value) => of[value] ?? '')].map(([capability, values]) =>
    shownFor({ [option]: values }, providersProperty(name, schema, capability)),
  )
}

/** The field, hidden unless the other options have one of these values. */
export const shownFor = (values: Record<string, string[]> | undefined, property: Property): Property => {
  if (!values) return property
  const { default: _default, ...before } = property
  return {
    ...before,
    displayOptions: { show: { ...property.displayOptions?.show, ...values } },
    default: property.default,
  }
}

/** In a collection, a field of the node itself is named with a slash. */
export const seenFromCollection = (property: Property): Property => {
  if (!property.displayOptions) return property
  const show = Object.fromEntries(
    Object.entries(property.displayOptions.show).map(([name, values]) => [`/${name}`, values]),
  )
  return { ...property, displayOptions: { show } }
}

const optionProperty = (name: string, schema: FieldSchema): Property => {
  const hint = schema['x-form']
  const shown = wordingOf(name, schema)
  switch (hint?.kind) {
    case 'choice':
      return { ...shown, type: 'options', options: labelled(hint.labels, name), default: textOf(schema.default) }
    case 'choices':
      return { ...shown, type: 'multiOptions', options: labelled(hint.labels, name), default: listOf(schema.default) }
    case 'providers':
      if (typeof hint.capability !== 'string')
        throw new Error(`${name} lists what another option decides: a list of rows cannot.`)
      return providersProperty(name, schema, hint.capability)
    case 'mapping':
    case 'rules':
      return rowsProperty(name, schema)
    case 'lines':
      return { ...shown, type: 'string', typeOptions: { rows: 4 }, default: listOf(schema.default).join('\n') }
    case 'json':
      return { ...shown, type: 'json', default: JSON.stringify(schema.default ?? {}) }
    case 'line':
    case undefined:
      return plainProperty(name, schema)
  }
}

const plainProperty = (name: string, schema: FieldSchema): Property => {
  const shown = wordingOf(name, schema)
  if (schema.type === 'boolean') return { ...shown, type: 'boolean', default: schema.default === true }
  if (schema.type !== 'integer' && schema.type !== 'number')
    return { ...shown, type: 'string', default: textOf(schema.default) }
  return {
    ...shown,
    type: 'number',
    typeOptions: {
      ...(schema.minimum !== undefined && { minValue: schema.minimum }),
      ...(schema.maximum !== undefined && { maxValue: schema.maximum }),
      // With a precision, n8n shows 30 as 30.00.
      ...(schema.type === 'integer' && { numberPrecision: 0 }),
    },
    default: typeof schema.default === 'number' ? schema.default : Math.max(0, schema.minimum ?? 0),
  }
}

/** sendMessage.sms → sendMessageSms */
const methodOf = (capability: string): string =>
  capability.replace(/\.(\w)/g, (_dot, first: string) => first.toUpperCase())

/** The method that loads the list is called after the capability. */
const providersProperty = (name: string, schema: FieldSchema, capability: string): Property => ({
  ...wordingOf(name, schema),
  description: loadedDescription(schema),
  displayName:
    schema.type === 'array' ? `${schema.title?.replace(/s$/, '')} Names or IDs` : `${schema.title} Name or ID`,
  type: schema.type === 'array' ? 'multiOptions' : 'options',
  typeOptions: { loadOptionsMethod: methodOf(capability) },
  default: schema.type === 'array' ? listOf(schema.default) : textOf(schema.default),
})

/** A list of rows, each with the fields of the list's schema. */
const rowsProperty = (name: string, schema: FieldSchema): Property => {
  const row = schema.items ?? {}
  const rows = Array.isArray(schema.default) ? schema.default : []
  const columns = fieldsOf(row).map(([column, field]) => ({
    ...(field.anyOf
      ? { ...wordingOf(column, field), type: 'string' as const, default: '' }
      : optionProperty(column, field)),
    ...(row.required?.includes(column) && field.type === 'string' && !field['x-form'] && { required: true }),
  }))
  const singular = (schema.title ?? name).replace(/s$/, '')
  return {
    ...wordingOf(name, schema),
    type: 'fixedCollection',
    placeholder: `Add ${singular.toLowerCase()}`,
    typeOptions: {
      multipleValues: true,
      multipleValueButtonText: `Add ${singular}`,
      sortable: true,
      // A row of two columns fits on a line of n8n's form; of more, each shrinks to nothing.
      ...(columns.length <= 2 && { fixedCollection: { layout: 'inline' } }),
    },
    default:
      rows.length > 0 ? { row: rows.map((one: Record<string, unknown>) => asTyped(one, mixedColumns(schema))) } : {},
    options: [
      {
        displayName: singular,
        name: 'row',
        values: columns,
      },
    ],
  }
}

/** The columns of a list of rows that take text, numbers and truth values alike. */
export const mixedColumns = (schema: FieldSchema): string[] =>
  fieldsOf(schema.items ?? {}).flatMap(([name, field]) => (field.anyOf ? [name] : []))

/** A row as a person would type it: n8n's text field holds text. */
const asTyped = (row: Record<string, unknown>, mixed: string[]) =>
  Object.fromEntries(Object.entries(row).map(([key, value]) => [key, mixed.includes(key) ? String(value) : value]))

const labelled = (labels: Record<string, string>, field: string) =>
  Object.entries(labels)
    .map(([value, name]) => ({
      name,
      value,
      ...(field === 'operation' && { action: `${name[0]}${name.slice(1).toLowerCase()} leads` }),
    }))
    .toSorted((one, other) => one.name.localeCompare(other.name, 'en'))

const textOf = (value: unknown) => (typeof value === 'string' ? value : '')
const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

export const simplifyProperty: Property = {
  displayName: 'Simplify',
  name: 'simplify',
  type: 'boolean',
  description: 'Whether to return a simplified version of the response instead of the raw data',
  default: true,
}

export const withoutResultProperty: Property = {
  displayName: 'Items Without Result',
  name: 'withoutResult',
  type: 'options',
  description: 'What to do with an item for which nothing was found or nothing was to be done',
  options: [
    { name: 'Keep With Reason', value: 'keep' },
    { name: 'Leave Out', value: 'omit' },
  ],
  default: 'keep',
}
