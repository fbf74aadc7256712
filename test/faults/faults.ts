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

export type Fault = (ground: Ground, random: () => number) => Promise<void>

/** From one to the other, both in milliseconds. */
const between = (random: () => number, least: number, most: number): number => Math.round(least + random() * (most - least))

const oneOf = (hubs: readonly Kept[], random: () => number): Kept | undefined => hubs[Math.floor(random() * hubs.length)]

/** Each is over when what it did is undone, but for the hub that starts anew. */
export const faults = {
  'kill a worker': async (ground, random) => {
    const hub = oneOf(ground.hubs.filter(({ name }) => name !== 'api'), random)
    // Most while it works, some while it starts.
    if (random() < 0.8) {
      await hub?.ready()
      await pause(between(random, 0, 1_500))
    }
    await hub?.kill()
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

/** Does faults, each kind as often as the others and in a random order, until so many are done or the signal fires. @returns kind → how often */
export const doFaults = async (ground: Ground, { kinds, count: wanted, pauseMs }: Plan, random: () => number, signal: AbortSignal): Promise<Map<Kind, number>> => {
  const done = new Map<Kind, number>()
  let left: Kind[] = []
  for (let at = 0; at < wanted && !signal.aborted; at++) {
    await pause(between(random, ...pauseMs))
    if (left.length === 0) left = [...kinds]
    const [kind] = left.splice(Math.floor(random() * left.length), 1)
    if (!kind) throw new Error('no kind of fault was asked for')
    await faults[kind](ground, random)
    done.set(kind, (done.get(kind) ?? 0) + 1)
  }
  return done
}
