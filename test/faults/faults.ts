import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Services } from '../../hub-server/src/db/testing/services.ts'
import type { CutOff } from '../../hub-server/src/sandbox/vendors/cut-off.ts'
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
  /** connector → calls under way when a worker was killed, over all kills, as the vendor saw it. */
  readonly cutOffs: Map<string, CutOff>
}

export type Fault = (ground: Ground, random: () => number, log: Log) => Promise<void>

/** By then the vendor has seen that the connections of a killed client are broken. */
const brokenMs = 300

/** From one to the other, both in milliseconds. */
const between = (random: () => number, least: number, most: number): number => Math.round(least + random() * (most - least))

const oneOf = (hubs: readonly Kept[], random: () => number): Kept | undefined => hubs[Math.floor(random() * hubs.length)]

/** Each is over when what it did is undone, but for the hub that starts anew. */
export const faults = {
  'kill a worker': async (ground, random, log) => {
    const hub = oneOf(ground.hubs.filter(({ name }) => name !== 'api'), random)
    // Most while it works, some while it starts.
    if (random() < 0.8) {
      await hub?.ready()
      await pause(between(random, 0, 1_500))
    }
    const at = Date.now()
    await hub?.kill()
    await pause(brokenMs)
    const cutOffs = (await ground.stage.control('GET', `cut-offs?at=${at}`)) as Record<string, CutOff>
    for (const [connector, { unanswered, justAnswered }] of Object.entries(cutOffs)) {
      const sum = log.cutOffs.get(connector) ?? { unanswered: 0, justAnswered: 0 }
      log.cutOffs.set(connector, { unanswered: sum.unanswered + unanswered, justAnswered: sum.justAnswered + justAnswered })
    }
  },
  'kill the api': async ({ hubs }) => hubs.find(({ name }) => name === 'api')?.kill(),
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
  'take a vendor down': async ({ stage, connectors }, random) => {
    const connector = connectors[Math.floor(random() * connectors.length)]
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
export const doFaults = async (ground: Ground, { kinds, count: wanted, pauseMs }: Plan, random: () => number, signal: AbortSignal): Promise<Log> => {
  const log: Log = { done: new Map(), cutOffs: new Map() }
  let left: Kind[] = []
  for (let at = 0; at < wanted && !signal.aborted; at++) {
    await pause(between(random, ...pauseMs))
    if (left.length === 0) left = [...kinds]
    const [kind] = left.splice(Math.floor(random() * left.length), 1)
    if (!kind) throw new Error('no kind of fault was asked for')
    await faults[kind](ground, random, log)
    log.done.set(kind, (log.done.get(kind) ?? 0) + 1)
  }
  return log
}
