import { BrokenCircuitError } from 'cockatiel'
import type { Send } from '../connectors/index.ts'
import { HubError, UncertainError } from '../contracts/errors.ts'
import { createAttempt, type AttemptParts } from './attempt.ts'
import { createCircuitBreakers } from './circuit-breakers.ts'
import type { Provider } from './providers.ts'
import type { Clock } from './rate-limiter.ts'
import { prefetchOf } from './rates.ts'
import { accountOf, cancelled, effectOf, stopOf, type RequestContext } from './request-context.ts'
import { mayRepeat, pauseBefore } from './retry.ts'

export interface SendParts extends AttemptParts {
  readonly clock: Clock
}

/**
 * The way out: for each attempt circuit breaker → rate token → ledger row `sent`, committed → the call → ledger
 * settled. What may be repeated is repeated with growing pauses, or as long as the vendor asks.
 */
export const createSend = (parts: SendParts) => {
  const { semaphores, clock, processes } = parts
  const breakers = createCircuitBreakers()
  const attempt = createAttempt(parts)

  return (context: RequestContext): Send => {
    const { provider, mode, patient = false } = context
    return async (request, terms) => {
      const stop = stopOf(context, terms)
      const effect = effectOf(context, terms)
      const server = `${mode}/${provider.connector.id}/${request.server}`
      const line = `${accountOf(context)}/prefetch`
      const once = () => attempt(context, request, terms)
      const inTurn = () => semaphores(line, prefetchOf(provider, request, processes()), once, context.run ?? '', stop)
      let waited = 0
      for (let count = 1; ; count++) {
        try {
          return await breakers(server).execute(inTurn)
        } catch (thrown) {
          const error = thrown instanceof BrokenCircuitError ? leftAlone(provider, thrown) : thrown
          if (stop.aborted) throw error instanceof UncertainError ? error : cancelled()
          if (!mayRepeat(error, { count, waited, effect, patient })) throw error
          const ms = pauseBefore(count, error)
          await clock.sleep(ms, stop)
          waited += ms
        }
      }
    }
  }
}

const leftAlone = (provider: Provider, cause: Error) =>
  new HubError(
    'unavailable',
    `${provider.connector.manifest.name} has not answered many times in a row and is left alone for a while.`,
    { provider: provider.connector.id, cause },
  )
