import type { AtVendor } from './at-vendor.ts'
import type { VendorCall } from './call.ts'
import type { Counts } from './counts.ts'
import type { Latencies, Performed } from './play.ts'

/** What plays one vendor: in this process where it comes with the hub, in one of its own where it is a user's. */
export interface Player {
  /** @throws HubError when the sandbox.yaml is wrong, or one of its expressions fails */
  readonly perform: (call: VendorCall, latency: Latencies) => Promise<Performed>
  /** @throws HubError not_found where no account has the record */
  readonly atVendor: (wanted: AtVendor) => Promise<unknown>
  readonly counts: () => Promise<Counts>
  readonly forgetCounts: () => Promise<void>
  /** As if nobody had called: records, counts and limits are gone. */
  readonly reset: () => Promise<void>
  readonly close: () => void
}
