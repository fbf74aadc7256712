import type { DataFolder } from '../paths.ts'

/** What a check found. Each test of a test runner counts one; any other check counts one as a whole. */
export type Outcome = {
  passed: number
  /** Each failure by its name, as it is told once more at the end. */
  failed: string[]
  skipped: string[]
}

/** What `./hub test` was given beside a name. */
export type Wishes = {
  /** Repeats the faults of an earlier run. */
  seed?: string
  /** The whole of what is done in a short form otherwise. */
  long?: boolean
}

export type Check = {
  /** For `./hub test <name>`: a kind, and after a dash what it is about. */
  name: string
  title: string
  /** Real parts that it starts itself: the machine must have Redis, PostgreSQL and a browser. */
  needsServices?: boolean
  /** It starts a real n8n with the hub's blocks in it. */
  needsN8n?: boolean
  /** It needs one core, and nothing that others change: two of its kind are done at a time. */
  isQuiet?: boolean
  /** It heeds the wishes. */
  isVaried?: boolean
  run(data: DataFolder, stop: AbortSignal, wishes?: Wishes): Promise<Outcome>
}

export const passed: Outcome = { passed: 1, failed: [], skipped: [] }

export function failed(what: string): Outcome {
  return { passed: 0, failed: [what], skipped: [] }
}

export function skipped(why: string): Outcome {
  return { passed: 0, failed: [], skipped: [why] }
}

/** The sum of what several checks found. */
export function total(outcomes: Outcome[]): Outcome {
  return {
    passed: outcomes.reduce((sum, outcome) => sum + outcome.passed, 0),
    failed: outcomes.flatMap((outcome) => outcome.failed),
    skipped: outcomes.flatMap((outcome) => outcome.skipped),
  }
}
