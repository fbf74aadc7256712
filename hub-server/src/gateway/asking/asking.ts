import type { Result } from '../../contracts/result.ts'
import type { Scope } from '../../contracts/scope.ts'
import type { ItemCosts } from '../item-costs.ts'

/** The answer to one input, and who gave it. */
export interface Asked<Output> extends Pick<Result<Output>, 'status' | 'outputs' | 'reason' | 'error' | 'raw'> {
  readonly provider?: string
  readonly connection?: string
  /** When the vendor said it: earlier than now for an answer from the cache. */
  readonly at: Date
  /** What the vendor charged for it when it was asked, micro-USD. */
  readonly price?: number
  /** The ledger row of the call that brought it. */
  readonly ledger?: string
}

export interface Asking {
  readonly scope: Scope
  readonly run: string | null
  /** Ends everything at once. */
  readonly signal: AbortSignal
  /** No new call; what is under way, or paid for, is still fetched. */
  readonly stop: AbortSignal
  /** What names an item of the run for ever: no two messages are sent under one name. */
  readonly nameOf: (item: number) => string
  /** Micro-USD that an item has cost, by every capability that was asked for it. */
  readonly cost: ItemCosts
  /** Micro-USD that one item may cost. */
  readonly itemBudget?: number
  /** Nobody waits for the answer: an outage of the last that can be asked is waited out. */
  readonly patient?: boolean
}
