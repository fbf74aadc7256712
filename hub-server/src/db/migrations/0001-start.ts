import { sql, type Kysely } from 'kysely'

/** Written for PostgreSQL 15. `workspace` and `mode` lead every unique key. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const scope = `workspace text not null, mode text not null check (mode in ('test', 'live'))`

const statements = [
  `create table workspace (id text primary key, name text not null, created_at timestamptz not null default now())`,

  `create table api_key (${scope}, id text primary key, hash text not null unique, name text not null,
     created_at timestamptz not null default now(), revoked_at timestamptz)`,

  `create table connection (${scope}, id text not null, connector text not null, name text not null,
    sealed text not null,
     shown_fields jsonb not null, secret_names jsonb not null, limits jsonb, credit_price bigint,
     consent boolean not null, token text, renewing_until timestamptz,
     status text not null, status_message text, created_at timestamptz not null default now(), tested_at timestamptz,
     primary key (workspace, mode, id))`,
  `create index on connection (workspace, mode, connector)`,
  `create table app (${scope}, connector text not null, client_id text not null, sealed text not null, primary key ` +
    '(workspace, mode, connector))',
  'create table callback (token text primary key, body json not null, expires_at timestamptz not null default now() ' +
    `+ interval '1 hour')`,
  `create table consent (state text primary key, ${scope}, connection text not null, verifier text not null, ` +
    'expires_at timestamptz not null)',

  // Slim, because it changes with every call: what a run, or a workspace on one day, may cost, what it has cost (calls
  // under way at their highest price), and whether it may go on at all.
  `create table budget (${scope}, kind text not null check (kind in ('run', 'day')), key text not null,
    open boolean not null default true,
     most bigint, spent bigint not null default 0, calls bigint not null default 0, credits double precision not null
     default 0,
     cached bigint not null default 0, day date, primary key (workspace, mode, kind, key)) with (fillfactor = 50)`,

  `create table pipeline (${scope}, id text not null, name text not null, steps jsonb not null,
     created_at timestamptz not null default now(), primary key (workspace, mode, id))`,
  `create table list (${scope}, id text not null, name text not null, total integer not null default 0,
    complete boolean not null default false,
     created_at timestamptz not null default now(), primary key (workspace, mode, id))`,
  // Inputs are json, not jsonb: a file's columns keep their order.
  `create table list_item (list text not null, item integer not null, input json not null, primary key (list, item))`,

  // Of a run nothing is deleted row by row: its items and results lie in a partition for the day on which it was
  // accepted, and go with it. An item without a result is open.
  `create table run (${scope}, id text primary key, block text not null, steps jsonb not null, list text,
    status text not null,
     total integer not null, item_budget bigint, error jsonb, created_at timestamptz not null default now(),
     served_at timestamptz not null default now(), finished_at timestamptz, expired_at timestamptz)`,
  `create index on run (workspace, mode, created_at desc)`,
  `create index on run (served_at) where status in ('queued', 'running')`,
  `create table run_chunk (run text not null references run (id) on delete cascade, chunk integer not null,
    first integer not null,
     last integer not null, finished boolean not null default false, holder text, leased_until timestamptz,
     lost integer not null default 0,
     done integer not null default 0, skipped integer not null default 0, failed integer not null default 0,
     uncertain integer not null default 0,
     primary key (run, chunk))`,
  `create index on run_chunk (run, chunk) where not finished`,
  `create index on run_chunk (run) where leased_until is not null`,
  'create table run_item (run text collate "C" not null, item integer not null, input json not null, primary key ' +
    '(run, item)) partition by range (run)',
  'create table run_result (run text collate "C" not null, item integer not null, status text not null, result ' +
    'jsonb, primary key (run, item)) partition by range (run)',
  `create index on run_result (run, item) where status in ('failed', 'uncertain')`,

  // Messages are sent once at most: whoever sends writes here first, and nobody sends what stands here.
  `create table sending (${scope}, key text not null, token text not null unique,
    state text not null check (state in ('begun', 'sent', 'uncertain')), outcome jsonb,
     at timestamptz not null default now(), primary key (workspace, mode, key))`,

  // Who is asking what just now. After a crash of Postgres it may be empty: then something may be asked twice.
  `create unlogged table flight (${scope}, connector text not null, operation text not null, key text not null,
    holder text not null,
     until timestamptz not null, primary key (workspace, mode, connector, operation, key))`,
  `create unlogged table process (id text primary key, role text not null, seen_at timestamptz not null)`,

  // Events are written with what happened and get their position after it is committed, by one publisher.
  `create table event (${scope}, id text primary key, ordinal bigint generated always as identity,
    position bigint unique, type text not null,
     subject text not null, seq integer, at timestamptz not null default now(), data jsonb not null)`,
  `create index on event (ordinal) where position is null`,
  `create index on event (workspace, mode, position)`,
  `create index on event (subject, seq desc)`,

  `create table suppression (${scope}, channel text not null, hash text not null, reason text,
    at timestamptz not null default now(),
     primary key (workspace, mode, channel, hash))`,

  `create table answer (${scope}, connector text not null, operation text not null, key text not null,
    outputs jsonb not null,
     reason text, raw jsonb, ledger text, at timestamptz not null, expires_at timestamptz not null,
     primary key (workspace, mode, connector, operation, key))`,

  `create index on answer (expires_at)`,

  `create table ledger (${scope}, id text primary key, run text, connector text not null, connection text not null,
     operation text not null, items integer not null, hits integer, state text not null, price bigint not null,
     credits double precision not null,
     http_status integer, error text, sent_at timestamptz not null, settled_at timestamptz)
     with (fillfactor = 60)`,
  `create index on ledger (run)`,
  `create index on ledger (workspace, mode, sent_at)`,

  `create table subject (${scope}, id text primary key, kind text not null, fields jsonb not null, words text not null,
     merged_into text references subject (id), created_at timestamptz not null default now(),
     updated_at timestamptz not null default now())`,
  `create index on subject (workspace, mode, kind, created_at desc) where merged_into is null`,
  `create index on subject (workspace, mode, (fields ->> 'email')) where merged_into is null`,
  `create table fact (${scope}, id bigint generated always as identity primary key, subject text not null
    references subject (id) on delete cascade,
     field text not null, value jsonb not null, source text not null, at timestamptz not null,
     confidence double precision not null,
     legal_basis text, ledger text)`,
  `create unique index on fact (subject, field, source, md5(value::text))`,
  `create table identity (${scope}, kind text not null, value text not null, subject text not null
    references subject (id) on delete cascade,
     primary key (workspace, mode, kind, value))`,
  `create index on identity (subject)`,
  `create table link (${scope}, connection text not null, object text not null, record text not null,
    subject text not null references subject (id) on delete cascade,
     base jsonb not null, version text, at timestamptz not null, primary key (workspace, mode, connection, object,
     record))`,
  `create index on link (subject)`,

  `create table idempotency (${scope}, route text not null, key text not null, body_hash text not null,
    run text not null,
     created_at timestamptz not null default now(), primary key (workspace, mode, route, key))`,

  `create table setting (key text primary key, value text not null)`,
]
