/** A value of a lead-shaped item by its path, e.g. company.employees. A key that holds the dots itself comes first. */
export const valueAt = (item: Record<string, unknown>, path: string): unknown => {
  if (Object.hasOwn(item, path)) return item[path]
  return path
    .split('.')
    .reduce<unknown>((value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined), item)
}

/** A copy of the item with the value at the path. */
export const withValue = (item: Record<string, unknown>, path: string, value: unknown): Record<string, unknown> => {
  const [head = path, ...rest] = path.split('.')
  if (rest.length === 0) return { ...item, [head]: value }
  return { ...item, [head]: withValue(fieldsIn(item[head]), rest.join('.'), value) }
}

/** The fields that a value holds; a text where fields belong is a name, e.g. a company's. */
const fieldsIn = (value: unknown): Record<string, unknown> => {
  if (isRecord(value)) return value
  return typeof value === 'string' ? { name: value } : {}
}

/**
 * Of an item what does not describe somebody, for an output about somebody else: the item's e-mail must not stand
 * beside another one's name.
 */
export const besides = (
  item: Record<string, unknown>,
  output: { readonly properties: object },
): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).filter(([field]) => !(field in output.properties)))

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isKnown = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
