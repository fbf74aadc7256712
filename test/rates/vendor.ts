import { milliseconds } from '../../hub-server/src/contracts/duration.ts'
import type { Connector } from '../../hub-server/src/connectors/index.ts'
import { providerOf } from '../../hub-server/src/gateway/providers.ts'
import { ratesOf } from '../../hub-server/src/gateway/rates.ts'
import type { Rate } from '../../hub-server/src/gateway/rate-limiter.ts'
import { createLimits } from '../../hub-server/src/sandbox/vendors/limits.ts'
import type { VirtualClock } from './clock.ts'

/** Calls of one kind: where they go, and every rate they count towards. */
export interface Work {
  readonly operation: string
  readonly server: string
  readonly bucket: string
  readonly rates: readonly Rate[]
}

export const account = 'account'

/** Every kind of call to a connector that has rates of its own. */
export const worksOf = (connector: Connector): Work[] => {
  const connection = { id: account, connector: connector.id, fields: {} }
  const servers = Object.keys(connector.manifest.servers)
  const buckets = ['default', ...(connector.manifest.limits ?? []).flatMap(({ bucket }) => bucket ?? [])]
  const aims = servers.flatMap((server) => [...new Set(buckets)].map((bucket) => ({ server, bucket })))
  const all = [...connector.operations.keys(), 'auth'].flatMap((operation) =>
    aims.map((aim) => ({
      operation,
      ...aim,
      rates: ratesOf(account, providerOf(connector, operation, connection), { operation, ...aim }),
    })),
  )
  const limited = all.filter(({ rates }) => rates.length > 0)
  return [...new Map(limited.map((work) => [work.rates.map(({ key }) => key).join('\n'), work])).values()]
}

/** The vendor, as the sandbox plays it: it counts the calls of exact sliding windows and refuses what is too much. */
export const vendorOf = (connector: Connector, clock: VirtualClock) => {
  const limits = createLimits(connector.manifest.limits ?? [], { now: clock.now, advance: () => undefined })
  return ({ operation, server, bucket }: Work): boolean =>
    limits.admit({ key: account, server, bucket, operation, route: operation }).admitted
}

/** The lengths of the connector's windows, the shortest first. */
export const windowsOf = (connector: Connector): number[] =>
  [
    ...new Set(
      (connector.manifest.limits ?? []).flatMap(({ calls, per }) => (calls && per ? [milliseconds(per)] : [])),
    ),
  ].sort((a, b) => a - b)
