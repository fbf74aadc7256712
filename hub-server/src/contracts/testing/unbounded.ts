type Schema = Readonly<Record<string, unknown>>

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a value of each type must have a bound of. */
const bounds: Readonly<Record<string, readonly string[]>> = {
  string: ['maxLength'],
  array: ['maxItems'],
  integer: ['minimum', 'maximum'],
  number: ['minimum', 'maximum'],
}

/** A map of any names: what is described property by property is as long as its description. */
const isFree = ({ properties, patternProperties, additionalProperties }: Schema): boolean =>
  patternProperties !== undefined ||
  additionalProperties === true ||
  isSchema(additionalProperties) ||
  Object.keys(isSchema(properties) ? properties : {}).length === 0

/** @returns where a JSON Schema takes texts, lists, maps or numbers of any size, and what is missing there */
export const unboundedIn = (schema: unknown, path = ''): string[] => {
  if (!isSchema(schema) || '$ref' in schema || 'const' in schema || 'enum' in schema) return []
  const types: unknown[] = [schema.type].flat()
  const wanted = types.flatMap((type) => (typeof type === 'string' ? (bounds[type] ?? []) : []))
  const all = types.includes('object') && isFree(schema) ? [...wanted, 'maxProperties'] : wanted
  const missing = all.filter((bound) => typeof schema[bound] !== 'number').map((bound) => `${path || '/'} ${bound}`)
  return [...missing, ...innerOf(schema).flatMap(([name, inner]) => unboundedIn(inner, `${path}/${name}`))]
}

const innerOf = (schema: Schema): [string, unknown][] => {
  const lists = ['prefixItems', 'anyOf', 'oneOf', 'allOf'].map((name) => schema[name])
  const maps = ['properties', 'patternProperties'].map((name) => schema[name])
  return [
    ...lists.flatMap((list) => (Array.isArray(list) ? Object.entries(list) : [])),
    ...maps.flatMap((map) => (isSchema(map) ? Object.entries(map) : [])),
    ['items', schema.items],
    ['*', schema.additionalProperties],
  ]
}
