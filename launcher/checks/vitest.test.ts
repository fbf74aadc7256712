import { expect, test } from 'vitest'
import { total } from './check.ts'
import { count, type Report } from './vitest.ts'

function report(...statuses: string[]): Report {
  const of = (status: string): number => statuses.filter((one) => one === status).length
  const assertionResults = statuses.map((status, at) => ({ fullName: `claim ${at}`, status }))
  return {
    numPassedTests: of('passed'),
    numFailedTests: of('failed'),
    testResults: [{ name: 'a.test.ts', status: of('failed') > 0 ? 'failed' : 'passed', assertionResults }],
  }
}
const broken = { name: 'b.test.ts', status: 'failed', assertionResults: [] }

test('each test counts one, and a skipped one is named, not counted', () => {
  expect(count('tests-hub', report('passed', 'passed', 'failed', 'skipped'), '1')).toEqual({
    passed: 2,
    failed: 1,
    skipped: ['tests-hub: claim 3'],
  })
})

test('a file that cannot be loaded is a failure', () => {
  const one = report('passed')
  expect(count('tests-hub', { ...one, testResults: [...one.testResults, broken] }, '1')).toMatchObject({
    passed: 1,
    failed: 1,
  })
})

test('a run that ends badly though each test passed is a failure', () => {
  expect(count('tests-hub', report('passed'), '1').failed).toBe(1)
})

test('a run that breaks down without a report is a failure', () => {
  expect(count('tests-hub', undefined, 'SIGKILL')).toMatchObject({ passed: 0, failed: 1 })
})

test('no tests at all are skipped, not passed', () => {
  expect(count('tests-hub', report(), '0')).toEqual({ passed: 0, failed: 0, skipped: ['tests-hub (no tests yet)'] })
})

test('the total is the sum', () => {
  const one = { passed: 2, failed: 1, skipped: ['a'] }
  expect(total([one, one])).toEqual({ passed: 4, failed: 2, skipped: ['a', 'a'] })
})
