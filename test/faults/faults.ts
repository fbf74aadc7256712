import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Services } from '../../hub-server/src/db/testing/services.ts'
import type { CutOff } from '../../hub-server/src/sandbox/vendors/cut-off.ts'
import { readMs, type Frozen } from '../hub/freeze.ts'
import type { Kept } from './kept.ts'
import type { Stage } from './stage.ts'
import type { Work } from './work.ts'

/** What the faults are done to. */
export interface Ground {
  readonly stage: Stage
  readonly services?: Services
  readonly hubs: readonly Kept[]
  readonly works: readonly Work[]
}

export interface Log {
  /** kind → how often. */
  readonly done: Map<string, number>
  /**
   * name of a work → its calls under way when a hub was killed or stood still, over all such moments, as the vendor saw
   * it.
   */
  readonly inFlight: Map<string, CutOff>
  /** name of a work → calls that may have stood there as begun at such moments, about to leave. */
  readonly leaving: Map<string, number>
  /** Ends of what goes on beside the next faults. */
  readonly endings: Promise<void>[]
}

export type Fault = (ground: Ground, random: () => number, log: Log) => Promise<void>

/** Longer than a lease (15 s), and than a process counts as living that says nothing (20 s). */
const stillMs = 21_000

/** From one to the other, both in milliseconds. */
const between = (random: () => number, least: number, most: number): number =>
  Math.round(least + random() * (most - least))

const oneOf = <Thing>(things: readonly Thing[], random: () => number): Thing | undefined =>
  things[Math.floor(random() * things.length)]

/** Those that work on runs: all but the api, where there is one. */
const workersOf = ({ hubs }: Ground): readonly Kept[] => hubs.filter(({ name }) => name !== 'api')
const apiOf = ({ hubs }: Ground): Kept | undefined => hubs.find(({ name }) => name === 'api')

/** Adds to the log what the vendors had under way then for a client that asked from these ports. */
const countInFlight = async ({ stage, works }: Ground, log: Log, { query, leadMs }: Frozen): Promise<void> => {
  await pause(readMs)
  for (const { name, connector, paidPath, perSecond } of works) {
    log.leaving.set(name, (log.leaving.get(name) ?? 0) + Math.ceil((perSecond * leadMs) / 1000))
    const about = `cut-offs?${query}&path=${encodeURIComponent(paidPath)}`
    const found = (await stage.control('GET', about)) as Record<string, CutOff>
    const { unanswered, justAnswered } = found[connector] ?? { unanswered: 0, justAnswered: 0 }
    const sum = log.inFlight.get(name) ?? { unanswered: 0, justAnswered: 0 }
    log.inFlight.set(name, {
      unanswered: sum.unanswered + unanswered,
      justAnswered: sum.justAnswered + justAnswered,
    })
  }
}

const kill = async (hub: Kept | undefined, ground: Ground, log: Log): Promise<void> => {
  const frozen = await hub?.freeze()
  await hub?.kill()
  if (frozen) await countInFlight(ground, log, frozen)
}

/** It stands still beside the next faults, which may even kill it meanwhile. */
const standStill = async (hub: Kept | undefined, ground: Ground, log: Log): Promise<void> => {
  await hub?.ready()
  const frozen = await hub?.freeze()
  if (!frozen) return
  log.endings.push(pause(stillMs).then(frozen.thaw))
  await countInFlight(ground, log, frozen)
}

/** Each is over when what it did is undone, but for the hub that starts anew, or stands still. */
export const faults = {
  'kill a worker': async (ground, random, log) => {
    const hub = oneOf(workersOf(ground), random)
    // Most while it works, some while it starts.
    if (random() < 0.8) {
      await hub?.ready()
      await pause(between(random, 0, 1_500))
    }
    await kill(hub, ground, log)
  },
  'stop a worker for 21 s': async (ground, random, log) => standStill(oneOf(workersOf(ground), random), ground, log),
  'stop the api for 21 s': async (ground, _random, log) => standStill(apiOf(ground), ground, log),
  'kill the api': async (ground) => apiOf(ground)?.kill(),
  'empty Redis': async ({ services }) => {
    const redis = new Redis(services?.redisUrl ?? '')
    await redis.flushall()
    redis.disconnect()
  },
  'stop and start Redis': async ({ services }, random) => {
    await services?.stopRedis()
    await pause(between(random, 300, 3_000))
    await services?.startRedis()
  },
  'restart Postgres': async ({ services }, random) => services?.restartPostgres(random() < 0.5 ? 'fast' : 'immediate'),
  'take a vendor down': async ({ stage, works }, random) => {
    const connector = oneOf(works, random)?.connector
    const ms = between(random, 300, 3_000)
    await stage.control('POST', `outage?connector=${connector}`, { ms })
    await pause(ms)
  },
  'step a clock': async ({ hubs }, random) => {
    const minutes = between(random, -180, 180)
    oneOf(hubs, random)?.step(minutes * 60_000)
  },
} satisfies Record<string, Fault>

export type Kind = keyof typeof faults

export interface Plan {
  readonly kinds: readonly Kind[]
  readonly count: number
  /** Between two faults, at least and at most. */
  readonly pauseMs: readonly [number, number]
}

/** Does faults, each kind as often as the others and in a random order, until so many are done or the signal fires. */
export const doFaults = async (
  ground: Ground,
  { kinds, count: wanted, pauseMs }: Plan,
  random: () => number,
  signal: AbortSignal,
): Promise<Log> => {
  const log: Log = { done: new Map(), inFlight: new Map(), leaving: new Map(), endings: [] }
  let left: Kind[] = []
  for (let at = 0; at < wanted && !signal.aborted; at++) {
    await pause(between(random, ...pauseMs))
    if (left.length === 0) left = [...kinds]
    const [kind] = left.splice(Math.floor(random() * left.length), 1)
    if (!kind) throw new Error('no kind of fault was asked for')
    await faults[kind](ground, random, log)
    log.done.set(kind, (log.done.get(kind) ?? 0) + 1)
  }
  await Promise.all(log.endings)
  return log
}
