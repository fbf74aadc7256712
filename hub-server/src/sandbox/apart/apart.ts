import { HubError } from '../../contracts/errors.ts'
import { createFence, FenceError, task } from '../../fence/index.ts'
import type { Population } from '../population/population.ts'
import type { Clock } from '../vendors/clock.ts'
import type { Counts } from '../vendors/counts.ts'
import type { Performed } from '../vendors/play.ts'
import type { Player } from '../vendors/player.ts'
import type { Job, Part } from './perform.ts'
import type { Slots } from './slots.ts'

export interface ApartParts {
  readonly folder: string
  readonly id: string
  readonly population: Population
  readonly clock: Clock
  /** Of all users' vendors together. */
  readonly slots: Slots
}

const perform = task<typeof import('./perform.ts').perform>({
  from: import.meta.url,
  file: './perform',
  name: 'perform',
  cpuMs: 2_000,
})

/** For the vendor's file, its records and whatever its expressions make. */
const memoryMb = 96

/**
 * Plays a user's vendor in a process of its own, one call at a time, each within limits of time and memory: its YAML,
 * expressions, paths and records cannot hold up the hub, nor another vendor. What exceeds them is killed with that
 * process and with the records that it kept; the next call begins anew. The process goes on while it is used, for the
 * records; where there are too many, the one that has rested for longest ends.
 */
export const playedApart = ({ folder, id, population, clock, slots }: ApartParts): Player => {
  const part: Part = { folder, id, seed: population.seed, companies: population.size.companies }
  let hasProcess = false
  let working: Promise<unknown> = Promise.resolve()
  const { run, close } = createFence({ processes: 1, memoryMb, idleMs: Infinity }, () => {
    hasProcess = false
    slots.give(close)
  })
  const isRunning = (): boolean => hasProcess

  const ask = async (work: Job['work']): Promise<unknown> => {
    slots.wake(close)
    if (!hasProcess) {
      await slots.take()
      hasProcess = true
    }
    try {
      const outcome = await run(perform, { part, ahead: clock.now() - Date.now(), work })
      if (!('failed' in outcome)) return outcome.value
      const { kind, message, advice } = outcome.failed
      throw new HubError(kind, message, { advice })
    } catch (thrown) {
      throw thrown instanceof FenceError ? stopped(id, thrown) : thrown
    } finally {
      if (isRunning()) slots.rest(close)
    }
  }

  /** In the order of the calls: answers keep records. */
  const next = (work: Job['work']): Promise<unknown> => {
    const asked = working.then(() => ask(work))
    working = asked.catch(() => undefined)
    return asked
  }

  return {
    // What this room's own code has sent.
    perform: async (call, latency) => (await next({ perform: call, latency })) as Performed,
    atVendor: (wanted) => next({ atVendor: wanted }),
    counts: async () => (hasProcess ? ((await next({ counts: 'tell' })) as Counts) : {}),
    forgetCounts: async () => {
      if (hasProcess) await next({ counts: 'forget' })
    },
    reset: async () => {
      await working
      close()
    },
    close,
  }
}

const stopped = (id: string, cause: FenceError): HubError =>
  new HubError('bad_response', `${id}/sandbox.yaml ${cause.message}.`, {
    advice: 'Correct its expressions; the records that it kept are gone.',
    cause,
  })
