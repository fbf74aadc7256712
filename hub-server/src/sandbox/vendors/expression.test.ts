import jsonata from 'jsonata'
import { describe, expect, test } from 'vitest'
import { expression } from './expression.ts'
import { template } from './template.ts'

const scope = {
  query: { email: 'a@b.example', list: [{ x: 1 }, { x: 2 }], none: null },
  who: { name: 'Ada', tags: ['a', 'b'], empty: {}, zero: 0 },
  twice: (text: string) => `${text}${text}`,
  joined: (...parts: unknown[]) => parts.map(String).join('|'),
}

describe('an expression', () => {
  test.each([
    '$query.email',
    '$query.list.x',
    '$query.none',
    '$query.none.x',
    '$query.missing',
    '$missing.x',
    '$who.tags',
    '$who.name.length',
    '$twice($query.email)',
    "$joined($who.name, 'x', 1)",
    '$joined($query.list.x)',
    '$uppercase($who.name)',
    '$uppercase($missing)',
    '$who.name ? $who.name : null',
    '$who.empty ? 1 : 2',
    '$who.zero ? 1 : 2',
    '$missing ? 1 : 2',
    "$who.tags ? 'yes' : 'no'",
    '$query.none ? 1 : null',
  ])('means the same with and without JSONata: %s', async (source) => {
    const whole: unknown = await jsonata(source).evaluate(undefined, scope)
    const short = await expression(source, 'here')(scope)
    expect(JSON.parse(JSON.stringify([short ?? null]))).toEqual(JSON.parse(JSON.stringify([whole ?? null])))
  })

  test('that cannot be read is refused with its place', () => {
    expect(() => expression('$a ? ', 'zerobounce/sandbox.yaml routes/2')).toThrow(/routes\/2 is no JSONata/)
  })
})

describe('a template', () => {
  test('keeps literals, leaves out what gives nothing, and makes lists of one and of none', async () => {
    const made = template(
      { a: 1, b: '=$who.name', c: '=$missing', d: ['=$who.tags'], e: ['=$missing'], f: ['=$who.name', 'x'], g: null },
      'here',
    )
    expect(await made(scope)).toEqual({ a: 1, b: 'Ada', d: ['a', 'b'], e: [], f: ['Ada', 'x'], g: null })
  })

  test('makes one thing for each entry of a list', async () => {
    const made = template(
      { '=each': '=$query.list', as: 'item', let: { double: '=$item.x * 2' }, make: { x: '=$double' } },
      'here',
    )
    expect(await made(scope)).toEqual([{ x: 2 }, { x: 4 }])
  })
})
