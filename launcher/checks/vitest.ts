import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inCheckout } from '../paths.ts'
import { finish, start } from '../processes.ts'
import { buildEnvironment } from '../tools.ts'
import { failed, skipped, type Check, type Outcome, type Wishes } from './check.ts'

/**
 * A check that is a run of vitest: each of its tests counts.
 * @param room where the tests are
 * @param runner the room whose vitest runs them
 * @param environment what its tests are told of the wishes
 */
export function vitest(
  name: string,
  title: string,
  room: string,
  runner: string,
  needs: Partial<Check> = {},
  environment: (wishes: Wishes) => NodeJS.ProcessEnv = () => ({}),
): Check {
  return {
    ...needs,
    name,
    title,
    async run(_data, stop, wishes = {}) {
      const folder = mkdtempSync(join(tmpdir(), 'hub-test-'))
      const report = join(folder, 'report.json')
      const program = inCheckout(runner, 'node_modules', '.bin', 'vitest')
      const args = ['run', '--passWithNoTests', '--reporter=default', '--reporter=json', `--outputFile=${report}`]
      try {
        const end = await finish(
          start(title, program, args, {
            cwd: inCheckout(room),
            env: { ...buildEnvironment(), ...environment(wishes) },
            log: 'screen',
          }),
          stop,
        )
        return count(name, readReport(report), end)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  }
}

/** What is read of vitest's JSON report. */
export type Report = {
  numPassedTests: number
  numFailedTests: number
  testResults: { name: string; status: string; assertionResults: { fullName: string; status: string }[] }[]
}

function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    // vitest writes no report when it breaks down before its end.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Counts a report. A file that could not even be loaded counts as one failure; so does a run that ends badly
 * though every test passed (an error outside the tests).
 * @param end vitest's exit code
 */
export function count(name: string, report: Report | undefined, end: string): Outcome {
  if (report === undefined) return failed
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  const failures = report.numFailedTests + broken.length
  const tests = report.testResults.flatMap((file) => file.assertionResults)
  const unrun = tests
    .filter((test) => ['skipped', 'pending', 'todo', 'disabled'].includes(test.status))
    .map((test) => `${name}: ${test.fullName}`)
  if (tests.length === 0 && failures === 0 && end === '0') return skipped(`${name} (no tests yet)`)
  return { passed: report.numPassedTests, failed: failures === 0 && end !== '0' ? 1 : failures, skipped: unrun }
}
