import { sql, type Kysely } from 'kysely'
import { companyDomain, emailAddress } from '../../contracts/addresses.ts'
import { HubError } from '../../contracts/errors.ts'

/**
 * Facts become observations: one row for what one answer said of one subject. Leads are found by words through an
 * index, views know the version of the rules that made them, kept answers what they cost.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await addTrigrams(db)
  for (const statement of statements) await sql.raw(statement).execute(db)
  await addNormalIdentities(db)
}

/** The index of words comes with PostgreSQL itself, but Debian and others ship it in a package beside it. */
const addTrigrams = async (db: Kysely<unknown>): Promise<void> => {
  const { rows } = await sql`select 1 from pg_available_extensions where name = 'pg_trgm'`.execute(db)
  if (rows.length === 0)
    throw new HubError('unsupported', 'This PostgreSQL lacks the extension pg_trgm, by which leads are searched.', {
      advice: 'Install PostgreSQL’s contrib package (postgresql-contrib) on its server, then start the hub again.',
    })
  await sql`create extension if not exists pg_trgm`.execute(db)
}

/** What 0001 made, for backups of that version too. */
export const factColumns = `(workspace text not null, mode text not null, id bigint not null, subject text not null,
  field text not null,
  value jsonb not null, source text not null, at timestamptz not null, confidence double precision not null,
  legal_basis text, ledger text)`

/** Facts that one source gave at one moment are one observation; a field that it gave twice makes a second one. */
export const carryFacts = `
  insert into observation (workspace, mode, subject, source, at, said, ledger, legal_basis)
  select workspace, mode, subject, source, at, jsonb_object_agg(field, jsonb_build_array(value, confidence)), ledger,
  legal_basis
  from (select fact.*, row_number() over (partition by subject, source, at, ledger, legal_basis, field order by id)
  as turn from fact) as fact
  group by workspace, mode, subject, source, at, ledger, legal_basis, turn order by turn, min(id)`

const statements = [
  // `said`: field → [value, the chance that it is right, for a verdict the address that it is about].
  `create table observation (workspace text not null, mode text not null check (mode in ('test', 'live')),
     id bigint generated always as identity primary key, subject text not null references subject (id)
     on delete cascade,
     source text not null, at timestamptz not null, said jsonb not null, price bigint, ledger text, legal_basis text,
     run text)`,
  carryFacts,
  `drop table fact`,
  // The same said again is one row, with the day on which it was said last.
  `create unique index on observation (subject, source, coalesce(ledger, ''), md5(said::text))`,

  `alter table answer add column price bigint`,

  `create table view_rules (workspace text not null, mode text not null check (mode in ('test', 'live')),
    version integer not null,
     rules jsonb not null, primary key (workspace, mode))`,
  `alter table subject add column view_version integer not null default 0`,
  `create index on subject (workspace, mode, view_version) where merged_into is null`,

  // Words begin with a space, so that the beginning of each can be looked for.
  `update subject set words = ' ' || subject.words || coalesce((select ' ' || lower(concat_ws(' ',
    company.fields ->> 'name', company.fields ->> 'domain'))
     from subject company where company.id = subject.fields ->> 'companyId'), '') where kind = 'lead'`,
  `create index subject_words on subject using gin (words gin_trgm_ops) where kind = 'lead' and merged_into is null`,
  `create index subject_newest on subject (workspace, mode, id desc) where kind = 'lead' and merged_into is null`,
  `drop index subject_workspace_mode_kind_created_at_idx`,
  `create index on subject (merged_into) where merged_into is not null`,
]

/**
 * Identities that 0001 kept as they were written get their normal form beside it, as this hub makes it. Where that is
 * somebody else's already the two stay two: which of them is right, a person decides by merging.
 */
const addNormalIdentities = async (db: Kysely<unknown>): Promise<void> => {
  const unusual = sql`(kind = 'email' and value !~ '^[a-z0-9._+-]+@[a-z0-9.-]+[a-z0-9]$') or (kind = 'domain' and
    value !~ '^[a-z0-9-]+[.][a-z]+$')`
  const { rows } = await sql<{ workspace: string; mode: string; kind: string; value: string; subject: string }>`
    select workspace, mode, kind, value, subject from identity where ${unusual}`.execute(db)
  for (const { workspace, mode, kind, value, subject } of rows) {
    const normal = kind === 'email' ? emailAddress(value) : companyDomain(value)
    if (normal === undefined || normal === value) continue
    await sql`insert into identity (workspace, mode, kind, value, subject) values (${workspace}, ${mode}, ${kind},
      ${normal}, ${subject})
      on conflict do nothing`.execute(db)
  }
}
