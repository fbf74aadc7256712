import type { ColumnType, Generated } from 'kysely'

/** jsonb: written as JSON text (pg would turn an array into a Postgres array), read parsed. */
type Json<Value> = ColumnType<Value, string, string>
type Created = ColumnType<Date, Date | string | undefined, Date | string>

interface Scoped {
  workspace: string
  mode: 'test' | 'live'
}

export interface Tables {
  workspace: { id: string; name: string; created_at: Created }
  api_key: Scoped & { id: string; hash: string; name: string; created_at: Created; revoked_at: Date | null }
  connection: Scoped & {
    id: string
    connector: string
    name: string
    /** All fields of the account, sealed. */
    sealed: string
    shown_fields: Json<Record<string, string>>
    secret_names: Json<string[]>
    limits: Json<{ calls: number; per: string }[]> | null
    credit_price: number | null
    /** Token of a log-in, sealed. */
    token: string | null
    status: 'untested' | 'working' | 'refused' | 'needs_reconnect'
    status_message: string | null
    created_at: Created
    tested_at: Date | null
  }
  run: Scoped & {
    id: string
    block: string
    options: Json<unknown>
    status: 'queued' | 'running' | 'paused' | 'done' | 'cancelled'
    total: number
    /** Answers that came from the cache. */
    cached: Generated<number>
    error: Json<unknown> | null
    created_at: Created
    finished_at: Date | null
  }
  run_chunk: { run: string; chunk: number; first: number; last: number; done: boolean; attempts: number }
  run_item: {
    run: string
    item: number
    input: Json<unknown>
    status: 'done' | 'pending' | 'skipped' | 'failed' | 'uncertain'
    result: Json<unknown> | null
  }
  answer: Scoped & {
    connector: string
    operation: string
    key: string
    outputs: Json<unknown[]>
    reason: string | null
    raw: Json<unknown> | null
    ledger: string | null
    at: Date | string
    expires_at: Date | string
  }
  ledger: Scoped & {
    id: string
    run: string | null
    connector: string
    connection: string
    operation: string
    items: number
    state: 'sent' | 'settled' | 'failed' | 'uncertain'
    /** Micro-USD: the highest possible charge while `sent`, then the real one. */
    price: number
    credits: number
    http_status: number | null
    error: string | null
    sent_at: Date | string
    settled_at: Date | string | null
  }
  /** Leads, companies and deals. */
  subject: Scoped & {
    id: string
    kind: 'lead' | 'company' | 'deal'
    /** The chosen view of all facts. */
    fields: Json<Record<string, unknown>>
    /** Lower-case words to search in. */
    words: string
    merged_into: string | null
    created_at: Created
    updated_at: Created
  }
  fact: Scoped & {
    id: Generated<number>
    subject: string
    field: string
    value: Json<unknown>
    source: string
    at: Date | string
    confidence: number
    legal_basis: string | null
    ledger: string | null
  }
  identity: Scoped & { kind: 'email' | 'linkedin' | 'domain' | 'record'; value: string; subject: string }
  link: Scoped & {
    connection: string
    object: string
    record: string
    subject: string
    base: Json<Record<string, unknown>>
    version: string | null
    at: Date | string
  }
  idempotency: Scoped & {
    route: string
    key: string
    body_hash: string
    run: string
    created_at: Created
  }
  setting: { key: string; value: string }
}
