import type { Connector } from './compiled/connector.ts'
import { mostCredits, wantedOf } from './ask/credits.ts'
import type { Limit } from './manifest/operation.ts'
import { hasNeeded } from './ask/plan.ts'
import { operationOf } from './ask/perform.ts'
import type { VendorAnswer, VendorRequest } from './port/types.ts'

/** The highest number of the vendor's credits that one item costs. @throws HubError unsupported */
export const creditsOf = (connector: Connector, operation: string, item?: unknown): number => {
  const known = operationOf(connector, operation)
  const steps = known.one?.steps?.reduce((sum, step) => sum + step.credits, 0) ?? 0
  return steps + mostCredits(known, wantedOf(item))
}

/** Micro-USD for one of the vendor's credits; 0 where the connector names no price. */
export const priceOf = (connector: Connector): number => connector.manifest.price?.credit ?? 0

/** What limits are told apart by. `operation` may be "auth". */
export type Target = Pick<VendorRequest, 'operation' | 'server' | 'bucket'>

/** The limits that a call must keep, all of them. */
export const limitsOf = (connector: Connector, { operation, server, bucket }: Target): Limit[] =>
  (connector.manifest.limits ?? []).filter(
    (limit) =>
      (limit.server ?? server) === server &&
      (limit.bucket ?? bucket) === bucket &&
      (limit.operation ?? operation) === operation,
  )

/** Milliseconds to wait before the next call, where the vendor's headers say that nothing is left; null otherwise. */
export const limitFromHeaders = (connector: Connector, answer: VendorAnswer, now = Date.now()): number | null => {
  const { limitHeaders } = connector.manifest
  if (!limitHeaders || answer.headers[limitHeaders.remaining.toLowerCase()]?.trim() !== '0') return null
  const reset = limitHeaders.reset === undefined ? undefined : answer.headers[limitHeaders.reset.toLowerCase()]
  if (reset === undefined) return null
  const wait = waitUntil(reset, limitHeaders.resetIs ?? 'seconds', now)
  return Number.isFinite(wait) && wait > 0 ? wait : null
}

const waitUntil = (text: string, means: 'seconds' | 'milliseconds' | 'epoch' | 'date', now: number): number => {
  if (means === 'date') return Date.parse(text) - now
  const amount = Number(text)
  return means === 'epoch' ? amount * 1000 - now : amount * (means === 'seconds' ? 1000 : 1)
}

/**
 * Every connector that offers a capability, with the key of its operation; without an object: for any kind of record.
 */
export const operationsFor = (
  connectors: ReadonlyMap<string, Connector>,
  capability: string,
  object?: string,
): { connector: Connector; operation: string }[] =>
  [...connectors.values()].flatMap((connector) => {
    const operation = [...connector.operations.values()].find(
      (one) =>
        one.capability.name === capability &&
        (object === undefined || one.object === undefined || one.object === object),
    )
    return operation ? [{ connector, operation: operation.key }] : []
  })

/** Most items that one call takes; 1 where the vendor takes no batches. */
export const batchSize = (connector: Connector, operation: string): number =>
  operationOf(connector, operation).many?.upTo ?? 1

/** Whether an item holds what the operation needs (its `needs`). */
export const canDo = (connector: Connector, operation: string, item: unknown): boolean => {
  const known = connector.operations.get(operation)
  return known !== undefined && hasNeeded(known, item)
}
