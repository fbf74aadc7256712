import type { HubError } from '../../contracts/errors.ts'
import type { TokenStore } from '../../contracts/token.ts'
import type { Connector } from '../compiled/connector.ts'
import type { JobBook } from './jobs.ts'

/** What leaves the hub. The gateway performs it; the engine only writes and reads it. */
export interface VendorRequest {
  readonly connector: string
  /** e.g. verifyEmail, upsertRecords.contact, or auth for log-ins and key tests. */
  readonly operation: string
  /** Which of the connector's servers, e.g. default. */
  readonly server: string
  /** Which of the connector's limits it counts towards, e.g. default. */
  readonly bucket: string
  readonly protocol: 'http' | 'smtp' | 'mmdb'
  readonly method: string
  /** Absolute, with its query. May hold a secret: never log it. */
  readonly url: string
  /** smtp in mode test: the address of the stand-in, which is asked (HTTP CONNECT) in place of the mail server. */
  readonly through?: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** How the answer's body is read. */
  readonly as: 'json' | 'text' | 'bytes'
  readonly timeoutMs: number
}

export interface VendorAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Parsed as `as` says; for json that cannot be parsed: undefined, and `text` holds what came. */
  readonly body: unknown
  readonly text: string
  /** The gateway's record of this call. */
  readonly ledger?: string
}

/** What the gateway must know about a call before and after it is made. */
export interface CallTerms {
  /** The highest number of the vendor's credits that this call can cost: reserved before, settled after. */
  readonly maxCredits: number
  readonly items: number
  /** Null when the answer is a good one; else what is wrong with it. */
  readonly classify: (answer: VendorAnswer) => Promise<HubError | null>
  readonly outcome: (answer: VendorAnswer) => Promise<Outcome>
  /** The call only fetches what is paid for already: it is made even when the run was stopped. */
  readonly collects?: boolean
  /** The run on whose account it is, where that is not the one that asks. */
  readonly paidBy?: string | null
  /** The call sends nothing yet (a log-in, a draft, a check): it may be repeated where the message itself may not. */
  readonly prepares?: boolean
  /**
   * The call creates something that the vendor would create twice: where its outcome is not known it is not repeated as
   * it is, but looked for first.
   */
  readonly creates?: boolean
}

/** What a good answer cost and brought. */
export interface Outcome {
  /**
   * The vendor's credits. Negative where it corrects an earlier call: a job is charged in full when it is started, and
   * the answer with its result gives back what it did not cost.
   */
  readonly credits: number
  /** Items that the vendor had something for. */
  readonly hits: number
}

/**
 * The gateway's side: breaker, budget, rate token, ledger, then the call; repeats what may be repeated.
 * @throws HubError with the vendor's refusal, or the hub's own (over_budget, cancelled …)
 */
export type Send = (request: VendorRequest, terms: CallTerms) => Promise<VendorAnswer>

/** A connection as the engine sees it: its fields opened, secrets included. */
export interface Account {
  readonly connection: string
  readonly fields: Readonly<Record<string, string>>
  /** In mode test: the address of the stand-in for each server, e.g. http://127.0.0.1:9000/hunter/default. */
  readonly serverOverride?: (server: string) => string
  /** Kept between calls (tokens from a log-in, rotated refresh tokens); saving is committed before it resolves. */
  readonly tokens: TokenStore
}

export interface PerformInput {
  readonly connector: Connector
  /** Key of the operation, e.g. verifyEmail or upsertRecords.contact. */
  readonly operation: string
  /** Canonical inputs of the capability. */
  readonly items: readonly unknown[]
  readonly account: Account
  readonly send: Send
  readonly signal: AbortSignal
  /** Waits for no job any longer: it is taken up when the run goes on. Absent: as long as `signal` lets it. */
  readonly stop?: AbortSignal
  /** Never batch, although the vendor takes batches (for measuring). */
  readonly single?: boolean
  /** Waits, so that tests and the sandbox's clock need not: rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Does the work while nobody in another process does work of that name; absent where there is only this process. */
  readonly mutex?: <Out>(name: string, work: () => Promise<Out>) => Promise<Out>
  /** Where jobs are written down; absent where nobody takes one up. */
  readonly jobs?: JobBook
}

/** What a vendor said about one item, in the capability's output shape, in the order of the items. */
export interface ItemAnswer {
  readonly outputs: readonly unknown[]
  readonly reason?: string
  readonly error?: HubError
  readonly raw?: unknown
  /** The item's share of the vendor's credits. */
  readonly credits: number
  /** The gateway's record of the call that answered; of several calls the first. */
  readonly ledger?: string
  /** By a job that another run started, and pays for. */
  readonly others?: boolean
}
