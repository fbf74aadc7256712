import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Bound, Evaluator, Lexicon } from './expression.ts'
import { expressionFailure } from './failure.ts'
import { messageOf } from './messageOf.ts'
import type { Job, Message, Outcome } from './fenceWorker.ts'
import { plainPathOf, shortened } from './shortcut.ts'
import { parse } from './syntax.ts'

export interface FenceLimits {
  /** Longest time of one evaluation. */
  readonly timeMs: number
  readonly memoryMb: number
}

export interface Fence extends Evaluator {
  /** Ends the process; a later evaluation starts a new one. */
  close(): void
}

interface Waiting {
  readonly job: Job
  readonly done: (outcome: Outcome) => void
}

// Under Node's type stripping this file is .ts, in the built package .js.
const processFile = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './fenceProcess.ts' : './fenceProcess.js', import.meta.url),
)

/**
 * Runs expressions in a process of their own, one at a time, each within limits of time and memory. What exceeds them
 * is killed with that process, the rest goes on in a new one; the hub is never held up. A thread would not do: V8 ends
 * the whole process when a thread's heap grows past its limit faster than Node can stop it.
 */
export const createFence = (limits: FenceLimits = { timeMs: 500, memoryMb: 64 }): Fence => {
  let worker: ChildProcess | null = null
  let sent = new Set<number>()
  let running: { waiting: Waiting; timer: NodeJS.Timeout | null } | null = null
  const queue: Waiting[] = []
  const lexicons: Lexicon[] = []

  const finish = (outcome: Outcome): void => {
    const finished = running
    running = null
    if (finished?.timer) clearTimeout(finished.timer)
    finished?.waiting.done(outcome)
    if (queue.length === 0) hold(worker, false)
    next()
  }

  /** Only an evaluation under way keeps the hub from ending by itself. */
  const hold = (child: ChildProcess | null, busy: boolean): void => {
    child?.[busy ? 'ref' : 'unref']()
    child?.channel?.[busy ? 'ref' : 'unref']()
  }

  const drop = (gone: ChildProcess, why: string): void => {
    if (worker !== gone) return
    worker = null
    if (running) finish({ failed: why })
  }

  const start = (): ChildProcess => {
    const fresh = fork(processFile, [String(limits.memoryMb)], {
      serialization: 'advanced',
      env: {},
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    sent = new Set()
    fresh.on('message', (message: Message) => {
      if (worker !== fresh) return
      if (message === 'ready') begin()
      else finish(message)
    })
    fresh.on('error', (error) => drop(fresh, `failed: ${error.message}`))
    // Within the time limit nothing but its memory ends it.
    fresh.on('exit', () => drop(fresh, `took more than ${limits.memoryMb} MB and was stopped`))
    return fresh
  }

  const kill = (): void => {
    const gone = worker
    worker = null
    gone?.kill('SIGKILL')
    finish({ failed: `took longer than ${limits.timeMs} ms and was stopped` })
  }

  /** Hands the running job over. The time limit is for the expression, not for starting the process. */
  const begin = (): void => {
    if (!running || running.timer) return
    running.timer = setTimeout(kill, limits.timeMs)
    const { job } = running.waiting
    const lexicon = lexicons[job.lexiconId]
    const first = !sent.has(job.lexiconId)
    sent.add(job.lexiconId)
    try {
      worker?.send(first && lexicon ? { ...job, lexicon } : job)
    } catch (thrown) {
      finish({ failed: `could not be given its input: ${messageOf(thrown)}` })
    }
  }

  const next = (): void => {
    if (running) return
    const waiting = queue.shift()
    if (!waiting) return
    running = { waiting, timer: null }
    if (worker) {
      hold(worker, true)
      begin()
    } else worker = start()
  }

  const idOf = (lexicon: Lexicon): number => {
    const known = lexicons.indexOf(lexicon)
    return known >= 0 ? known : lexicons.push(lexicon) - 1
  }

  return {
    compile: (source, place, lexicon) => {
      // What has a short way is no program: it is gone here.
      const ast = parse(source).ast()
      const lexiconId = idOf(lexicon)
      const fenced = async (root: unknown, bound: Bound): Promise<unknown> => {
        const outcome = await new Promise<Outcome>((done) => {
          queue.push({ job: { source, lexiconId, root, bound }, done })
          next()
        })
        if ('failed' in outcome) throw expressionFailure(place, source, outcome.failed)
        return outcome.value
      }
      return {
        source,
        path: plainPathOf(ast),
        evaluate: shortened(ast, fenced),
      }
    },
    close: () => {
      const gone = worker
      worker = null
      gone?.kill('SIGKILL')
      if (running) finish({ failed: 'was stopped' })
    },
  }
}
