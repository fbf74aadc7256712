import { fingerprint, isDone, markDone } from '../fingerprint.ts'
import { step } from '../steps.ts'

/** One piece of installing or building, done again only when what it depends on has changed. */
export type Task = {
  title: string
  /** Files and folders it reads. */
  reads: string[]
  /** What else it depends on. */
  facts: string[]
  /** A file inside what it makes; see `isDone`. */
  stamp: string
  work(stop: AbortSignal): Promise<void>
}

/** Does the task unless it was done before for the same inputs. */
export async function ensure(task: Task, stop: AbortSignal): Promise<void> {
  const print = fingerprint(task.reads, task.facts)
  if (isDone(task.stamp, print)) return
  await step(task.title, () => task.work(stop))
  markDone(task.stamp, print)
}

/** Does the task in any case: for checks, which must not take an older success for today's. */
export async function redo(task: Task, stop: AbortSignal): Promise<void> {
  const print = fingerprint(task.reads, task.facts)
  await step(task.title, () => task.work(stop))
  markDone(task.stamp, print)
}
