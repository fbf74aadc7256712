import { expect, it } from 'vitest'
import { inProcess } from './inProcess.ts'

const evaluate = (source: string, root: unknown): unknown =>
  inProcess.compile(source, { connector: 'test', field: 'read' }, { maps: {}, tables: {} }).evaluate(root, {})

it.each([
  ['{"a": [1, {"b": null}]}', { a: [1, { b: null }] }],
  ['"text"', 'text'],
  ['{"a": ', undefined],
  ['$now()', undefined],
  ['', undefined],
])('$json of %s', async (text, value) => {
  expect(await evaluate('$json(text)', { text })).toEqual(value)
})

it('$json of nothing, or of what is no text, is nothing', async () => {
  expect(await evaluate('$json(text)', {})).toBeUndefined()
  expect(await evaluate('$json(text)', { text: { a: 1 } })).toBeUndefined()
})
