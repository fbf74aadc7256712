import { execFileSync } from 'node:child_process'
import { inCheckout } from '../paths.ts'
import { skipped, type Check } from './check.ts'
import { vitest } from './vitest.ts'

type Play = (name: string, title: string, seed: string) => Check

const stops: Play = (name, title, seed) =>
  vitest(name, title, 'test/stops', 'test', {}, () => ({ STOPS_LONG: 'yes', STOPS_SEED: seed }))

const kills: Play = (name, title, seed) =>
  vitest(
    name,
    title,
    'test',
    'test',
    { needsServices: true, needsN8n: true },
    () => ({ TOGETHER_LONG: 'yes', KILL_SEED: seed }),
    ['hub/kills', 'n8n/twenty-thousand'],
  )

const faultsOf =
  (form: number): Play =>
  (name, title, seed) =>
    vitest(name, title, 'test/faults', 'test', { needsServices: true }, () => ({
      FAULTS_LONG: 'yes',
      FAULTS_FORM: String(form),
      FAULTS_SEED: seed,
    }))

/** The long plays, of ten minutes or so each: the forms of faults are those of test/faults/forms.ts. */
const plays: readonly Play[] = [stops, ...Array.from({ length: 8 }, (_, form) => faultsOf(form)), kills]

/**
 * One of the long plays, chosen by the commit: all of them take too long for every commit, and so each has its turn.
 * The commit is the seed as well.
 */
export function longPlay(commit: string | undefined = currentCommit()): Check {
  const name = 'long-play'
  const title = 'One of the long plays, chosen by the commit'
  if (commit === undefined) return { name, title, run: () => Promise.resolve(skipped(`${name} (there is no commit)`)) }
  const number = Number.parseInt(commit.slice(0, 8), 16)
  const play = plays[number % plays.length]!
  return play(name, title, String(number))
}

function currentCommit(): string | undefined {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: inCheckout(), encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch (error) {
    // Not a checkout of git, or no git: told as skipped.
    if (error instanceof Error && ('status' in error || 'code' in error)) return undefined
    throw error
  }
}
