import {
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel'
import { HubError } from '../contracts/errors.ts'

const failing = handleWhen(
  (thrown) => thrown instanceof HubError && (thrown.kind === 'unavailable' || thrown.kind === 'timeout'),
)

/** A circuit breaker for each name: open after ten failures in a row, tried again after 1 s, then 2 s, up to 30 s. */
export const createCircuitBreakers = () => {
  const breakers = new Map<string, { readonly policy: CircuitBreakerPolicy; openedAt: number }>()
  return (name: string): CircuitBreakerPolicy => {
    const known = breakers.get(name)
    // Opened later than now: the machine's clock was set back, and it would stay open as long as that.
    if (known && known.openedAt <= Date.now()) return known.policy
    const fresh = {
      policy: circuitBreaker(failing, {
        halfOpenAfter: new ExponentialBackoff({ initialDelay: 1_000, maxDelay: 30_000 }),
        breaker: new ConsecutiveBreaker(10),
      }),
      openedAt: 0,
    }
    fresh.policy.onBreak(() => void (fresh.openedAt = Date.now()))
    breakers.set(name, fresh)
    return fresh.policy
  }
}
