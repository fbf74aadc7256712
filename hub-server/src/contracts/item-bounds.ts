/**
 * How large one item may be: it may carry a page's text and some hundred columns, and not what holds up all others.
 * What JSON Schema can say of it (`maxProperties`) OpenAPI says.
 */
export const itemBounds = {
  /** Names in an item, and in any map in it. */
  fields: 1_000,
  /** Lists and maps within each other. */
  depth: 32,
  values: 50_000,
  /** Characters of all texts and names together. */
  characters: 4_000_000,
} as const

interface Seen {
  values: number
  characters: number
}

/** What is too much of an item, as the end of a sentence; undefined where nothing is. */
export const excessOfItem = (item: unknown): string | undefined => excessIn(item, 1, { values: 0, characters: 0 })

const excessIn = (value: unknown, depth: number, seen: Seen): string | undefined => {
  seen.values++
  if (seen.values > itemBounds.values) return `holds more than ${shown(itemBounds.values)} values`
  if (typeof value === 'string') return counted(value.length, seen)
  if (typeof value !== 'object' || value === null) return undefined
  if (depth > itemBounds.depth) return `is nested more than ${itemBounds.depth} levels deep`
  if (Array.isArray(value)) return excessOfAny(value, depth, seen)
  const names = Object.keys(value)
  if (names.length > itemBounds.fields) return `has more than ${shown(itemBounds.fields)} fields`
  for (const name of names) {
    const excess = counted(name.length, seen)
    if (excess !== undefined) return excess
  }
  return excessOfAny(Object.values(value), depth, seen)
}

const excessOfAny = (values: readonly unknown[], depth: number, seen: Seen): string | undefined => {
  for (const one of values) {
    const excess = excessIn(one, depth + 1, seen)
    if (excess !== undefined) return excess
  }
  return undefined
}

const counted = (length: number, seen: Seen): string | undefined => {
  seen.characters += length
  return seen.characters > itemBounds.characters
    ? `holds more than ${shown(itemBounds.characters)} characters`
    : undefined
}

const shown = (count: number): string => count.toLocaleString('en')
