import jsonata from 'jsonata'
import { describe, expect, test } from 'vitest'
import { expression, within } from './expression.ts'
import { template } from './template.ts'

const scope = within(null, {
  query: { email: 'a@b.example', list: [{ x: 1 }, { x: 2 }], none: null },
  who: { name: 'Ada', tags: ['a', 'b'], empty: {}, zero: 0 },
  twice: (text: string) => `${text}${text}`,
  tags: () => ['a', 'b'],
  one: () => ['a'],
  joined: (...parts: unknown[]) => parts.map(String).join('|'),
})

/** As JSON; what fails is only said to have. */
const told = async (work: () => Promise<unknown>): Promise<unknown> =>
  work().then(
    (value) => JSON.parse(JSON.stringify([value ?? null])),
    () => 'failed',
  )

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
    '$tags()[0]',
    '$tags()[]',
    '$one()[]',
    "$tags(){'all': $}",
    '($who.name ? $who.tags : null)[0]',
    "'x'[]",
    "$constructor('x')",
    '$constructor.name',
    '$valueOf()',
  ])('means the same with and without JSONata: %s', async (source) => {
    const whole = await told(async () => jsonata(source).evaluate(undefined, scope))
    const short = await told(async () => expression(source, 'here')(scope))
    expect(short).toEqual(whole)
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
