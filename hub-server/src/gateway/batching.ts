import { batchSize } from '../connectors/index.ts'
import type { Provider } from './providers.ts'
import { secondsFor } from './rates.ts'

/** How a provider is best asked about so many items: one by one, or in batches. */
export interface Batching {
  /** Items in one call. */
  readonly size: number
  /** What the vendor's limits make of it. */
  readonly seconds: number
}

/**
 * The way that ends first at the vendor's limits, or at the person's own. A vendor may let far more single calls
 * through than batches: ZeroBounce takes 80,000 calls in ten seconds, and 30 batches of a hundred in a minute.
 */
export const chooseBatching = (provider: Provider, items: number): Batching => {
  const { connector, operation } = provider
  const { one, many } = connector.operations.get(operation) ?? {}
  const secondsOf = (way: Asked | undefined, calls: number): number =>
    secondsFor(provider, { operation, server: serverOf(way) }, calls)
  const singly = { size: 1, seconds: secondsOf(one, items) }
  if (!many) return singly
  const size = batchSize(connector, operation)
  const inBatches = { size, seconds: secondsOf(many, items / size) }
  return one && singly.seconds < inBatches.seconds ? singly : inBatches
}

interface Asked {
  readonly request?: { readonly server: string }
  readonly job?: { readonly submit: { readonly server: string } }
}

/** Batches may go to a server of their own. */
const serverOf = (way: Asked | undefined): string => (way?.request ?? way?.job?.submit)?.server ?? 'default'
