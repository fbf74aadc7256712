import { expect, test } from 'vitest'
import { readArguments, readPort } from './arguments.ts'
import { Problem } from './problem.ts'

const options = { port: { type: 'string' }, json: { type: 'boolean' } } as const

function problemOf(work: () => unknown): Problem {
  try {
    work()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('nothing was wrong')
}

test('options and words are told apart, in any order', () => {
  const { values, positionals } = readArguments(['memory', '--port', '80', '--json'], options, 1)
  expect({ ...values }).toEqual({ port: '80', json: true })
  expect(positionals).toEqual(['memory'])
})

test.each([
  [['--prot', '80'], '--prot'],
  [['--port'], '--port'],
  [['--json=yes'], '--json'],
  [['extra'], 'extra'],
])('%j is refused with exit code 2, naming what is wrong', (args, named) => {
  const problem = problemOf(() => readArguments(args, options))
  expect(problem.exitCode).toBe(2)
  expect(problem.message).toContain(named)
  expect(problem.message).toContain('./hub help')
})

test.each(['0', '65536', '80a', '-1', '', '8.5'])('“%s” is no port', (value) => {
  expect(problemOf(() => readPort('port', value)).exitCode).toBe(2)
})

test('a port is a number, and none given is none', () => {
  expect(readPort('port', '65535')).toBe(65_535)
  expect(readPort('port', undefined)).toBeUndefined()
})
