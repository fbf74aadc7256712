import type { BlockContract } from '../../hub-server/src/contracts/block.ts'
import type { BlockForm, OptionField } from '../../nodes/shared/form.ts'
import { itemProperty, mixedColumns, optionProperty, simplifyProperty, withoutResultProperty, type Property } from './properties.ts'
import { asField, fieldsOf, typesOf, type FieldSchema } from './schema.ts'
import { simplePaths } from './simple.ts'

/** The shape in which n8n holds what a person filled in, where it is not the hub's own. */
const shapeOf = (schema: FieldSchema): OptionField['shape'] => {
  const kind = schema['x-form']?.kind
  if (kind === 'mapping' || kind === 'rules') return 'rows'
  if (kind === 'json') return 'json'
  return schema.type === 'array' ? 'list' : 'plain'
}

/** A list of rows may be long: what stands below it would not be found. */
const byLength = ([, one]: [string, FieldSchema], [, other]: [string, FieldSchema]): number =>
  Number(shapeOf(one) === 'rows') - Number(shapeOf(other) === 'rows')

/** n8n wants what is added from a menu in alphabetical order. */
const sorted = (properties: Property[]): Property[] =>
  properties.toSorted((one, other) => one.displayName.localeCompare(other.displayName, 'en'))

/** Everything that n8n's node of a block needs to know of it. */
export const formOf = (contract: BlockContract): Omit<BlockForm, 'properties'> & { properties: Property[] } => {
  const item = fieldsOf(asField(contract.item))
  const options = fieldsOf(asField(contract.options))
  const simple = simplePaths(asField(contract.output))
  const isAdvanced = ([, schema]: [string, FieldSchema]) => schema['x-advanced'] === true
  const isBasic = (field: [string, FieldSchema]) => !isAdvanced(field)
  // What to do comes before what to do it with.
  const first = options.filter(([name]) => name === 'operation')
  const rest = options.filter(([name]) => name !== 'operation')
  return {
    block: contract.id,
    item: item.map(([name, schema]) => ({ name, types: typesOf(schema), advanced: isAdvanced([name, schema]) })),
    options: options.map(([name, schema]) => ({
      name,
      shape: shapeOf(schema),
      advanced: isAdvanced([name, schema]),
      ...(mixedColumns(schema).length > 0 && { mixed: mixedColumns(schema) }),
    })),
    ...(simple.length > 0 && { simple }),
    properties: [
      ...first.map(([name, schema]) => ({ ...optionProperty(name, schema), noDataExpression: true })),
      ...item.filter(isBasic).map(([name, schema]) => itemProperty(name, schema)),
      ...rest.filter(isBasic).toSorted(byLength).map(([name, schema]) => optionProperty(name, schema)),
      {
        displayName: 'Options',
        name: 'options',
        type: 'collection',
        placeholder: 'Add option',
        default: {},
        options: sorted([
          ...item.filter(isAdvanced).map(([name, schema]) => itemProperty(name, schema)),
          ...options.filter(isAdvanced).map(([name, schema]) => optionProperty(name, schema)),
          ...(simple.length > 0 ? [simplifyProperty] : []),
          withoutResultProperty,
        ]),
      },
    ],
  }
}
