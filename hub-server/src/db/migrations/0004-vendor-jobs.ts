import { sql, type Kysely } from 'kysely'

/** Jobs at vendors and what they need, and what a run has paid for already. Written for PostgreSQL 15. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const scope = `workspace text not null, mode text not null check (mode in ('test', 'live'))`

const statements = [
  // Written before the job is submitted; the ticket is written before it is waited for. `items` are what the vendor is
  // asked about, in its order: an answer can be read only beside all of them.
  `create table vendor_job (${scope}, id text primary key, connector text not null, connection text not null,
     operation text not null, way text not null check (way in ('one', 'many')),
     state text not null default 'submitting' check (state in ('submitting', 'open', 'done')),
     run text, ledger text, credits double precision not null, price bigint not null, items json not null,
     ticket json, answer json,
     fence bigint not null default 1, leased_until timestamptz, created_at timestamptz not null default now(),
     submitted_at timestamptz, expires_at timestamptz not null)`,
  `create index on vendor_job (expires_at)`,
  // Which job answers which question; a question is in one job at a time.
  `create table vendor_job_item (${scope}, name text not null, job text not null references vendor_job (id)
    on delete cascade,
     ordinal integer not null, primary key (workspace, mode, name))`,
  `create index on vendor_job_item (job)`,

  // The address is given before anything comes to it; the body is kept as long as its job may live.
  'alter table callback add column job text references vendor_job (id) on delete cascade, alter column body drop ' +
    'not null',
  `create index on callback (job)`,
  `create index on callback (expires_at)`,

  // What a run has paid for and nobody else may use: answers that are never cached, and what each item has cost.
  `create table run_answer (run text collate "C" not null, item text not null, question text not null,
    outputs jsonb not null,
     reason text, raw jsonb, ledger text, price bigint, at timestamptz not null, primary key (run, item, question))`,
  `create table run_item_cost (run text collate "C" not null, item integer not null, price bigint not null,
     primary key (run, item)) with (fillfactor = 70)`,

  // What has expired is found by its age.
  `create index on sending (at)`,
  `create index on idempotency (created_at)`,

  // A backup is put back in any order: whoever was merged may come before whom he was merged into.
  `alter table subject alter constraint subject_merged_into_fkey deferrable initially immediate`,
]
