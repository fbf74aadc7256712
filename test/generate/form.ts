import type { BlockContract } from '../../hub-server/src/contracts/block.ts'
import type { BlockForm, OptionField } from '../../nodes/shared/form.ts'
import {
  itemProperty,
  mixedColumns,
  optionProperties,
  seenFromCollection,
  shownFor,
  simplifyProperty,
  withoutResultProperty,
  type Property,
} from './properties.ts'
import { asField, fieldsOf, typesOf, type FieldSchema } from './schema.ts'
import { simplePaths } from './simple.ts'

/** The shape in which n8n holds what a person filled in, where it is not the hub's own. */
const shapeOf = (schema: FieldSchema): OptionField['shape'] => {
  const kind = schema['x-form']?.kind
  if (kind === 'mapping' || kind === 'rules') return 'rows'
  if (kind === 'json') return 'json'
  if (kind === 'lines' && schema.type === 'array') return 'lines'
  return schema.type === 'array' ? 'list' : 'plain'
}

const takesPlaceholders = ({ 'x-form': hint }: FieldSchema): boolean => hint !== undefined && 'placeholders' in hint

/** A list of rows may be long: what stands below it would not be found. */
const byLength = ([, one]: [string, FieldSchema], [, other]: [string, FieldSchema]): number =>
  Number(shapeOf(one) === 'rows') - Number(shapeOf(other) === 'rows')

/** n8n wants what is added from a menu in alphabetical order. */
const sorted = (properties: Property[]): Property[] =>
  properties.toSorted((one, other) => one.displayName.localeCompare(other.displayName, 'en'))

const fieldOf = ([name, schema]: [string, FieldSchema]): Property =>
  shownFor(schema['x-shown-for'], itemProperty(name, schema))
const optionOf = ([name, schema]: [string, FieldSchema]): Property[] =>
  optionProperties(name, schema).map((property) => shownFor(schema['x-shown-for'], property))

/** What the fields depend on comes before them. */
const decides = (fields: [string, FieldSchema][]): Set<string> =>
  new Set(fields.flatMap(([, schema]) => Object.keys(schema['x-shown-for'] ?? {})))

/** Everything that n8n's node of a block needs to know of it. */
export const formOf = (contract: BlockContract): Omit<BlockForm, 'properties'> & { properties: Property[] } => {
  const item = fieldsOf(asField(contract.item))
  const options = fieldsOf(asField(contract.options))
  const simple = simplePaths(asField(contract.output))
  const isAdvanced = ([, schema]: [string, FieldSchema]) => schema['x-advanced'] === true
  const isBasic = (field: [string, FieldSchema]) => !isAdvanced(field)
  // What to do comes before what to do it with.
  const deciding = decides([...item, ...options])
  const isFirst = ([name]: [string, FieldSchema]) => name === 'operation' || deciding.has(name)
  const first = options.filter(isFirst)
  const rest = options.filter((field) => !isFirst(field))
  return {
    block: contract.id,
    item: item.map(([name, schema]) => ({ name, types: typesOf(schema), advanced: isAdvanced([name, schema]) })),
    options: options.map(([name, schema]) => ({
      name,
      shape: shapeOf(schema),
      advanced: isAdvanced([name, schema]),
      ...(mixedColumns(schema).length > 0 && { mixed: mixedColumns(schema) }),
      ...(takesPlaceholders(schema) && { placeholders: true as const }),
    })),
    ...(simple.length > 0 && { simple }),
    ...(contract.others && { others: fieldsOf(asField(contract.output)).map(([name]) => name) }),
    properties: [
      ...first.flatMap(optionOf).map((property) => ({ ...property, noDataExpression: true })),
      ...item.filter(isBasic).map(fieldOf),
      ...rest.filter(isBasic).toSorted(byLength).flatMap(optionOf),
      {
        displayName: 'Options',
        name: 'options',
        type: 'collection',
        placeholder: 'Add option',
        default: {},
        options: sorted([
          ...item.filter(isAdvanced).map(fieldOf).map(seenFromCollection),
          ...options.filter(isAdvanced).flatMap(optionOf).map(seenFromCollection),
          ...(simple.length > 0 ? [simplifyProperty] : []),
          withoutResultProperty,
        ]),
      },
    ],
  }
}
