import { complain } from '../screen.ts'
import { redo, type Task } from '../build/task.ts'
import { Problem } from '../problem.ts'
import { failed, passed, type Check } from './check.ts'

/** A check that a build works, today. */
export function build(name: string, title: string, task: (logs: string) => Task): Check {
  return {
    name,
    title,
    async run(data, stop) {
      try {
        await redo(task(data.logs), stop)
        return passed
      } catch (error) {
        if (!(error instanceof Problem) || stop.aborted) throw error
        complain(error.message)
        return failed(name)
      }
    },
  }
}
