import { Type } from 'typebox'
import { describe, expect, it } from 'vitest'
import { capability, type Effect } from './capability.ts'
import { wavesOf } from './waves.ts'

const doing = (effect: Effect) =>
  capability({
    name: 'doSomething',
    description: 'For this test',
    effect,
    expiryDays: 0,
    input: Type.Unknown(),
    output: Type.Unknown(),
    key: (input) => JSON.parse(JSON.stringify(input)).id,
  })
const waves = (effect: Effect, inputs: readonly object[]) =>
  wavesOf(
    doing(effect),
    inputs.map((input, position) => ({ input, position })),
  ).map((units) => units.map(({ positions }) => positions))

describe('What is to be done', () => {
  const [a, b] = [{ id: 'a' }, { id: 'b' }]

  it('is each question once', () => expect(waves('read', [a, b, a])).toEqual([[[0, 2], [1]]]))

  it('is each message, however equal they are', () => expect(waves('send', [a, a])).toEqual([[[0], [1]]]))

  it('is the values of a record one after the other, what comes twice in a row once, and the last stays', () => {
    const [old, fresh] = [
      { id: 'a', name: 'Ann' },
      { id: 'a', name: 'Anna' },
    ]
    expect(waves('upsert', [old, fresh, fresh, b, old])).toEqual([[[0], [3]], [[1, 2]], [[4]]])
  })

  it('is nothing where there is nothing', () => expect(waves('upsert', [])).toEqual([]))
})
