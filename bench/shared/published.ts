import { limitsOf, loadConnectors, type Connector, type Limit } from '../../hub-server/src/connectors/index.ts'
import { milliseconds } from '../../hub-server/src/contracts/duration.ts'
import { connectorsFolder } from './hub.ts'

/** What a vendor publishes about one of its operations, as its connector.yaml states it. */
export interface Published {
  /** Calls a second that the limits allow for hours on end, but for quotas of a day; Infinity where there are none. */
  readonly callsPerSecond: number
  /** The same in words, for the conditions. */
  readonly words: string
}

let shipped: ReturnType<typeof loadConnectors> | undefined

const connectorOf = async (id: string): Promise<Connector> => {
  shipped ??= loadConnectors({ builtIn: connectorsFolder })
  const connector = (await shipped).connectors.get(id)
  if (!connector) throw new Error(`there is no connector ${id}`)
  return connector
}

const dayMs = 86_400_000

/** No benchmark uses up what a vendor allows in a day. */
const perSecond = ({ calls, per }: Limit): number => {
  if (calls === undefined || per === undefined || milliseconds(per) >= dayMs) return Infinity
  return (calls / milliseconds(per)) * 1000
}

const inWords = ({ calls, per, concurrency }: Limit): string =>
  calls === undefined ? `${concurrency} at once` : `${calls.toLocaleString('en')} in ${per}`

/** @param server which of the vendor's servers, where batches have limits of their own */
export const publishedLimits = async (id: string, operation: string, server = 'default'): Promise<Published> => {
  const connector = await connectorOf(id)
  const limits = limitsOf(connector, { operation, server, bucket: 'default' })
  const what = server === 'default' ? operation : `${operation} at its server ${server}`
  return {
    callsPerSecond: Math.min(...limits.map(perSecond)),
    words: `${connector.manifest.name}: ${limits.map(inWords).join(' and ')} (${what})`,
  }
}
