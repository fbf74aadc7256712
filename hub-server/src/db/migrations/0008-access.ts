import { sql, type Kysely } from 'kysely'

/** People, roles, sessions, what a key may do, an audit log that only grows, and what the OAuth server keeps. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `alter table api_key
     add column scopes jsonb, add column read_only boolean not null default false, add column expires_at timestamptz,
     add column networks jsonb, add column requests_per_minute integer,
     add column last_used_at timestamptz, add column last_used_from text,
     add column made_by text, add column replaces text`,
  'create index on api_key (workspace)',

  // An e-mail address as the hub compares it; a password as argon2id's PHC string.
  `create table login (id text primary key, email text unique, name text not null, password text,
     created_at timestamptz not null default now(), disabled_at timestamptz)`,
  `create table outside_identity (issuer text not null, subject text not null,
     login text not null references login (id) on delete cascade, primary key (issuer, subject))`,
  `create table membership (workspace text not null, login text not null references login (id) on delete cascade,
     role text not null, from_groups boolean not null default false, created_at timestamptz not null default now(),
     primary key (workspace, login))`,
  'create index on membership (login)',
  `create table role (workspace text not null, id text not null, about text not null, permissions jsonb not null,
     primary key (workspace, id))`,
  `create table session (id text primary key, hash text not null unique,
     login text not null references login (id) on delete cascade, created_at timestamptz not null default now(),
     seen_at timestamptz not null default now(), expires_at timestamptz not null, address text not null,
     agent text not null, issuer text, id_token text)`,
  'create index on session (login)',
  `create table one_time_link (hash text primary key, login text not null references login (id) on delete cascade,
     purpose text not null, expires_at timestamptz not null)`,

  // Each entry is sealed with the one before it: (workspace, seq) has no gap, and no entry changes unseen.
  `create table audit (workspace text not null, seq bigint not null, at timestamptz not null, mode text,
     actor_kind text not null, actor text not null, actor_name text not null, action text not null,
     subject text, address text not null, outcome text not null, details jsonb not null,
     before text not null, seal text not null,
     primary key (workspace, seq))`,
  'create index on audit (workspace, at)',
  'create table audit_head (workspace text primary key, seq bigint not null, seal text not null)',
  // What somebody has begun to do: an entry that the hub had no time to write is made of it later.
  `create table audit_intent (id text primary key, entry jsonb not null, at timestamptz not null default now())`,
  `create function refuse_change() returns trigger language plpgsql as $$
     begin raise exception 'the audit log only grows'; end $$`,
  `create trigger audit_only_grows before update or delete on audit for each row execute function refuse_change()`,

  `create table oauth_record (model text not null, id text not null, payload jsonb not null, grant_id text, uid text,
     user_code text, expires_at timestamptz, consumed_at timestamptz, primary key (model, id))`,
  'create index on oauth_record (grant_id)',
  'create index on oauth_record (expires_at)',
]
