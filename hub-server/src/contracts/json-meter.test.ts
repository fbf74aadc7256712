import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createJsonMeter, excessOf } from './json-meter.ts'

const bounds = { depth: 10, values: 1000, fields: 100 }
const bytes = (text: string): Uint8Array => Buffer.from(text)

it.each([
  ['[[[[[[[[[[1]]]]]]]]]]', undefined],
  ['[[[[[[[[[[[1]]]]]]]]]]]', 'is nested more than 10 levels deep'],
  [`[${'['.repeat(5000)}`, 'is nested more than 10 levels deep'],
  [JSON.stringify(Object.fromEntries(Array.from({ length: 101 }, (_, at) => [at, at]))), 'has more than 100 fields in'],
  [`[${'[],'.repeat(1000)}[]]`, 'holds more than 1,000 values'],
  // Of many small maps none is too large.
  [JSON.stringify(Array.from({ length: 300 }, (_, at) => ({ at }))), undefined],
  [JSON.stringify('[{[{[{[{[{[{[{[{[{,,,:::\\"[[[[[[[[[[[['), undefined],
  ['not JSON at all ]]]}}}', undefined],
])('measures %#', (text, said) => {
  const found = excessOf(bytes(text), bounds)
  expect(found?.slice(0, said?.length)).toBe(said)
})

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0
const fieldsOf = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0
  return Math.max(Array.isArray(value) ? 0 : Object.keys(value).length, ...Object.values(value).map(fieldsOf))
}

it('finds of any JSON, in any pieces, what is nested too deep or has too many fields', () => {
  const small = { depth: 3, values: 1_000_000, fields: 3 }
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 1, max: 7 }), (value, size) => {
      const meter = createJsonMeter(small)
      const text = bytes(JSON.stringify(value))
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
        text.subarray(at * size, (at + 1) * size),
      )
      const found = pieces.map(meter.take).find((said) => said !== undefined)
      expect(found !== undefined).toBe(depthOf(value) > small.depth || fieldsOf(value) > small.fields)
    }),
    { numRuns: 500 },
  )
})
