import jsonata from 'jsonata'
import { describe, expect, it } from 'vitest'
import { inProcess } from './inProcess.ts'
import { memoOf } from './memo.ts'

const roots = [
  { status: 'valid' },
  { status: 'unknown', error: 'Invalid API Key' },
  { error: null },
  { error: 0 },
  { error: '0' },
  { status: '' },
  {},
  { errors: [{ code: 'all' }] },
  { errors: { code: 'all' } },
  [{ status: 'valid' }],
  'text',
  null,
]
const place = { connector: 'test', field: 'read.status' }

describe('what an expression gave before', () => {
  it.each([
    "status = 'unknown' ? 0 : 1",
    "$contains($lowercase(error), 'invalid api key')",
    '$exists(error)',
    "status in ['valid', 'unknown'] ? true",
    "'all' in errors.code",
    "$exists(errors[code = 'all'].code)",
    'error = 0',
  ])('%s: the same as without remembering, the first time and again', async (source) => {
    const remembering = inProcess.compile(source, place, { maps: {}, tables: {} })
    expect(memoOf(jsonata(source).ast())).not.toBeNull()
    for (const root of [...roots, ...roots]) {
      const plain = await jsonata(source)
        .evaluate(root)
        .catch((thrown: { message: string }) => thrown.message)
      const found = await Promise.resolve(remembering.evaluate(root, {})).catch(
        (thrown: { cause: { message: string } }) => thrown.cause.message,
      )
      expect(found).toEqual(plain)
    }
  })

  it.each([
    '$now()',
    '$lowercase()',
    '$contains("a")',
    '$',
    '$$.status',
    '$status = 200',
    '$random() > 0.5',
    '$map(a, function($v) { $v })',
    'a.$lowercase()',
    '(a; b)',
    'a ~> $lowercase',
    '{"a": b}',
    'a.{"b": c}',
  ])('%s is never remembered', (source) => {
    expect(memoOf(jsonata(source).ast())).toBeNull()
  })
})
