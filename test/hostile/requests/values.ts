import type { Dice } from './dice.ts'
import type { Document, Schema } from './document.ts'

const words = [
  'anna@acme.example',
  'juvenile-deed.example',
  'Anna Berg',
  'hubspot',
  'verify-email',
  'title',
  '2026-11-21',
]

/** Texts that were made to do harm, each in another way. */
const texts: readonly string[] = [
  '',
  ' ',
  '\0',
  'A\0B',
  'A\ud800B',
  '\udc00',
  'x'.repeat(2_001),
  'x'.repeat(200_000),
  '['.repeat(20_000),
  '-'.repeat(60_000),
  'a,'.repeat(50_000),
  '../../../../etc/passwd',
  '%2e%2e%2f',
  "'; drop table lead; --",
  '" or ""="',
  '=1+1',
  '${7*7}',
  '{{constructor}}',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'NaN',
  'Infinity',
  '1e999',
  '99999999999999999999',
  '-1',
  '0x10',
  'null',
  'true',
  '\u202egnp.exe',
  '𝒳'.repeat(500),
  'e\u0301'.repeat(500),
  '\r\nSet-Cookie: a=b',
  'http://127.0.0.1:1/',
  '9999-12-31',
  '0000-00-00',
  '2026-02-30T25:61:61Z',
]

const numbers: readonly number[] = [
  -1,
  0,
  0.1,
  -0,
  1e21,
  -1e21,
  1e308,
  5e-324,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  2 ** 63,
  4_294_967_296,
  1_000_001,
]

const nested = (levels: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

/** Something that no schema has in mind. */
export const evilValue = (dice: Dice): unknown => {
  const kinds: (() => unknown)[] = [
    () => dice.pick(texts),
    () => dice.pick(texts),
    () => dice.pick(numbers),
    () => null,
    () => dice.chance(0.5),
    () => [],
    () => ({}),
    () => nested(dice.pick([20, 60, 100, 3_000])),
    () => Array.from({ length: dice.pick([200, 20_000]) }, () => dice.pick([1, '', null])),
    () => Object.fromEntries(Array.from({ length: dice.pick([50, 1_500, 20_000]) }, (_, at) => [`k${at}`, at])),
    () => JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": 1}, "toString": 1}') as unknown,
  ]
  return dice.pick(kinds)()
}

export const evilText = (dice: Dice): string => dice.pick(texts)

/** A value that fits, mostly: what is deep in a route is reached only past its checks. */
export const valueOf = (dice: Dice, document: Document, schema: Schema, depth = 0): unknown => {
  if (schema.$ref !== undefined)
    return valueOf(dice, document, document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, depth + 1)
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return dice.pick(schema.enum)
  if (schema.examples && dice.chance(0.7)) return dice.pick(schema.examples)
  if (schema.default !== undefined && dice.chance(0.4)) return schema.default
  if (schema.anyOf) return valueOf(dice, document, dice.pick(schema.anyOf), depth + 1)
  const type = typeof schema.type === 'string' ? schema.type : dice.pick(schema.type ?? ['string', 'object'])
  if (depth > 8) return null
  return typed(dice, document, schema, type, depth)
}

const typed = (dice: Dice, document: Document, schema: Schema, type: string, depth: number): unknown => {
  const inner = (one: Schema): unknown => valueOf(dice, document, one, depth + 1)
  switch (type) {
    case 'integer':
    case 'number':
      return numberOf(dice, schema)
    case 'boolean':
      return dice.chance(0.5)
    case 'array':
      return Array.from({ length: dice.below(3) }, () => inner(schema.items ?? {}))
    case 'object':
      return objectOf(dice, schema, inner)
    default:
      return schema.format === 'date-time' ? '2026-11-21T10:00:00Z' : dice.pick(words)
  }
}

const numberOf = (dice: Dice, { type, minimum = 0, maximum = 1000 }: Schema): number => {
  const number = minimum + dice.below(Math.min(50, maximum - minimum) + 1)
  return type === 'integer' ? Math.floor(number) : number
}

const objectOf = (dice: Dice, schema: Schema, inner: (one: Schema) => unknown): unknown => {
  const { properties = {}, required = [], patternProperties } = schema
  const chosen = Object.entries(properties).filter(([name]) => required.includes(name) || dice.chance(0.5))
  const free = Object.values(patternProperties ?? {}).flatMap((one): [string, Schema][] =>
    Array.from({ length: dice.below(3) }, () => [dice.pick(words), one]),
  )
  return Object.fromEntries([...chosen, ...free].map(([name, one]) => [name, inner(one)]))
}

/** The value with something evil in one place, or with a field less, more or renamed. */
export const mutated = (dice: Dice, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || dice.chance(0.15)) return evilValue(dice)
  const entries: [string, unknown][] = Object.entries(value)
  const at = dice.below(Math.max(1, entries.length))
  const entry = entries[at]
  const changed = ((): [string, unknown][] => {
    if (!entry || dice.chance(0.1)) return [...entries, [evilText(dice), evilValue(dice)]]
    if (dice.chance(0.1)) return entries.filter((one) => one !== entry)
    const inner: [string, unknown] = dice.chance(0.05)
      ? [evilText(dice), entry[1]]
      : [entry[0], mutated(dice, entry[1])]
    return entries.with(at, inner)
  })()
  return Array.isArray(value) ? changed.map(([, one]) => one) : Object.fromEntries(changed)
}
