import type { Connection } from '../../hub-server/src/contracts/connection.ts'
import type { Event } from '../../hub-server/src/contracts/event.ts'
import type { Fact } from '../../hub-server/src/contracts/facts.ts'
import type { Lead } from '../../hub-server/src/contracts/lead.ts'
import type { Result } from '../../hub-server/src/contracts/result.ts'
import type { List, Pipeline, Run } from '../../hub-server/src/contracts/run.ts'
import type { SuppressionValue } from '../../hub-server/src/contracts/suppression.ts'

/**
 * What a version of the hub said of its own data, over REST, before it was packed. An answer only gains fields: what
 * has come since may lack.
 */
export interface Expected {
  /** ISO 8601: when it was made. Whoever opens it must think it is soon after, or runs and answers expire. */
  readonly madeAt: string
  readonly keys: { readonly test: string; readonly live: string }
  readonly leads: readonly Lead[]
  readonly liveLeads: readonly Lead[]
  /** Id of a lead → what is known of it. */
  readonly facts: Readonly<Record<string, readonly Fact[]>>
  /** Ids that were merged away → the id that they lead to. */
  readonly redirects: Readonly<Record<string, string>>
  readonly runs: readonly Run[]
  /** Id of a run → its results. */
  readonly results: Readonly<Record<string, readonly Result<ItemOutput>[]>>
  /** A name of ours for a run → its id. */
  readonly named: Readonly<Record<RunName, string>>
  /** Requests that were sent under an idempotency key. */
  readonly requests: Readonly<Record<string, { readonly body: object; readonly run: string }>>
  readonly lists: readonly List[]
  readonly pipelines: readonly Pipeline[]
  readonly connections: readonly Connection[]
  readonly liveConnections: readonly Connection[]
  readonly suppressed: readonly SuppressionValue[]
  readonly suppression: Readonly<Record<string, number>>
  readonly events: readonly Event[]
  /** What the calls of each run came to. */
  readonly report: readonly { readonly run?: string; readonly calls: number; readonly price: number }[]
  readonly budget: number
}

export type RunName =
  | 'verified'
  | 'verified again'
  | 'paused by its budget'
  | 'paused by hand'
  | 'cancelled'
  | 'sent'
  | 'synced'
  | 'enriched'
  | 'found'
  | 'scraped'
  | 'scored'
  | 'through a pipeline'
  | 'verified by a job'
  | 'killed'

export type ItemOutput = Readonly<Record<string, unknown>>
