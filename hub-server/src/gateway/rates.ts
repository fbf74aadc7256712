import { limitsOf, type VendorRequest } from '../connectors/index.ts'
import { milliseconds } from '../contracts/duration.ts'
import type { Rate } from './places/places.ts'
import type { Provider } from './providers.ts'

/** Calls under way at once for one account where its connector says nothing. */
const usualPlaces = 32

/** The rates that a request counts towards: the person's own plan if they told it, else the connector's. */
export const ratesOf = (
  place: string,
  { connector, connection }: Provider,
  { operation, server }: Pick<VendorRequest, 'operation' | 'server'>,
): Rate[] => {
  if (connection.limits)
    return connection.limits.map(({ calls, per }, index) => ({
      key: `${place}/own/${index}`,
      calls,
      perMs: milliseconds(per),
    }))
  return limitsOf(connector, operation, server).flatMap((limit) => {
    if (!limit.calls || !limit.per) return []
    const part = limit.scope === 'endpoint' ? operation : `${limit.server ?? ''}/${limit.operation ?? ''}`
    return [{ key: `${place}/${part}/${limit.calls}/${limit.per}`, calls: limit.calls, perMs: milliseconds(limit.per) }]
  })
}

/** Calls under way at once for one account. @param processes how many share what the connector allows */
export const placesOf = ({ connector }: Provider, { operation, server }: VendorRequest, processes: number): number => {
  const stated = limitsOf(connector, operation, server).flatMap(({ concurrency }) =>
    concurrency === undefined ? [] : [Math.max(1, Math.floor(concurrency / processes))],
  )
  return stated.length > 0 ? Math.min(...stated) : usualPlaces
}

/**
 * Calls whose ledger row may be written while others are still on their way: the database works while the network does.
 * Not for a slow rate, where those that waited would leave in a burst.
 */
export const aheadOf = (provider: Provider, request: VendorRequest, processes: number): number =>
  placesOf(provider, request, processes) *
  (ratesOf('', provider, request).every(({ calls, perMs }) => calls / perMs > 0.1) ? 2 : 1)
