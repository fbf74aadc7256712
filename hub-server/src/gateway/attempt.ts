import {
  limitFromHeaders,
  performRequest,
  VendorError,
  wasClosedWhileIdle,
  type CallTerms,
  type Departure,
  type Outcome,
  type VendorAnswer,
  type VendorRequest,
} from '../connectors/index.ts'
import { HubError, UncertainError } from '../contracts/errors.ts'
import type { Mode } from '../contracts/scope.ts'
import { withoutKeepAlive, type Egress } from '../egress/egress.ts'
import type { Ledger } from './ledger.ts'
import type { Permit, RateLimiter } from './rate-limiter.ts'
import { concurrencyOf, ratesOf } from './rates.ts'
import { accountOf, cancelled, effectOf, stopOf, type RequestContext } from './request-context.ts'
import { longestPauseMs } from './retry.ts'
import type { Semaphores } from './semaphores.ts'

export interface AttemptParts {
  readonly ledger: Ledger
  readonly limiter: RateLimiter
  readonly semaphores: Semaphores
  /** The ways out: mode test has the sandbox alone. */
  readonly egress: Readonly<Record<Mode, Egress>>
  /** How many processes share what a vendor allows at once. */
  readonly processes: () => number
}

export type Attempt = (context: RequestContext, request: VendorRequest, terms: CallTerms) => Promise<VendorAnswer>

/** One try: rate token → ledger row `sent`, committed → the call → ledger settled. */
export const createAttempt = (parts: AttemptParts): Attempt => {
  /** A kept connection that breaks as it is used again would leave a message's outcome unknown. */
  const forMessages = { test: withoutKeepAlive(parts.egress.test), live: withoutKeepAlive(parts.egress.live) }

  return async (context, request, terms) => {
    const effect = effectOf(context, terms)
    const stop = stopOf(context, terms)
    const permit = await parts.limiter.take(
      accountOf(context),
      ratesOf(accountOf(context), context.provider, request),
      stop,
    )
    if (stop.aborted) throw cancelled()
    const row = await openRow(parts.ledger, context, request, terms)
    const ways = effect === 'send' ? forMessages : parts.egress
    const over = { signal: context.signal, egress: ways[context.mode] }
    const { answer, hasLeft } = await leave(parts, { ...context, stop }, { request, terms, over, permit })
    permit.answered()
    if ('thrown' in answer) {
      const isUncertain = effect === 'send' && hasLeft
      row.settle(isUncertain ? 'uncertain' : 'failed', { error: kindOf(answer.thrown) })
      throw isUncertain ? uncertainOf(answer.thrown, context.provider.connector.id) : answer.thrown
    }
    return read(parts.limiter, { ...answer, ledger: row.id }, row, { context, terms, effect })
  }
}

interface Leaving {
  readonly request: VendorRequest
  readonly terms: CallTerms
  readonly over: { readonly signal: AbortSignal; readonly egress: Egress }
  readonly permit: Permit
}

/** Makes the call when it is its turn. A connection that was closed while nobody used it is replaced by another. */
const leave = async (
  { semaphores, processes }: AttemptParts,
  context: RequestContext,
  { request, terms, over, permit }: Leaving,
): Promise<{ answer: VendorAnswer | { readonly thrown: unknown }; hasLeft: boolean }> => {
  let hasLeft = false
  const departure: Departure = { leave: permit.leave, left: () => void (hasLeft = true) }
  const ask = () => performRequest(request, { ...over, departure })
  const go = async (): Promise<VendorAnswer> => {
    await permit.due()
    if (!terms.prepares) await context.begin?.()
    return ask()
  }
  const most = concurrencyOf(context.provider, request, processes())
  try {
    const answer = await semaphores(accountOf(context), most, go, context.run ?? '', context.stop).catch(
      (thrown: unknown) => {
        if (effectOf(context, terms) === 'send' || !wasClosedWhileIdle(thrown)) throw thrown
        return ask()
      },
    )
    return { answer, hasLeft }
  } catch (thrown) {
    return { answer: { thrown }, hasLeft }
  }
}

type Row = Awaited<ReturnType<typeof openRow>>

/** The ledger row of one call, committed before the call is made. */
const openRow = async (ledger: Ledger, context: RequestContext, request: VendorRequest, terms: CallTerms) => {
  const { workspace, mode, run, provider } = context
  const { connector, connection, creditPrice } = provider
  const { id, settle } = await ledger.send({
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
  return {
    id,
    /** What failed cost nothing; where that is not known it may have cost all that it could. */
    settle: (
      state: 'settled' | 'failed' | 'uncertain',
      { status, error, outcome }: { status?: number; error?: string; outcome?: Outcome },
    ): void => {
      const { credits, hits } = outcome ?? { credits: state === 'uncertain' ? terms.maxCredits : 0, hits: 0 }
      const told = { ...(status && { status }), ...(error && { error }) }
      context.settling.push(settle({ state, credits, hits, price: Math.round(credits * creditPrice), ...told }))
    },
  }
}

/** What an answer says: it is settled, and thrown where it is an error. */
const read = async (
  limiter: RateLimiter,
  answer: VendorAnswer,
  row: Row,
  { context, terms, effect }: { context: RequestContext; terms: CallTerms; effect: RequestContext['effect'] },
): Promise<VendorAnswer> => {
  const { connector } = context.provider
  const { status } = answer
  const asked = limitFromHeaders(connector, answer)
  if (asked) limiter.pause(accountOf(context), asked)
  const error = await terms.classify(answer)
  if (!error) {
    row.settle('settled', { status, outcome: await terms.outcome(answer) })
    return answer
  }
  if (effect === 'send' && outcomeOf(error) === 'uncertain') {
    row.settle('uncertain', { status, error: error.kind })
    throw uncertainOf(error, connector.id)
  }
  row.settle('failed', { status, error: error.kind })
  if (error.kind === 'rate_limited')
    limiter.pause(accountOf(context), Math.min(longestPauseMs, (error.retryAfter ?? 1) * 1000))
  throw error
}

const kindOf = (thrown: unknown): string => (thrown instanceof HubError ? thrown.kind : 'unavailable')

/** What an answer that is an error says about a message: docs/sending.md. One that could not be read leaves it open. */
const outcomeOf = (error: HubError): 'refused' | 'uncertain' =>
  error instanceof VendorError ? error.outcome : 'uncertain'

export const uncertainOf = (cause: unknown, provider: string) =>
  new UncertainError('timeout', 'It was sent, but whether it arrived is not known: the service did not answer.', {
    provider,
    advice: 'Look at the service whether it was sent. If not, send this one again.',
    cause,
  })
