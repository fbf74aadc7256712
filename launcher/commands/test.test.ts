import { expect, test } from 'vitest'
import { everything } from '../checks/everything.ts'
import { choose } from './test.ts'

const names = (only?: string): string[] => choose(everything, only).map((check) => check.name)

test('without a name every check is chosen, and each has a name of its own', () => {
  expect(new Set(names()).size).toBe(everything.length)
})

test('a name chooses one check, a word all of its kind', () => {
  expect(names('build-hub')).toEqual(['build-hub'])
  expect(names('types')).toEqual(['types-hub', 'types-console', 'types-test', 'types-bench', 'types-launcher'])
})

test('an unknown name is refused with the names there are', () => {
  expect(() => names('typos')).toThrow(/“typos”[^]*lint-nodes/)
})
