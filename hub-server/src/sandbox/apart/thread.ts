// Plays one user's sandbox.yaml, in a thread of the process apart (process.ts): it may be killed at any moment.
import { parentPort, workerData } from 'node:worker_threads'
import { HubError } from '../../contracts/errors.ts'
import { createPopulation } from '../population/population.ts'
import type { Clock } from '../vendors/clock.ts'
import { playedHere } from '../vendors/in-process.ts'
import { loadVendor } from '../vendors/load.ts'
import type { Player } from '../vendors/player.ts'
import type { Job, Message, Outcome, Part } from './messages.ts'

/** The hub reads it on its own loop. Characters. */
const longestAnswer = 2 * 1024 * 1024

const { folder, id, seed, companies }: Part = workerData
const population = createPopulation(seed, companies)
let ahead = 0
const clock: Clock = {
  now: () => Date.now() + ahead,
  advance: (ms) => {
    ahead += ms
  },
}

let player: Promise<Player> | undefined
const played = (): Promise<Player> => {
  if (player) return player
  const fresh = loadVendor(folder, id, population, clock).then(playedHere)
  player = fresh
  // A wrong file may be put right: it is read again at the next call.
  fresh.catch(() => {
    player = undefined
  })
  return fresh
}

const workOf = async ({ work }: Job): Promise<unknown> => {
  const vendor = await played()
  if ('perform' in work) return vendor.perform(work.perform, work.latency)
  if ('atVendor' in work) return vendor.atVendor(work.atVendor)
  return work.counts === 'tell' ? vendor.counts() : vendor.forgetCounts()
}

const run = async (job: Job): Promise<Outcome> => {
  ahead = job.ahead
  try {
    const json = JSON.stringify((await workOf(job)) ?? null)
    if (json.length <= longestAnswer) return { json }
    throw new HubError('bad_response', `${id}/sandbox.yaml answers more than ${longestAnswer / 1024 / 1024} MB.`)
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    const error =
      thrown instanceof HubError ? thrown : new HubError('bad_response', `${id}/sandbox.yaml failed: ${why}`)
    return { failed: error.toValue() }
  }
}

parentPort?.on('message', (job: Job) => {
  void run(job).then((outcome) => parentPort?.postMessage(outcome satisfies Message))
})
parentPort?.postMessage('ready' satisfies Message)
