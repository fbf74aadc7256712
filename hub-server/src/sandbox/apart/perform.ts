// Plays one user's sandbox.yaml: called behind a fence of its own (apart.ts), whose process remembers the records.
import { HubError, type ErrorValue } from '../../contracts/errors.ts'
import { messageOf } from '../../fence/index.ts'
import { createPopulation } from '../population/population.ts'
import type { AtVendor } from '../vendors/at-vendor.ts'
import type { VendorCall } from '../vendors/call.ts'
import type { Clock } from '../vendors/clock.ts'
import { playedHere } from '../vendors/in-process.ts'
import { loadVendor } from '../vendors/load.ts'
import type { Latencies } from '../vendors/play.ts'
import type { Player } from '../vendors/player.ts'

/** Which vendor a process plays, and about which population. */
export interface Part {
  readonly folder: string
  readonly id: string
  readonly seed: number
  readonly companies: number
}

export interface Job {
  /** The same in all calls of one process. */
  readonly part: Part
  /** How far the vendors' clock has been put forward, milliseconds. */
  readonly ahead: number
  readonly work:
    | { readonly perform: VendorCall; readonly latency: Latencies }
    | { readonly atVendor: AtVendor }
    | { readonly counts: 'tell' | 'forget' }
}

export type Outcome = { readonly value: unknown } | { readonly failed: ErrorValue }

/** The hub reads it on its own loop. Characters of JSON. */
const longestAnswer = 2 * 1024 * 1024

let ahead = 0
const clock: Clock = {
  now: () => Date.now() + ahead,
  advance: (ms) => {
    ahead += ms
  },
}

let player: Promise<Player> | undefined
const played = ({ folder, id, seed, companies }: Part): Promise<Player> => {
  if (player) return player
  const fresh = loadVendor(folder, id, createPopulation(seed, companies), clock).then(playedHere)
  player = fresh
  // A wrong file may be put right: it is read again at the next call.
  fresh.catch(() => {
    player = undefined
  })
  return fresh
}

const workOf = async ({ part, work }: Job): Promise<unknown> => {
  const vendor = await played(part)
  if ('perform' in work) return vendor.perform(work.perform, work.latency)
  if ('atVendor' in work) return vendor.atVendor(work.atVendor)
  return work.counts === 'tell' ? vendor.counts() : vendor.forgetCounts()
}

export const perform = async (job: Job): Promise<Outcome> => {
  const { id } = job.part
  ahead = job.ahead
  try {
    const value = (await workOf(job)) ?? null
    if (JSON.stringify(value).length <= longestAnswer) return { value }
    throw new HubError('bad_response', `${id}/sandbox.yaml answers more than ${longestAnswer / 1024 / 1024} MB.`)
  } catch (thrown) {
    if (thrown instanceof HubError) return { failed: thrown.toValue() }
    return { failed: new HubError('bad_response', `${id}/sandbox.yaml failed: ${messageOf(thrown)}`).toValue() }
  }
}
