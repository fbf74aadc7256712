/** What a version of the hub said of its own data, over REST, before it was packed. */
export interface Expected {
  /** ISO 8601: when it was made. Whoever opens it must think it is soon after, or runs and answers expire. */
  readonly madeAt: string
  readonly keys: { readonly test: string; readonly live: string }
  readonly leads: readonly StoredLead[]
  readonly liveLeads: readonly StoredLead[]
  /** Id of a lead → what is known of it. */
  readonly facts: Readonly<Record<string, readonly Fact[]>>
  /** Ids that were merged away → the id that they lead to. */
  readonly redirects: Readonly<Record<string, string>>
  readonly runs: readonly StoredRun[]
  /** Id of a run → its results. */
  readonly results: Readonly<Record<string, readonly ItemResult[]>>
  /** A name of ours for a run → its id. */
  readonly named: Readonly<Record<RunName, string>>
  /** Requests that were sent under an idempotency key. */
  readonly requests: Readonly<Record<string, { readonly body: object; readonly run: string }>>
  readonly lists: readonly { readonly id: string; readonly name: string; readonly total: number }[]
  readonly pipelines: readonly { readonly id: string; readonly name: string; readonly steps: readonly object[] }[]
  readonly connections: readonly Connection[]
  readonly liveConnections: readonly Connection[]
  readonly suppressed: readonly { readonly channel: string; readonly value: string }[]
  readonly suppression: Readonly<Record<string, number>>
  readonly events: readonly {
    readonly id: string
    readonly type: string
    readonly subject: string
    readonly seq: number
  }[]
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

export interface Fact {
  readonly field: string
  readonly value: unknown
  readonly source: string
  readonly at: string
  readonly confidence: number
  readonly legalBasis?: string
}

export type StoredLead = Readonly<Record<string, unknown>> & { readonly id: string }

export interface Connection {
  readonly id: string
  readonly connector: string
}

export interface StoredRun {
  readonly id: string
  readonly block: string
  readonly status: string
  readonly items: Readonly<Record<'total' | 'done' | 'skipped' | 'failed' | 'uncertain' | 'pending', number>>
  readonly usage: { readonly calls: number; readonly cached: number; readonly price: number }
}

export interface ItemResult {
  readonly item: number
  readonly status: string
  readonly outputs: readonly Readonly<Record<string, unknown>>[]
  readonly reason?: string
  readonly error?: { readonly kind: string; readonly message: string }
}
