import { playedApart } from './apart/apart.ts'
import { createSlots } from './apart/slots.ts'
import type { Population } from './population/population.ts'
import type { VendorCall } from './vendors/call.ts'
import type { Clock } from './vendors/clock.ts'
import type { Counts } from './vendors/counts.ts'
import { playedHere } from './vendors/in-process.ts'
import { folderOf, loadVendor } from './vendors/load.ts'
import type { Latencies, Performed } from './vendors/play.ts'
import type { Player } from './vendors/player.ts'

export interface VendorsOptions {
  /** Of the hub itself: played in this process. */
  readonly folders: readonly string[]
  /** Users' own: each vendor is played in a process of its own, which may be killed. */
  readonly own: readonly string[]
  readonly population: Population
  readonly clock: Clock
  readonly latency: () => Latencies
}

/** Processes of users' vendors: a person seldom tries out more at once, and each takes some 60 MB. */
const mostProcesses = 4

/** All vendors, each read from its sandbox.yaml when it is first called. */
export const createVendors = ({ folders, own, population, clock, latency }: VendorsOptions) => {
  const loading = new Map<string, Promise<Player | null>>()
  const slots = createSlots(mostProcesses)

  const open = async (id: string): Promise<Player | null> => {
    for (const folder of [...folders, ...own]) {
      const place = await folderOf(folder, id)
      if (place === null) continue
      if (!folders.includes(folder)) return playedApart({ folder: place, id, population, clock, slots })
      return playedHere(await loadVendor(place, id, population, clock))
    }
    return null
  }

  const playerOf = (id: string): Promise<Player | null> => {
    const known = loading.get(id)
    if (known) return known
    const fresh = open(id)
    loading.set(id, fresh)
    // A wrong or missing file may be put right: it is read again at the next call.
    fresh.then(
      (player) => player === null && loading.delete(id),
      () => loading.delete(id),
    )
    return fresh
  }

  const loaded = async (): Promise<Player[]> =>
    (await Promise.all(loading.values())).flatMap((player) => (player ? [player] : []))

  return {
    /**
     * The vendor's answer; null where no sandbox.yaml describes that connector.
     * @throws HubError when the sandbox.yaml is wrong, or one of its expressions fails
     */
    perform: async (call: VendorCall): Promise<Performed | null> => {
      const player = await playerOf(call.connector)
      return player && player.perform(call, latency())
    },
    playerOf,
    /** connector → key → route → count. */
    counts: async (): Promise<Counts> => {
      const all: Counts = {}
      for (const player of await loaded()) Object.assign(all, await player.counts())
      return all
    },
    forgetCounts: async (): Promise<void> => {
      for (const player of await loaded()) await player.forgetCounts()
    },
    reset: async (): Promise<void> => {
      for (const player of await loaded()) await player.reset()
    },
    close: (): void => {
      for (const player of loading.values())
        player.then(
          (one) => one?.close(),
          // It never opened: there is nothing to close.
          () => undefined,
        )
    },
  }
}
export type Vendors = ReturnType<typeof createVendors>
