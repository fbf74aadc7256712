import { readArguments } from '../arguments.ts'
import { dependencies } from '../build/dependencies.ts'
import { n8nInstall } from '../build/n8n.ts'
import { ensure } from '../build/task.ts'
import { failed, total, type Check, type Outcome, type Wishes } from '../checks/check.ts'
import { everything } from '../checks/everything.ts'
import { longPlay } from '../checks/long-play.ts'
import { ensureServices } from '../checks/machine.ts'
import { dataFolder, type DataFolder } from '../paths.ts'
import { misuse, Problem } from '../problem.ts'
import { complain, say, secondsSince } from '../screen.ts'

const options = { seed: { type: 'string' }, long: { type: 'boolean' }, 'long-by-commit': { type: 'boolean' } } as const

/**
 * `./hub test [name] [--seed <n>] [--long] [--long-by-commit]`: the last line says how many passed and failed, and
 * nothing else.
 */
export async function test(args: string[], stop: AbortSignal): Promise<number> {
  const { values: wishes, positionals } = readArguments(args, options, 1)
  const chosen = choose(everything, positionals[0])
  checkWishes(chosen, wishes)
  const checks = wishes['long-by-commit'] ? [...chosen, longPlay()] : chosen
  const data = dataFolder(undefined)
  const outcomes: Outcome[] = []
  if (await isPrepared(checks, data, stop)) {
    const one = (check: Check): Promise<Outcome> => runCheck(check, data, stop, wishes)
    outcomes.push(
      ...(await twoAtATime(
        checks.filter(({ isQuiet }) => isQuiet),
        one,
      )),
    )
    for (const check of checks.filter(({ isQuiet }) => !isQuiet)) outcomes.push(await one(check))
  } else {
    outcomes.push(failed('what the tests need could not be had'))
  }
  const sum = total(outcomes)
  say()
  for (const skip of sum.skipped) say(`Skipped: ${skip}`)
  for (const failure of sum.failed) say(`Failed: ${failure}`)
  say(`${sum.passed} passed, ${sum.failed.length} failed`)
  return sum.failed.length === 0 ? 0 : 1
}

/**
 * The check of that name, or those whose names begin with that word.
 * @throws Problem (exit code 2) when there is none
 */
export function choose(checks: Check[], name: string | undefined): Check[] {
  if (name === undefined) return checks
  const chosen = checks.filter((check) => check.name === name || check.name.startsWith(`${name}-`))
  if (chosen.length === 0)
    throw misuse(`There is no check “${name}”. There are: ${checks.map((check) => check.name).join(', ')}.`)
  return chosen
}

/** @throws Problem (exit code 2) when a wish says nothing to any of the checks, or is not right */
export function checkWishes(checks: Check[], { seed, long }: Wishes): void {
  if ((seed !== undefined || long) && !checks.some((check) => check.isVaried))
    throw misuse('--seed and --long are for “faults”, “stops”, “hostile” and “tests-together”: ./hub test faults.')
  if (seed !== undefined && !/^\d+$/.test(seed)) throw misuse(`--seed takes a whole number, not “${seed}”.`)
}

/** Installs what the checks need. What cannot be had is told to the user and counts as one failure. */
async function isPrepared(checks: Check[], data: DataFolder, stop: AbortSignal): Promise<boolean> {
  try {
    await ensure(dependencies(data.logs), stop)
    if (checks.some((check) => check.needsServices)) await ensureServices(data.logs, stop)
    if (checks.some((check) => check.needsN8n)) await ensure(n8nInstall(data.logs), stop)
    return true
  } catch (error) {
    if (!(error instanceof Problem) || stop.aborted) throw error
    complain(error.message)
    return false
  }
}

function verdictOn(outcome: Outcome): string {
  if (outcome.failed.length > 0) return 'FAILED'
  return outcome.passed > 0 ? 'passed' : 'skipped'
}

async function runCheck(check: Check, data: DataFolder, stop: AbortSignal, wishes: Wishes): Promise<Outcome> {
  say(`\n── ${check.title} (${check.name})`)
  const start = performance.now()
  const outcome = await check.run(data, stop, wishes)
  say(`── ${check.name}: ${verdictOn(outcome)} in ${secondsSince(start)}`)
  return outcome
}

async function twoAtATime(checks: Check[], run: (check: Check) => Promise<Outcome>): Promise<Outcome[]> {
  const waiting = [...checks]
  const outcomes: Outcome[] = []
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) outcomes.push(await run(next))
  }
  await Promise.all([lane(), lane()])
  return outcomes
}
