import { expect, test } from 'vitest'
import { everything } from '../checks/everything.ts'
import { longPlay } from '../checks/long-play.ts'
import { checkWishes, choose } from './test.ts'

const names = (name?: string): string[] => choose(everything, name).map((check) => check.name)

test('without a name every check is chosen, and each has a name of its own', () => {
  expect(new Set(names()).size).toBe(everything.length)
})

test('a name chooses one check, a word all of its kind', () => {
  expect(names('build-hub')).toEqual(['build-hub'])
  expect(names('format')).toEqual(['format'])
  expect(names('lint')).toEqual(['lint-nodes', 'lint-hub', 'lint-test', 'lint-bench', 'lint-launcher'])
  expect(names('types')).toEqual(['types-hub', 'types-console', 'types-test', 'types-bench', 'types-launcher'])
})

test('an unknown name is refused with the names there are', () => {
  expect(() => names('typos')).toThrow(/“typos”[^]*lint-nodes/)
})

test('a seed and the long form are for what is played by chance, with others or alone', () => {
  expect(() => checkWishes(choose(everything, 'faults'), { seed: '7', long: true })).not.toThrow()
  expect(() => checkWishes(choose(everything, 'stops'), { seed: '7', long: true })).not.toThrow()
  expect(() => checkWishes(choose(everything, 'hostile'), { seed: '7', long: true })).not.toThrow()
  expect(() => checkWishes(everything, { seed: '7' })).not.toThrow()
  expect(() => checkWishes(choose(everything, 'lint'), { long: true })).toThrow(/faults/)
  expect(() => checkWishes(everything, { seed: 'x' })).toThrow(/“x”/)
})

test('a commit chooses its long play: lists that are stopped, faults, which need services, or kills and n8n', () => {
  expect(longPlay('00000000aa')).toMatchObject({ name: 'long-play' })
  expect(longPlay('00000000aa').needsServices).toBeUndefined()
  expect(longPlay('00000001aa').needsServices).toBe(true)
  expect(longPlay('00000009aa').needsN8n).toBe(true)
})
