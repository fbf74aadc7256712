import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { HubError } from '../../contracts/errors.ts'
import type { Population } from '../population/population.ts'
import type { Clock } from '../vendors/clock.ts'
import type { Counts } from '../vendors/counts.ts'
import type { Performed } from '../vendors/play.ts'
import type { Player } from '../vendors/player.ts'
import type { Job, Message, Outcome, Part } from './messages.ts'
import type { Slots } from './slots.ts'

export interface ApartLimits {
  /** Longest time of one call. */
  readonly timeMs: number
  /** For the vendor's file, its records and whatever its expressions make. */
  readonly memoryMb: number
}

export interface ApartParts {
  readonly folder: string
  readonly id: string
  readonly population: Population
  readonly clock: Clock
  /** Of all users' vendors together. */
  readonly slots: Slots
  readonly limits?: ApartLimits
}

/** Node and the vendor's code must have loaded by then. */
const longestStartMs = 20_000

// Under Node's type stripping this file is .ts, in the built package .js.
const processFile = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './process.ts' : './process.js', import.meta.url),
)

/**
 * Plays a user's vendor in a process of its own, one call at a time, each within limits of time and memory: its YAML,
 * expressions, paths and records cannot hold up the hub, nor another vendor. What exceeds them is killed with that
 * process and with the records that it kept; the next call begins anew. The process goes on while it is used, for the
 * records; where there are too many, the one that has rested for longest ends.
 */
export const playedApart = ({ folder, id, population, clock, slots, limits = usual }: ApartParts): Player => {
  const part: Part = { folder, id, seed: population.seed, companies: population.size.companies }
  let running: Running | null = null
  let working: Promise<unknown> = Promise.resolve()

  const end = (): void => running?.end()

  const ask = async (work: Job['work']): Promise<unknown> => {
    slots.wake(end)
    if (!running) {
      await slots.take()
      running = startProcess(part, limits, () => {
        running = null
        slots.give(end)
      })
    }
    try {
      return valueOf(await running.run({ ahead: clock.now() - Date.now(), work }))
    } finally {
      if (isRunning()) slots.rest(end)
    }
  }
  const isRunning = (): boolean => running !== null

  /** In the order of the calls: answers keep records. */
  const next = (work: Job['work']): Promise<unknown> => {
    const asked = working.then(() => ask(work))
    working = asked.catch(() => undefined)
    return asked
  }

  return {
    // What this room's own thread has sent.
    perform: async (call, latency) => (await next({ perform: call, latency })) as Performed,
    atVendor: (wanted) => next({ atVendor: wanted }),
    counts: async () => (isRunning() ? ((await next({ counts: 'tell' })) as Counts) : {}),
    forgetCounts: async () => {
      if (isRunning()) await next({ counts: 'forget' })
    },
    reset: async () => {
      await working
      end()
    },
    close: end,
  }
}

const usual: ApartLimits = { timeMs: 2_000, memoryMb: 96 }

interface Running {
  /** One at a time. */
  readonly run: (job: Job) => Promise<Outcome>
  readonly end: () => void
}

/** @param gone is called once, when the process is of no use any more */
const startProcess = (part: Part, { timeMs, memoryMb }: ApartLimits, gone: () => void): Running => {
  const child = fork(processFile, [JSON.stringify(part), String(memoryMb)], {
    serialization: 'advanced',
    env: {},
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const ready = Promise.withResolvers<void>()
  let done: ((outcome: Outcome) => void) | null = null
  let isOver = false
  const finish = (outcome: Outcome): void => {
    done?.(outcome)
    done = null
  }
  const over = (why: string): void => {
    if (isOver) return
    isOver = true
    child.kill('SIGKILL')
    ready.resolve()
    finish(failure(part.id, why))
    gone()
  }
  child.on('message', (message: Message) => (message === 'ready' ? ready.resolve() : finish(message)))
  child.on('error', (error) => over(`cannot be played: ${error.message}`))
  // Within the time limit nothing but its memory ends it.
  child.once('exit', () => over(`took more than ${memoryMb} MB and was stopped`))

  const run = (job: Job): Promise<Outcome> => {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    let timer = setTimeout(() => over('took too long to start'), longestStartMs)
    done = (outcome) => {
      clearTimeout(timer)
      hold(child, false)
      resolve(outcome)
    }
    hold(child, true)
    void ready.promise.then(() => {
      if (isOver) return
      clearTimeout(timer)
      // The time limit is for the call, not for starting the process.
      timer = setTimeout(() => over(`took longer than ${timeMs} ms and was stopped`), timeMs)
      child.send(job)
    })
    return promise
  }
  return { run, end: () => over('was stopped') }
}

const failure = (id: string, why: string): Outcome => ({
  failed: new HubError('bad_response', `${id}/sandbox.yaml ${why}.`, {
    advice: 'Correct its expressions; the records that it kept are gone.',
  }).toValue(),
})

/** Only a call under way keeps the hub from ending by itself. */
const hold = (child: ChildProcess, busy: boolean): void => {
  child[busy ? 'ref' : 'unref']()
  child.channel?.[busy ? 'ref' : 'unref']()
}

const valueOf = (outcome: Outcome): unknown => {
  if (!('failed' in outcome)) return JSON.parse(outcome.json)
  const { kind, message, advice } = outcome.failed
  throw new HubError(kind, message, { advice })
}
