import { limitsOf, type Target, type VendorRequest } from '../connectors/index.ts'
import { milliseconds } from '../contracts/duration.ts'
import { isQuota, type Rate } from './rate-store/rate-store.ts'
import type { Provider } from './providers.ts'

/**
 * Calls under way at once for one account where its connector says nothing: as many as its rate needs, within these.
 */
const [leastConcurrency, mostConcurrency] = [32, 128]
/** So long a vendor takes to answer, where nothing is known. */
const usualAnswerSeconds = 1

/** The rates that a request counts towards: the person's own plan if they told it, else the connector's. */
export const ratesOf = (account: string, { connector, connection }: Provider, target: Target): Rate[] => {
  if (connection.limits)
    return connection.limits.map(({ calls, per }, index) => ({
      key: `${account}/own/${index}`,
      calls,
      perMs: milliseconds(per),
    }))
  return limitsOf(connector, target).flatMap((limit) => {
    if (!limit.calls || !limit.per) return []
    const part = limit.scope === 'endpoint' ? target.operation : [limit.server, limit.bucket, limit.operation].join('/')
    return [
      { key: `${account}/${part}/${limit.calls}/${limit.per}`, calls: limit.calls, perMs: milliseconds(limit.per) },
    ]
  })
}

/** Calls under way at once for one account. @param processes how many share what the connector allows */
export const concurrencyOf = (provider: Provider, target: Target, processes: number): number => {
  const { connector } = provider
  const stated = limitsOf(connector, target).flatMap(({ concurrency }) =>
    concurrency === undefined ? [] : [Math.max(1, Math.floor(concurrency / processes))],
  )
  if (stated.length > 0) return Math.min(...stated)
  const needed = Math.ceil(callsASecond(provider, target) * usualAnswerSeconds)
  return Number.isFinite(needed) ? Math.min(mostConcurrency, Math.max(leastConcurrency, needed)) : leastConcurrency
}

/** What the short windows allow; Infinity where there are none. */
const callsASecond = (provider: Provider, target: Target): number => {
  const paced = ratesOf('', provider, target).filter((rate) => !isQuota(rate))
  return Math.min(Infinity, ...paced.map(({ calls, perMs }) => (calls / perMs) * 1000))
}

/**
 * How long so many calls take at the vendor's limits, or at the person's own. A quota takes no time until it is used
 * up.
 */
export const secondsFor = (provider: Provider, target: Target, calls: number): number => {
  const quotas = ratesOf('', provider, target).filter(isQuota)
  const waits = quotas.map((quota) => (Math.floor(calls / quota.calls) * quota.perMs) / 1000)
  const pace = Math.min(callsASecond(provider, target), concurrencyOf(provider, target, 1) / usualAnswerSeconds)
  return Math.max(calls / pace, ...waits)
}

/**
 * Calls whose ledger row may be written while others are still on their way: the database works while the network does.
 * Not for a slow rate, where those that waited would leave in a burst.
 */
export const prefetchOf = (provider: Provider, request: VendorRequest, processes: number): number =>
  concurrencyOf(provider, request, processes) *
  (ratesOf('', provider, request).every(({ calls, perMs }) => calls / perMs > 0.1) ? 2 : 1)
