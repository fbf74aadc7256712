import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { inCheckout } from '../paths.ts'
import { finish, start } from '../processes.ts'
import { buildEnvironment } from '../tools.ts'
import { failed, skipped, type Check, type Outcome, type Wishes } from './check.ts'

/**
 * A check that is a run of vitest: each of its tests counts.
 * @param room where the tests are
 * @param runner the room whose vitest runs them
 * @param environment what its tests are told of the wishes
 * @param files parts of the names of those that are run; none: all
 */
export function vitest(
  name: string,
  title: string,
  room: string,
  runner: string,
  needs: Partial<Check> = {},
  environment: (wishes: Wishes) => NodeJS.ProcessEnv = () => ({}),
  files: string[] = [],
): Check {
  return {
    ...needs,
    name,
    title,
    async run(_data, stop, wishes = {}) {
      const folder = mkdtempSync(join(tmpdir(), 'hub-test-'))
      const report = join(folder, 'report.json')
      const program = inCheckout(runner, 'node_modules', '.bin', 'vitest')
      const args = [
        'run',
        ...files,
        '--passWithNoTests',
        '--reporter=default',
        '--reporter=json',
        `--outputFile=${report}`,
      ]
      try {
        const end = await finish(
          start(title, program, args, {
            cwd: inCheckout(room),
            env: { ...buildEnvironment(), ...environment(wishes) },
            log: 'screen',
          }),
          stop,
        )
        return count(name, readReport(report), end, inCheckout(room))
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  }
}

/** What is read of vitest's JSON report. */
export type Report = {
  numPassedTests: number
  testResults: { name: string; status: string; message?: string; assertionResults: TestReport[] }[]
}

type TestReport = { fullName: string; status: string; failureMessages?: string[] }

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
 * @param folder where the tests are, so that a failure names its file shortly
 */
export function count(name: string, report: Report | undefined, end: string, folder: string): Outcome {
  if (report === undefined) return failed(`${name}: broke down without a report (${end})`)
  const failures = report.testResults.flatMap((file) =>
    failuresOf(file).map((failure) => `${name}: ${relative(folder, file.name)}: ${failure}`),
  )
  const tests = report.testResults.flatMap((file) => file.assertionResults)
  const unrun = tests
    .filter((test) => ['skipped', 'pending', 'todo', 'disabled'].includes(test.status))
    .map((test) => `${name}: ${test.fullName}`)
  if (tests.length === 0 && failures.length === 0 && end === '0') return skipped(`${name} (no tests yet)`)
  if (failures.length === 0 && end !== '0') failures.push(`${name}: an error outside the tests (${end})`)
  return { passed: report.numPassedTests, failed: failures, skipped: unrun }
}

function failuresOf(file: Report['testResults'][number]): string[] {
  if (file.status === 'failed' && file.assertionResults.length === 0)
    return [`could not be loaded: ${firstLine(file.message)}`]
  return file.assertionResults
    .filter((test) => test.status === 'failed')
    .map((test) => `${test.fullName}: ${firstLine(test.failureMessages?.[0])}`)
}

const firstLine = (message = ''): string => message.split('\n')[0]!.slice(0, 300)
