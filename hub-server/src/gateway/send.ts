import {
  BrokenCircuitError,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel'
import type { Effect } from '../capabilities/capability.ts'
import {
  createAgents,
  limitFromHeaders,
  performRequest,
  VendorError,
  wasClosedWhileIdle,
  type Agents,
  type CallTerms,
  type Departure,
  type Outcome,
  type Send,
  type VendorAnswer,
  type VendorRequest,
} from '../connectors/index.ts'
import { HubError, UncertainError } from '../contracts/errors.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Ledger } from './ledger.ts'
import type { Clock, Limiter } from './limiter.ts'
import type { Provider } from './providers.ts'
import { aheadOf, placesOf, ratesOf } from './rates.ts'
import type { Slots } from './slots.ts'

export interface SendParts {
  readonly ledger: Ledger
  readonly limiter: Limiter
  readonly slots: Slots
  readonly agents: Agents
  readonly clock: Clock
  /** How many processes share what a vendor allows at once. */
  readonly processes: () => number
}

export interface Errand extends Scope {
  readonly run: string | null
  readonly provider: Provider
  readonly effect: Effect
  /** Ends everything at once. */
  readonly signal: AbortSignal
  /** No new call; what is under way, or paid for, is still fetched. */
  readonly stop: AbortSignal
  /** An outage of the vendor is waited out: there is time, and nobody else could be asked. */
  readonly patient?: boolean
  /** Right before a message leaves: from here on nobody else sends it. */
  readonly begin?: () => Promise<void>
  /** Ledger rows that are being settled: the errand is over when they are committed. */
  readonly settling: Promise<void>[]
}

const tries: Partial<Record<HubError['kind'], number>> = {
  rate_limited: 6,
  unavailable: 3,
  timeout: 2,
  bad_response: 2,
}
/** A vendor that is down is waited for so long, where there is time. Milliseconds. */
const patienceMs = 60_000
/** A pause that the vendor asks for, and one that nobody asks for. */
const [longestPauseMs, longestGrownMs] = [60_000, 6_400]

/**
 * The way out: for each attempt breaker → rate token → ledger row `sent`, committed → the call → ledger settled.
 * What may be repeated is repeated with growing pauses, or as long as the vendor asks.
 */
export const createSend = ({ ledger, limiter, slots, agents, clock, processes }: SendParts) => {
  /** A kept connection that breaks as it is used again would leave a message's outcome unknown. */
  const forMessages = createAgents(false)
  const breakers = new Map<string, { readonly policy: CircuitBreakerPolicy; openedAt: number }>()
  const breakerOf = (key: string): CircuitBreakerPolicy => {
    const known = breakers.get(key)
    // Opened later than now: the machine's clock was set back, and it would stay open as long as that.
    if (known && known.openedAt <= Date.now()) return known.policy
    const failing = handleWhen(
      (thrown) => thrown instanceof HubError && (thrown.kind === 'unavailable' || thrown.kind === 'timeout'),
    )
    const fresh = {
      policy: circuitBreaker(failing, {
        halfOpenAfter: new ExponentialBackoff({ initialDelay: 1_000, maxDelay: 30_000 }),
        breaker: new ConsecutiveBreaker(10),
      }),
      openedAt: 0,
    }
    fresh.policy.onBreak(() => void (fresh.openedAt = Date.now()))
    breakers.set(key, fresh)
    return fresh.policy
  }

  const attempt = async (errand: Errand, request: VendorRequest, terms: CallTerms): Promise<VendorAnswer> => {
    const { provider, workspace, mode, run, signal } = errand
    const effect = effectOf(errand, terms)
    const stop = terms.collects ? signal : errand.stop
    const { connector, connection, creditPrice } = provider
    const place = `${workspace}/${mode}/${connection.id}`
    const permit = await limiter.take(place, ratesOf(place, provider, request), stop)
    if (stop.aborted) throw cancelled()
    const { id: row, settle: settleRow } = await ledger.send({
      workspace,
      mode,
      run: terms.paidBy === undefined ? run : terms.paidBy,
      connector: connector.id,
      connection: connection.id,
      operation: request.operation,
      items: terms.items,
      price: Math.ceil(terms.maxCredits * creditPrice),
      credits: terms.maxCredits,
      collects: terms.collects ?? false,
    })
    const settle = (
      state: 'settled' | 'failed' | 'uncertain',
      { credits, hits }: Outcome,
      status?: number,
      error?: string,
    ): void =>
      void errand.settling.push(
        settleRow({
          state,
          credits,
          hits,
          price: Math.round(credits * creditPrice),
          ...(status && { status }),
          ...(error && { error }),
        }),
      )
    const nothing: Outcome = { credits: 0, hits: 0 }
    const atMost: Outcome = { credits: terms.maxCredits, hits: 0 }

    let hasLeft = false
    const departure: Departure = { leave: permit.leave, left: () => void (hasLeft = true) }
    const over = { signal, agents: effect === 'send' ? forMessages : agents, departure }
    const go = async (): Promise<VendorAnswer> => {
      await permit.due()
      if (!terms.prepares) await errand.begin?.()
      return performRequest(request, over)
    }
    let answer: VendorAnswer
    try {
      answer = await slots(place, placesOf(provider, request, processes()), go, run ?? '', stop).catch(
        (thrown: unknown) => {
          if (effect === 'send' || !wasClosedWhileIdle(thrown)) throw thrown
          return performRequest(request, over)
        },
      )
      permit.answered()
    } catch (thrown) {
      permit.answered()
      const uncertain = effect === 'send' && hasLeft
      settle(
        uncertain ? 'uncertain' : 'failed',
        uncertain ? atMost : nothing,
        undefined,
        thrown instanceof HubError ? thrown.kind : 'unavailable',
      )
      throw uncertain ? uncertainOf(thrown, connector.id) : thrown
    }
    answer = { ...answer, ledger: row }
    const asked = limitFromHeaders(connector, answer)
    if (asked) limiter.pause(place, asked)
    const error = await terms.classify(answer)
    if (error && effect === 'send' && outcomeOf(error) === 'uncertain') {
      settle('uncertain', atMost, answer.status, error.kind)
      throw uncertainOf(error, connector.id)
    }
    if (error) {
      settle('failed', nothing, answer.status, error.kind)
      if (error.kind === 'rate_limited') limiter.pause(place, Math.min(longestPauseMs, (error.retryAfter ?? 1) * 1000))
      throw error
    }
    settle('settled', await terms.outcome(answer), answer.status)
    return answer
  }

  return (errand: Errand): Send => {
    const { provider, signal } = errand
    const breaker = (server: string) => breakerOf(`${errand.mode}/${provider.connector.id}/${server}`)
    const account = `${errand.workspace}/${errand.mode}/${provider.connection.id}`

    return async (request, terms) => {
      const stop = terms.collects ? signal : errand.stop
      let waited = 0
      for (let count = 1; ; count++) {
        try {
          return await breaker(request.server).execute(() =>
            slots(
              `${account}/ahead`,
              aheadOf(provider, request, processes()),
              () => attempt(errand, request, terms),
              errand.run ?? '',
              stop,
            ),
          )
        } catch (thrown) {
          const error = thrown instanceof BrokenCircuitError ? leftAlone(provider, thrown) : thrown
          const effect = effectOf(errand, terms)
          const waitsForVendor = errand.patient && waited < patienceMs && isDown(error) && mayRepeat(error, 1, effect)
          if (stop.aborted || !(waitsForVendor || mayRepeat(error, count, effect)))
            throw stop.aborted && !(error instanceof UncertainError) ? cancelled() : error
          const ms = pauseBefore(count, error)
          await clock.sleep(ms, stop)
          waited += ms
        }
      }
    }
  }
}

/**
 * What prepares a message sends nothing yet: it is repeated like a question. What creates is repeated no more than a
 * message.
 */
const effectOf = ({ effect }: Errand, { prepares, creates }: CallTerms): Effect => {
  if (creates) return 'send'
  return prepares && effect === 'send' ? 'read' : effect
}

/**
 * A refusal or a call that never left may be repeated even for a send: "too many", and a server that does not work and
 * took nothing (its outcome is known, else the error were uncertain). Anything else only for reads and upserts.
 */
const mayRepeat = (error: unknown, count: number, effect: Effect): error is HubError =>
  error instanceof HubError &&
  !(error instanceof UncertainError) &&
  count < (tries[error.kind] ?? 1) &&
  (effect !== 'send' || error.kind === 'rate_limited' || error.kind === 'unavailable')

const isDown = (error: unknown): boolean => error instanceof HubError && error.kind === 'unavailable'

/** Milliseconds: as long as the vendor asks, else growing, with jitter so that many do not come back at once. */
const pauseBefore = (count: number, error: HubError): number =>
  Math.min(
    longestPauseMs,
    Math.max(
      (error.retryAfter ?? 0) * 1000,
      Math.min(longestGrownMs, 200 * 2 ** (count - 1)) * (0.75 + Math.random() / 2),
    ),
  )

const leftAlone = (provider: Provider, cause: Error) =>
  new HubError(
    'unavailable',
    `${provider.connector.manifest.name} has not answered many times in a row and is left alone for a while.`,
    {
      provider: provider.connector.id,
      cause,
    },
  )

const cancelled = () => new HubError('cancelled', 'The run was stopped before this call was made.')

/** What an answer that is an error says about a message: docs/sending.md. One that could not be read leaves it open. */
const outcomeOf = (error: HubError): 'refused' | 'uncertain' =>
  error instanceof VendorError ? error.outcome : 'uncertain'

export const uncertainOf = (cause: unknown, provider: string) =>
  new UncertainError('timeout', 'It was sent, but whether it arrived is not known: the service did not answer.', {
    provider,
    advice: 'Look at the service whether it was sent. If not, send this one again.',
    cause,
  })
