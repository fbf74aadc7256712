/** A JSON object. */
export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The map under a name; an empty one where there is none. */
export const mapIn = (value: unknown, name: string): Readonly<Record<string, unknown>> => {
  const inner = isMap(value) ? value[name] : undefined
  return isMap(inner) ? inner : {}
}

/** The list under a name; an empty one where there is none. */
export const listIn = (value: unknown, name: string): readonly unknown[] => {
  const inner = isMap(value) ? value[name] : undefined
  return Array.isArray(inner) ? inner : []
}

/** The text under a name. */
export const textIn = (value: unknown, name: string): string | undefined => {
  const inner = isMap(value) ? value[name] : undefined
  return typeof inner === 'string' ? inner : undefined
}
