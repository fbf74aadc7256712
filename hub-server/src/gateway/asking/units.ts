import { keyOf } from '../key.ts'
import type { Question, Unit } from './question.ts'

/**
 * What is to be asked, in waves that go one after the other. Equal questions are one; values for one record are written
 * one after the other, so that the last stays; of messages each is one of its own.
 */
export const wavesOf = ({ capability }: Question, inputs: readonly unknown[]): Unit[][] => {
  const { effect } = capability
  const single = inputs.map((input, position): Unit => {
    const key = keyOf(capability, input)
    return { key: effect === 'send' ? `${position} ${key}` : key, input, positions: [position] }
  })
  const byKey = [...Map.groupBy(single, ({ key }) => key).values()]
  if (effect === 'read') return [byKey.flatMap(oneOf)]
  const most = Math.max(0, ...byKey.map((units) => units.length))
  return Array.from({ length: most }, (_, wave) => byKey.flatMap((units) => units[wave] ?? []))
}

const oneOf = ([first, ...others]: readonly Unit[]): Unit[] =>
  first ? [{ ...first, positions: [first, ...others].flatMap(({ positions }) => positions) }] : []
