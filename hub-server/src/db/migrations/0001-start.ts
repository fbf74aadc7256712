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

  `create table connection (${scope}, id text not null, connector text not null, name text not null, sealed text not null,
     shown_fields jsonb not null, secret_names jsonb not null, limits jsonb, credit_price bigint, token text,
     status text not null, status_message text, created_at timestamptz not null default now(), tested_at timestamptz,
     primary key (workspace, mode, id))`,
  `create index on connection (workspace, mode, connector)`,

  `create table run (${scope}, id text primary key, block text not null, options jsonb not null, status text not null,
     total integer not null, cached integer not null default 0, error jsonb, created_at timestamptz not null default now(), finished_at timestamptz)`,
  `create index on run (workspace, mode, created_at desc)`,
  `create index on run (status) where status in ('queued', 'running')`,
  `create table run_chunk (run text not null references run (id) on delete cascade, chunk integer not null, first integer not null,
     last integer not null, done boolean not null default false, attempts integer not null default 0, primary key (run, chunk))`,
  `create table run_item (run text not null references run (id) on delete cascade, item integer not null, input jsonb not null,
     status text not null default 'pending', result jsonb, primary key (run, item))`,

  `create table answer (${scope}, connector text not null, operation text not null, key text not null, outputs jsonb not null,
     reason text, raw jsonb, ledger text, at timestamptz not null, expires_at timestamptz not null,
     primary key (workspace, mode, connector, operation, key))`,

  `create table ledger (${scope}, id text primary key, run text, connector text not null, connection text not null,
     operation text not null, items integer not null, state text not null, price bigint not null, credits double precision not null,
     http_status integer, error text, sent_at timestamptz not null, settled_at timestamptz)
     with (fillfactor = 60)`,
  `create index on ledger (run)`,

  `create table subject (${scope}, id text primary key, kind text not null, fields jsonb not null, words text not null,
     merged_into text references subject (id), created_at timestamptz not null default now(), updated_at timestamptz not null default now())`,
  `create index on subject (workspace, mode, kind, created_at desc) where merged_into is null`,
  `create index on subject (workspace, mode, (fields ->> 'email')) where merged_into is null`,
  `create table fact (${scope}, id bigint generated always as identity primary key, subject text not null references subject (id) on delete cascade,
     field text not null, value jsonb not null, source text not null, at timestamptz not null, confidence double precision not null,
     legal_basis text, ledger text)`,
  `create unique index on fact (subject, field, source, md5(value::text))`,
  `create table identity (${scope}, kind text not null, value text not null, subject text not null references subject (id) on delete cascade,
     primary key (workspace, mode, kind, value))`,
  `create index on identity (subject)`,
  `create table link (${scope}, connection text not null, object text not null, record text not null, subject text not null references subject (id) on delete cascade,
     base jsonb not null, version text, at timestamptz not null, primary key (workspace, mode, connection, object, record))`,
  `create index on link (subject)`,

  `create table idempotency (${scope}, route text not null, key text not null, body_hash text not null, run text not null,
     created_at timestamptz not null default now(), primary key (workspace, mode, route, key))`,

  `create table setting (key text primary key, value text not null)`,
]
