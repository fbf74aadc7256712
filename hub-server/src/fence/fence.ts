import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { messageOf } from './message-of.ts'
import { exits, type Call, type Message, type Outcome } from './messages.ts'
import { moduleBeside, type Task } from './task.ts'

export interface FenceLimits {
  /** The most processes at once. */
  readonly processes: number
  /** Of each process, for what it works on. */
  readonly memoryMb: number
  /** A process that has had nothing to do for so long is ended, milliseconds; never with Infinity. */
  readonly idleMs: number
}

export interface Fence {
  /**
   * Calls a task's function in a process apart: whatever it does, the hub is not held up.
   * @throws FenceError when it fails, or takes more time or memory than it may
   */
  readonly run: <Input, Output>(task: Task<Input, Output>, input: Input) => Promise<Output>
  /** Ends the processes; a later call starts new ones. */
  readonly close: () => void
}

/** Why a call gave nothing; the message goes on from the name of what was called, e.g. “took more than 64 MB …”. */
export class FenceError extends Error {
  override readonly name = 'FenceError'
}

interface Waiting {
  readonly call: Call
  readonly done: (outcome: Outcome) => void
}

/** The clock on the wall may go so much further than a call's own processor time before its process is given up. */
const wallMs = (cpuMs: number): number => cpuMs * 10 + 10_000

const defaults: FenceLimits = { processes: 2, memoryMb: 256, idleMs: 30_000 }

/**
 * Killable processes, each with one call at a time. A thread would not do: V8 ends the whole process when a thread's
 * heap grows past its limit faster than Node can stop it (docs/decisions/0004).
 * @param ended is told of each process that is gone; what its modules remembered is gone with it
 */
export const createFence = (given: Partial<FenceLimits> = {}, ended: () => void = () => undefined): Fence => {
  const limits = { ...defaults, ...given }
  const queue: Waiting[] = []
  const processes = new Set<FencedProcess>()

  const gone = (one: FencedProcess): void => {
    processes.delete(one)
    ended()
  }

  const next = (): void => {
    while (queue.length > 0) {
      const free = [...processes].find((one) => one.isFree())
      if (!free && processes.size >= limits.processes) return
      const chosen = free ?? startProcess(limits, { freed: next, gone })
      processes.add(chosen)
      const waiting = queue.shift()
      if (waiting) chosen.take(waiting)
    }
  }

  return {
    run: async <Input, Output>({ module, name, cpuMs }: Task<Input, Output>, input: Input): Promise<Output> => {
      const outcome = await new Promise<Outcome>((done) => {
        queue.push({ call: { module, name, input, cpuMs }, done })
        next()
      })
      if ('failed' in outcome) throw new FenceError(outcome.failed)
      return (outcome.json === null ? undefined : JSON.parse(outcome.json)) as Output
    },
    close: () => {
      for (const one of processes) one.end()
    },
  }
}

interface FencedProcess {
  readonly isFree: () => boolean
  readonly take: (waiting: Waiting) => void
  readonly end: () => void
}

interface Told {
  /** It can take another call. */
  readonly freed: () => void
  readonly gone: (one: FencedProcess) => void
}

const startProcess = ({ memoryMb, idleMs }: FenceLimits, { freed, gone }: Told): FencedProcess => {
  const child = fork(fileURLToPath(moduleBeside(import.meta.url, './process')), [String(memoryMb)], {
    serialization: 'advanced',
    env: {},
    // It reads its own modules, and can neither write a file nor start a program.
    execArgv: ['--permission', '--allow-fs-read=*', '--allow-worker'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  let isReady = false
  let isGone = false
  let current: Waiting | null = null
  let limit: NodeJS.Timeout | undefined
  let idle: NodeJS.Timeout | undefined

  const finish = (outcome: Outcome): void => {
    const finished = current
    current = null
    clearTimeout(limit)
    hold(child, false)
    if (!isGone && Number.isFinite(idleMs)) idle = setTimeout(() => child.kill('SIGKILL'), idleMs).unref()
    finished?.done(outcome)
    freed()
  }

  const leave = (why: string): void => {
    if (isGone) return
    isGone = true
    clearTimeout(idle)
    gone(self)
    if (current) finish({ failed: why })
  }

  /** Hands the call over: the time limit is for the work, not for starting the process. */
  const begin = (): void => {
    if (!current || !isReady) return
    const { call } = current
    limit = setTimeout(() => {
      child.kill('SIGKILL')
      leave(tookTooLong(call.cpuMs))
    }, wallMs(call.cpuMs))
    try {
      child.send(call)
    } catch (thrown) {
      finish({ failed: `could not be given its input: ${messageOf(thrown)}` })
    }
  }

  const self: FencedProcess = {
    isFree: () => current === null && !isGone,
    take: (waiting) => {
      clearTimeout(idle)
      current = waiting
      hold(child, true)
      begin()
    },
    end: () => {
      child.kill('SIGKILL')
      leave('was stopped')
    },
  }

  child.on('message', (message: Message) => {
    if (isGone || message === 'begun') return
    if (message !== 'ready') return finish(message)
    isReady = true
    begin()
  })
  child.on('error', (error) => leave(`failed: ${error.message}`))
  child.on('exit', (code) =>
    leave(
      code === exits.tooLong && current
        ? tookTooLong(current.call.cpuMs)
        : `took more than ${memoryMb} MB and was stopped`,
    ),
  )
  return self
}

const tookTooLong = (cpuMs: number): string => `took longer than ${cpuMs} ms and was stopped`

/** Only a call under way keeps the hub from ending by itself. */
const hold = (child: ChildProcess, busy: boolean): void => {
  child[busy ? 'ref' : 'unref']()
  child.channel?.[busy ? 'ref' : 'unref']()
}
