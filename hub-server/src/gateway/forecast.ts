import { variantOf, type Capability } from '../capabilities/capability.ts'
import { canDo } from '../connectors/index.ts'
import type { Scope } from '../contracts/scope.ts'
import type { AnswerCache } from './answer-cache.ts'
import type { AskOptions } from './ask.ts'
import { cacheKeyOf } from './cache-key.ts'
import type { Providers } from './providers.ts'
import { chooseBatching } from './batching.ts'

export interface Range {
  readonly low: number
  readonly likely: number
  readonly high: number
}

/** What one service would be asked. */
export interface Forecast {
  readonly provider: string
  readonly operation: string
  readonly calls: Range
  /** Micro-USD. */
  readonly price: Range
  /** Items that are answered already. */
  readonly cached: number
  readonly seconds: number
  /** The chance that it knows nothing. */
  readonly miss: number
}

/** Where nothing is known of a service yet. */
const usualHitRate = 0.6

/**
 * What an ask would cost, without asking: the first service gets everything that is not kept, each further one what
 * those before it do not know.
 * @param weights for each input the chance that it is asked at all
 */
export const forecast = async (
  { providers, answers }: { providers: Providers; answers: AnswerCache },
  scope: Scope,
  capability: Capability,
  inputs: readonly unknown[],
  options: AskOptions,
  weights: readonly number[],
  hitRates: ReadonlyMap<string, number>,
): Promise<Forecast[]> => {
  const found: Forecast[] = []
  const object = variantOf(capability, inputs[0])
  let left = new Map(
    inputs.map((input, position) => [capability.key(input), { input, weight: weights[position] ?? 1 }]),
  )
  let isFirst = true
  for (const provider of await providers.list(scope, capability, object, options.providers ?? [])) {
    if (options.maxPrice !== undefined && provider.price > options.maxPrice * 1_000_000) continue
    const able = [...left].filter(([, { input }]) => canDo(provider.connector, provider.operation, input))
    if (able.length === 0) continue
    const days = Math.min(options.maxAgeDays ?? capability.expiryDays, capability.expiryDays)
    const kept =
      capability.effect === 'read'
        ? await answers.read(
            { ...scope, connector: provider.connector.id, operation: provider.operation },
            able.map(([key]) => cacheKeyOf(key, provider)),
            days,
          )
        : new Map()
    const isKept = (key: string): boolean => kept.has(cacheKeyOf(key, provider))
    const fresh = able.filter(([key]) => !isKept(key))
    const rate = hitRates.get(`${provider.connector.id} ${provider.operation}`) ?? usualHitRate
    const likely = fresh.reduce((sum, [, { weight }]) => sum + weight, 0)
    const { size, seconds } = chooseBatching(provider, likely)
    const range = (per: number): Range => ({
      low: isFirst && likely === fresh.length ? fresh.length * per : 0,
      likely: likely * per,
      high: fresh.length * per,
    })
    const calls = range(1 / size)
    const prices = range(provider.price)
    found.push({
      provider: provider.connector.id,
      operation: provider.operation,
      calls: { low: Math.ceil(calls.low), likely: Math.ceil(calls.likely), high: Math.ceil(calls.high) },
      // Some vendors charge only for what they find.
      price: capability.effect === 'read' ? { ...prices, low: prices.low * rate } : prices,
      cached: kept.size,
      seconds,
      miss: capability.effect === 'read' ? 1 - rate : 1,
    })
    if (capability.effect !== 'read') break
    left = new Map(
      [...left].filter(([key]) => !isKept(key)).map(([key, one]) => [key, { ...one, weight: one.weight * (1 - rate) }]),
    )
    isFirst = false
  }
  return found
}
