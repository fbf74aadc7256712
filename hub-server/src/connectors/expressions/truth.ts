/** Whether a condition holds, as JSONata's $boolean sees it: nothing, 0, "", empty lists and empty maps do not. */
export const truthy = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.some(truthy)
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return Boolean(value)
}

/** JSONata gives a list of one as its element and a list of none as nothing: the list again. */
export const asList = (value: unknown): unknown[] => {
  if (Array.isArray(value)) return [...(value as unknown[])]
  return value === undefined || value === null ? [] : [value]
}
