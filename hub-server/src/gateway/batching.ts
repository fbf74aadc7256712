import { batchSize, type Target } from '../connectors/index.ts'
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
    secondsFor(provider, { operation, ...aimOf(way) }, calls)
  const singly = { size: 1, seconds: secondsOf(one, items) }
  if (!many) return singly
  const size = batchSize(connector, operation)
  const inBatches = { size, seconds: secondsOf(many, items / size) }
  return one && singly.seconds < inBatches.seconds ? singly : inBatches
}

type Aim = Pick<Target, 'server' | 'bucket'>

interface Asked {
  readonly request?: Aim
  readonly job?: { readonly submit: Aim }
}

/** Batches may go to a server, or count in a bucket, of their own. */
const aimOf = (way: Asked | undefined): Aim => {
  const { server = 'default', bucket = 'default' } = way?.request ?? way?.job?.submit ?? {}
  return { server, bucket }
}
