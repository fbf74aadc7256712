import { atVendor } from './at-vendor.ts'
import { createCounts } from './counts.ts'
import type { Vendor } from './load.ts'
import { play } from './play.ts'
import type { Player } from './player.ts'

/** Plays a vendor in this process. */
export const playedHere = (vendor: Vendor): Player => {
  const counts = createCounts()
  return {
    perform: (call, latency) => play(vendor, call, { counts, latency }),
    // What it throws is a rejection.
    atVendor: async (wanted) => atVendor(vendor, wanted),
    counts: () => Promise.resolve(counts.all()),
    forgetCounts: () => {
      counts.reset()
      return Promise.resolve()
    },
    reset: () => {
      counts.reset()
      vendor.limits.reset()
      vendor.accounts.reset()
      return Promise.resolve()
    },
    close: () => undefined,
  }
}
