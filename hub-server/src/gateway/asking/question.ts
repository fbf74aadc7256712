import type { Capability } from '../../capabilities/capability.ts'
import type { Unit } from '../../capabilities/waves.ts'
import type { ErrorValue } from '../../contracts/errors.ts'
import type { Status } from '../../contracts/result.ts'
import type { Scope } from '../../contracts/scope.ts'
import type { AnswerCache } from '../answer-cache.ts'
import type { AskOptions } from '../ask.ts'
import type { Claims } from '../claims.ts'
import type { Jobs } from '../jobs.ts'
import type { Ledger } from '../ledger.ts'
import type { Clock } from '../rate-limiter.ts'
import type { Provider } from '../providers.ts'
import type { RunAnswers } from '../run-answers.ts'
import type { createSend } from '../send.ts'
import type { Tokens } from '../../accounts/tokens.ts'
import type { SingleFlight } from './single-flight.ts'

/** What one provider said about one input. */
export interface ProviderAnswer {
  readonly status: Status
  readonly outputs: unknown[]
  readonly reason?: string
  readonly error?: ErrorValue
  readonly raw?: unknown
  readonly at: Date
  readonly provider: string
  readonly connection: string
  readonly cached: boolean
  /** Micro-USD that it costs whoever asks now: nothing, where it was kept. */
  readonly price: number
  /** Micro-USD that the vendor charged for it when it was asked; absent where that is not known. */
  readonly charged?: number
  /** The ledger row of the call that brought it. */
  readonly ledger?: string
  /** A later page failed: not kept in the cache. */
  readonly partial?: boolean
  /** It cost something, or was at work for it: its run keeps it. */
  readonly paid?: boolean
}

/** What asking needs of the hub, in one mode. */
export interface AskParts {
  readonly answers: AnswerCache
  readonly ledger: Ledger
  readonly send: ReturnType<typeof createSend>
  readonly tokens: Tokens
  readonly singleFlight: SingleFlight<ProviderAnswer>
  /** Where other processes may ask the same; absent where there is only this one. */
  readonly claims?: Claims
  readonly clock: Clock
  /** What was started at vendors and comes later. */
  readonly jobs: Jobs
  /** What a run alone may use again. */
  readonly runAnswers: RunAnswers
  readonly vendorBase?: (connector: string, server: string) => string
  /** Never in batches: for measuring what a call costs. */
  readonly single?: boolean
}

/** One provider is asked about a list of inputs; positions count in that list. */
export interface Question extends Scope {
  readonly capability: Capability
  readonly provider: Provider
  readonly run: string | null
  readonly signal: AbortSignal
  readonly stop: AbortSignal
  readonly options: AskOptions
  /** An outage of the vendor is waited out. */
  readonly patient?: boolean
  /** What names the item of the run that an input is about; absent where it is about none. */
  readonly nameOf?: (position: number) => string
  /** Takes the highest price of an input from what its item may cost, right before it is asked; or says why not. */
  readonly admit?: (position: number) => ProviderAnswer | undefined
  /** What an input that was admitted has really cost. */
  readonly charge?: (position: number, answer: ProviderAnswer) => Promise<void>
  /** For messages: what is done right before one leaves, and as soon as its outcome is known. */
  readonly delivery?: Delivery
}

export interface Delivery {
  readonly begin: (position: number) => Promise<void>
  readonly end: (position: number, answer: ProviderAnswer) => Promise<void>
}

export type { Unit }

/** Told of each answer as soon as it is there, before anybody uses it. */
export type Tell = (unit: Unit, answer: ProviderAnswer) => Promise<void>

/** Asks about units with different keys. @returns the answers by key */
export type Ask = (question: Question, units: readonly Unit[], tell: Tell) => Promise<Map<string, ProviderAnswer>>

/** What ledger rows, jobs and reports are filed under. */
export const headOf = ({ workspace, mode, run, provider }: Question) => ({
  workspace,
  mode,
  run,
  connector: provider.connector.id,
  connection: provider.connection.id,
  operation: provider.operation,
})

/** What kept answers and claims are filed under. */
export const placeOf = ({ workspace, mode, provider }: Question) => ({
  workspace,
  mode,
  connector: provider.connector.id,
  operation: provider.operation,
})

/** Greatest age of a kept answer in days; 0: none will do. */
export const maxAgeOf = ({ capability, options }: Question): number =>
  capability.effect === 'read' ? Math.min(options.maxAgeDays ?? capability.expiryDays, capability.expiryDays) : 0
