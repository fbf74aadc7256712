import type { FileForm } from '../contracts/file-form.ts'
import type { ColumnType, Generated } from 'kysely'
import type { RunStep } from '../contracts/run.ts'

/** jsonb: written as JSON text (pg would turn an array into a Postgres array), read parsed. */
type Json<Value> = ColumnType<Value, string, string>
type Created = ColumnType<Date, Date | string | undefined, Date | string>

interface Scoped {
  workspace: string
  mode: 'test' | 'live'
}

export interface Tables {
  workspace: { id: string; name: string; created_at: Created }
  api_key: Scoped & {
    id: string
    hash: string
    name: string
    created_at: Created
    revoked_at: ColumnType<Date | null, Date | null | undefined, Date | null>
    /** Permissions and groups of them; null: what a key could do before there were any. */
    scopes: Json<string[]> | null
    read_only: Generated<boolean>
    expires_at: Date | null
    /** Ranges of addresses that it is good from; null: from anywhere. */
    networks: Json<string[]> | null
    requests_per_minute: number | null
    last_used_at: Date | null
    last_used_from: string | null
    /** Who made it, as the audit log names him. */
    made_by: string | null
    /** The key that it takes the place of. */
    replaces: string | null
  }
  /** A person who can sign in; without an address until the owner of a fresh hub gives his. */
  login: {
    id: string
    email: string | null
    name: string
    /** PHC string of argon2id; null: signs in elsewhere, or has not chosen one yet. */
    password: string | null
    created_at: Created
    disabled_at: Date | null
  }
  /** Who somebody is at a provider of sign-ins (OpenID Connect). */
  outside_identity: { issuer: string; subject: string; login: string }
  membership: {
    workspace: string
    login: string
    role: string
    /** Given by groups at the provider of sign-ins, and taken again by them. */
    from_groups: Generated<boolean>
    created_at: Created
  }
  /** Roles that a workspace has made for itself. */
  role: { workspace: string; id: string; about: string; permissions: Json<string[]> }
  session: {
    id: string
    hash: string
    login: string
    created_at: Created
    seen_at: Created
    expires_at: ColumnType<Date, Date, Date>
    address: string
    agent: string
    issuer: string | null
    /** Sealed: asked for when the person signs out there, too. */
    id_token: string | null
  }
  /** Links that sign somebody in once, by their hash. */
  one_time_link: { hash: string; login: string; purpose: string; expires_at: ColumnType<Date, Date, Date> }
  audit: {
    workspace: string
    /** 1, 2, 3 … without a gap. */
    seq: number
    at: ColumnType<Date, Date, never>
    mode: 'test' | 'live' | null
    actor_kind: string
    actor: string
    actor_name: string
    action: string
    subject: string | null
    address: string
    outcome: string
    details: Json<Record<string, unknown>>
    /** The seal of the entry before; empty for the first. */
    before: string
    /** Over this entry and the seal of the one before. */
    seal: string
  }
  audit_head: { workspace: string; seq: number; seal: string }
  audit_intent: { id: string; entry: Json<unknown>; at: Created }
  oauth_record: {
    model: string
    id: string
    payload: Json<Record<string, unknown>>
    grant_id: string | null
    uid: string | null
    user_code: string | null
    expires_at: Date | null
    consumed_at: Date | null
  }
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
    /** Whether a person connects it on the vendor's own page. */
    consent: boolean
    /** Token of a log-in, sealed. */
    token: string | null
    /** Until when one process has the right to renew the token. */
    renewing_until: Date | null
    status: 'untested' | 'working' | 'refused' | 'needs_reconnect'
    status_message: string | null
    created_at: Created
    tested_at: Date | null
    /** The person is on the vendor's page, letting the hub in for the first time: without that nothing of it stays. */
    draft: Generated<boolean>
  }
  /** The person's own OAuth client for a connector. */
  app: Scoped & { connector: string; client_id: string; sealed: string }
  /** Addresses at which a vendor's job is answered, by their hash, and what came there. */
  callback: {
    token: string
    job: string | null
    body: Json<unknown> | null
    expires_at: ColumnType<Date, Date | undefined, never>
  }
  /** What was started at a vendor and is not fetched by all who asked for it. */
  vendor_job: Scoped & {
    id: string
    connector: string
    connection: string
    operation: string
    way: 'one' | 'many'
    /** `submitting`: it may have reached the vendor, its ticket is not known. */
    state: Generated<'submitting' | 'open' | 'done'>
    /** The run that started it and pays for it. */
    run: string | null
    /** The ledger row of the call that submitted it. */
    ledger: string | null
    /** The vendor's credits that it can cost at most, and the same in micro-USD. */
    credits: number
    price: number
    /** What the vendor is asked about, in its order. */
    items: Json<unknown[]>
    ticket: Json<unknown> | null
    answer: Json<unknown> | null
    /** Fencing token: counts who has taken it up. */
    fence: Generated<number>
    leased_until: Date | null
    created_at: Created
    submitted_at: Date | null
    expires_at: Date
  }
  vendor_job_item: Scoped & { name: string; job: string; ordinal: number }
  /**
   * Answers that are never cached, until their run has ended. `item` names the run's item as a message of it is named.
   */
  run_answer: {
    run: string
    item: string
    question: string
    outputs: Json<unknown[]>
    reason: string | null
    raw: Json<unknown> | null
    ledger: string | null
    price: number | null
    at: Date | string
  }
  /** Micro-USD that an item of a run has cost, where that is bounded. */
  run_item_cost: { run: string; item: number; price: number }
  /** A person who is on a vendor's page just now; the state is kept as its hash. */
  consent: Scoped & { state: string; connection: string; verifier: string; expires_at: ColumnType<Date, Date, never> }
  budget: Scoped & {
    kind: 'run' | 'day'
    /** The run's id; empty for the workspace's day. */
    key: string
    /** False: no new call. */
    open: Generated<boolean>
    /** Micro-USD; null: no bound. */
    most: number | null
    /** Micro-USD, with the highest price of calls that are under way. */
    spent: Generated<number>
    calls: Generated<number>
    credits: Generated<number>
    /** Answers that came from the cache. */
    cached: Generated<number>
    /** The day (UTC) that `spent` is about; a new day begins at nothing. */
    day: ColumnType<Date | null, string | null, string | null>
  }
  pipeline: Scoped & { id: string; name: string; steps: Json<RunStep[]>; created_at: Created }
  list: Scoped & {
    id: string
    name: string
    total: Generated<number>
    complete: Generated<boolean>
    created_at: Created
  }
  list_item: { list: string; item: number; input: Json<unknown> }
  run: Scoped & {
    id: string
    /** Id of the block or the pipeline. */
    block: string
    steps: Json<RunStep[]>
    /** The stored list its items are read from; null: its own items. */
    list: string | null
    status: 'queued' | 'running' | 'paused' | 'done' | 'cancelled'
    total: number
    /** How many of its items have which result; the others are open. */
    done: Generated<number>
    skipped: Generated<number>
    failed: Generated<number>
    uncertain: Generated<number>
    /** Micro-USD that one item may cost. */
    item_budget: number | null
    /** How the file was written that the items came in. */
    file: Json<FileForm> | null
    error: Json<unknown> | null
    created_at: Created
    /** When a chunk of it was last begun: the one that waits longest is next. */
    served_at: Created
    finished_at: Date | null
    /** Its items and results are gone. */
    expired_at: Date | null
  }
  run_chunk: {
    run: string
    step: Generated<number>
    chunk: number
    /** Positions of its items, or, of a later step, numbers of its pieces. */
    first: number
    last: number
    /** How many of them have ended here or gone on. */
    settled: Generated<number>
    finished: Generated<boolean>
    holder: string | null
    leased_until: Date | null
    /** Another with each claim: who comes with an older one has lost the chunk to somebody. */
    token: Generated<number>
    /** How often it was begun and neither finished nor given back. */
    lost: Generated<number>
    /** The latest holders that lost it, the last one first. */
    lost_by: Generated<string[]>
    /** How many of its holders ended by their own fault: then its pieces are done alone, one by one. */
    struck: Generated<number>
    /** The piece that was begun alone, and how many processes have ended over it. */
    suspect: number | null
    suspect_struck: Generated<number>
  }
  /** What stands before the second and later blocks of a line. */
  run_piece: {
    run: string
    step: number
    /** Its number within the step, from 0. */
    piece: number
    chunk: number
    /** The run's item that it came from. */
    item: number
    /** The item, then which output of each block it is: 4.0.2. */
    name: string
    input: Json<unknown>
    passed: Json<unknown> | null
    /** Null: open. */
    status: 'done' | 'skipped' | 'failed' | 'uncertain' | null
    /** Null where its outputs are pieces of the next step. */
    result: Json<unknown> | null
  }
  run_item: { run: string; item: number; input: Json<unknown> }
  run_result: {
    run: string
    item: number
    status: 'done' | 'skipped' | 'failed' | 'uncertain'
    result: Json<unknown> | null
  }
  sending: Scoped & {
    key: string
    token: string
    state: 'begun' | 'sent' | 'uncertain'
    outcome: Json<unknown> | null
    at: Created
  }
  claim: Scoped & { connector: string; operation: string; key: string; holder: string; until: Date }
  /** Hub processes that are alive. */
  process: { id: string; role: 'api' | 'worker' | 'both'; seen_at: Date }
  event: Scoped & {
    id: string
    ordinal: Generated<number>
    /** Null until it is published. */
    position: number | null
    type: string
    subject: string
    /** 1, 2, 3 … for each subject. */
    seq: number | null
    at: Created
    data: Json<Record<string, unknown>>
  }
  suppression: Scoped & { channel: string; hash: string; reason: string | null; at: Created }
  answer: Scoped & {
    connector: string
    operation: string
    key: string
    outputs: Json<unknown[]>
    reason: string | null
    raw: Json<unknown> | null
    ledger: string | null
    /** Micro-USD that the vendor charged; null for answers kept before it was written down. */
    price: number | null
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
    /** Items that the vendor had something for; null until settled. */
    hits: number | null
    /** `cached`: no call, but answers that were kept. */
    state: 'sent' | 'settled' | 'failed' | 'uncertain' | 'cached'
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
    /** Lower-case words to search in; each begins after a space. */
    words: string
    merged_into: string | null
    /** Of the rules that made the view; 0: the hub's own. */
    view_version: Generated<number>
    created_at: Created
    updated_at: Created
  }
  /** What one answer said of one subject; facts are its unnested reading. */
  observation: Scoped & {
    id: Generated<number>
    subject: string
    /** Connector id, page address, "you" … */
    source: string
    at: Date | string
    /** Field → [value, the chance that it is right, for a verdict the address that it is about]. */
    said: Json<Record<string, [unknown, number, string?]>>
    /** Micro-USD that the answer cost. */
    price: number | null
    ledger: string | null
    legal_basis: string | null
    /** The run that brought it. */
    run: string | null
  }
  /** How views are chosen where a workspace says so. */
  view_rules: Scoped & { version: number; rules: Json<Record<string, { sources?: string[]; newest?: boolean }>> }
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
