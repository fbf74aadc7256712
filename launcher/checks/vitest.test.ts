import { expect, test } from 'vitest'
import { total } from './check.ts'
import { count, type Report } from './vitest.ts'

function report(...statuses: string[]): Report {
  const of = (status: string): number => statuses.filter((one) => one === status).length
  const assertionResults = statuses.map((status, at) => ({
    fullName: `claim ${at}`,
    status,
    failureMessages: ['It is not so.\n at a line'],
  }))
  return {
    numPassedTests: of('passed'),
    testResults: [{ name: '/room/a.test.ts', status: of('failed') > 0 ? 'failed' : 'passed', assertionResults }],
  }
}
const broken = { name: '/room/b.test.ts', status: 'failed', message: 'No such module', assertionResults: [] }

test('each test counts one, and a skipped one is named, not counted', () => {
  expect(count('tests-hub', report('passed', 'passed', 'failed', 'skipped'), '1', '/room')).toEqual({
    passed: 2,
    failed: ['tests-hub: a.test.ts: claim 2: It is not so.'],
    skipped: ['tests-hub: claim 3'],
  })
})

test('a file that cannot be loaded is a failure', () => {
  const one = report('passed')
  expect(count('tests-hub', { ...one, testResults: [...one.testResults, broken] }, '1', '/room')).toMatchObject({
    passed: 1,
    failed: ['tests-hub: b.test.ts: could not be loaded: No such module'],
  })
})

test('a run that ends badly though each test passed is a failure', () => {
  expect(count('tests-hub', report('passed'), '1', '/room').failed).toEqual([
    'tests-hub: an error outside the tests (1)',
  ])
})

test('a run that breaks down without a report is a failure', () => {
  expect(count('tests-hub', undefined, 'SIGKILL', '/room')).toMatchObject({
    passed: 0,
    failed: ['tests-hub: broke down without a report (SIGKILL)'],
  })
})

test('no tests at all are skipped, not passed', () => {
  expect(count('tests-hub', report(), '0', '/room')).toEqual({
    passed: 0,
    failed: [],
    skipped: ['tests-hub (no tests yet)'],
  })
})

test('the total is the sum', () => {
  const one = { passed: 2, failed: ['b'], skipped: ['a'] }
  expect(total([one, one])).toEqual({ passed: 4, failed: ['b', 'b'], skipped: ['a', 'a'] })
})
