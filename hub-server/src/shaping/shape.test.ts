import { expect, it } from 'vitest'
import { checkExpression, shapeEach } from './shape.ts'

it('gives what the expression makes of each input, however many, in their order', async () => {
  const inputs = Array.from({ length: 250 }, (_, n) => ({ n }))
  expect(await shapeEach('{ "twice": n * 2 }', inputs)).toEqual(inputs.map(({ n }) => ({ value: { twice: n * 2 } })))
})

it('an input that it fails on fails alone', async () => {
  expect(await shapeEach('$uppercase(name)', [{ name: 'a' }, { name: 1 }, { name: 'c' }])).toEqual([
    { value: 'A' },
    { failed: expect.stringContaining('uppercase') },
    { value: 'C' },
  ])
})

it('so does one that it never ends with, and the hub goes on', async () => {
  const endless = '( $f := function($n) { $f($n + 1) }; loop ? $f(0) : name )'
  const shaped = await shapeEach(endless, [{ name: 'a' }, { loop: true }, { name: 'c' }])
  expect(shaped).toEqual([{ value: 'a' }, { failed: expect.stringMatching(/^it took/) }, { value: 'c' }])
})

it('what is no expression is refused with the place', async () => {
  await expect(checkExpression('a ? (', '/filter')).rejects.toMatchObject({
    kind: 'invalid_input',
    fields: [{ path: '/filter' }],
  })
  await expect(checkExpression('type = "lead.created"', '/filter')).resolves.toBeUndefined()
})
