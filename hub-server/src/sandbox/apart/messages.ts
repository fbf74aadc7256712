import type { ErrorValue } from '../../contracts/errors.ts'
import type { AtVendor } from '../vendors/at-vendor.ts'
import type { VendorCall } from '../vendors/call.ts'
import type { Latencies } from '../vendors/play.ts'

/** Which vendor a process plays, and about which population. */
export interface Part {
  readonly folder: string
  readonly id: string
  readonly seed: number
  readonly companies: number
}

export interface Job {
  /** How far the vendors' clock has been put forward, milliseconds. */
  readonly ahead: number
  readonly work:
    | { readonly perform: VendorCall; readonly latency: Latencies }
    | { readonly atVendor: AtVendor }
    | { readonly counts: 'tell' | 'forget' }
}

/** JSON, so that its length is known before it comes over. */
export type Outcome = { readonly json: string } | { readonly failed: ErrorValue }
/** `ready` once, when the thread has loaded; then one outcome for each job. */
export type Message = Outcome | 'ready'
