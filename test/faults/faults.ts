import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Services } from '../../hub-server/src/db/testing/services.ts'
import type { Kept } from './kept.ts'
import type { Stage } from './stage.ts'

/** What the faults are done to. */
export interface Ground {
  readonly stage: Stage
  readonly services?: Services
  readonly hubs: readonly Kept[]
  readonly connectors: readonly string[]
}

export interface Log {
  /** kind → how often. */
  readonly done: Map<string, number>
  /** connector → calls that the vendor was answering when a hub was killed, over all kills. */
  readonly inFlight: Map<string, number>
}

export type Fault = (ground: Ground, log: Log, random: () => number) => Promise<void>

const count = (counts: Map<string, number>, key: string, more = 1): void => void counts.set(key, (counts.get(key) ?? 0) + more)

/** From one to the other, both in milliseconds. */
const between = (random: () => number, least: number, most: number): number => Math.round(least + random() * (most - least))

/** The most of a few quick looks: a call may leave between a look and the kill. */
const looks = 4

/**
 * Kills a hub that calls vendors. What is measured is how many calls the vendor was answering just before, those of the
 * other worker among them: each call of the killed one that had arrived and whose answer was not yet on its way.
 */
const killWorking = async (hub: Kept, { stage, connectors }: Ground, log: Log): Promise<void> => {
  const most = new Map<string, number>()
  for (let look = 0; look < looks; look++) {
    const busy = (await stage.control('GET', 'busy')) as Record<string, number>
    for (const connector of connectors) most.set(connector, Math.max(most.get(connector) ?? 0, busy[connector] ?? 0))
  }
  await hub.kill()
  for (const [connector, calls] of most) count(log.inFlight, connector, calls)
}

const oneOf = (hubs: readonly Kept[], random: () => number): Kept | undefined => hubs[Math.floor(random() * hubs.length)]

/** Each is over when what it did is undone, but for the hub that starts anew. */
export const faults = {
  'kill a worker': async (ground, log, random) => {
    const hub = oneOf(ground.hubs.filter(({ name }) => name !== 'api'), random)
    if (hub) await killWorking(hub, ground, log)
  },
  'kill the api': async ({ hubs }) => hubs.find(({ name }) => name === 'api')?.kill(),
  'empty Redis': async ({ services }) => {
    const redis = new Redis(services?.redisUrl ?? '')
    await redis.flushall()
    redis.disconnect()
  },
  'stop and start Redis': async ({ services }, _log, random) => {
    await services?.stopRedis()
    await pause(between(random, 300, 3_000))
    await services?.startRedis()
  },
  'restart Postgres': async ({ services }, _log, random) => services?.restartPostgres(random() < 0.5 ? 'fast' : 'immediate'),
  'take a vendor down': async ({ stage, connectors }, _log, random) => {
    const connector = connectors[Math.floor(random() * connectors.length)]
    const ms = between(random, 300, 3_000)
    await stage.control('POST', `outage?connector=${connector}`, { ms })
    await pause(ms)
  },
  'step a clock': async ({ hubs }, _log, random) => {
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
export const doFaults = async (ground: Ground, { kinds, count: wanted, pauseMs }: Plan, random: () => number, signal: AbortSignal): Promise<Log> => {
  const log: Log = { done: new Map(), inFlight: new Map() }
  let left: Kind[] = []
  for (let done = 0; done < wanted && !signal.aborted; done++) {
    await pause(between(random, ...pauseMs))
    if (left.length === 0) left = [...kinds]
    const [kind] = left.splice(Math.floor(random() * left.length), 1)
    if (!kind) throw new Error('no kind of fault was asked for')
    await faults[kind](ground, log, random)
    count(log.done, kind)
  }
  return log
}
