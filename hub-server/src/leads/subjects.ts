import { sql, type Transaction } from 'kysely'
import type { Identity, SubjectKind } from '../contracts/facts.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import { addEvents } from '../events/add.ts'
import { viewOf } from './view.ts'

/** Where facts come from, for all of one upsert. */
export interface Provenance {
  readonly source: string
  readonly at: Date
  /** 0 to 1: the chance that the values are right. */
  readonly confidence: number
  readonly legalBasis?: string
  readonly ledger?: string
}

export type Outcome = 'created' | 'updated' | 'unchanged'
type Key = Pick<Identity, 'kind' | 'value'>

/** Follows redirects of merged subjects: old ids still resolve. */
export const resolveSubject = async (db: Db, scope: Scope, id: string): Promise<string | null> => {
  const { rows } = await sql<{ id: string }>`
    with recursive chain as (
      select id, merged_into from subject where workspace = ${scope.workspace} and mode = ${scope.mode} and id = ${id}
      union select subject.id, subject.merged_into from subject join chain on subject.id = chain.merged_into
    ) select id from chain where merged_into is null`.execute(db)
  return rows[0]?.id ?? null
}

export const findByIdentity = async (db: Db, scope: Scope, keys: readonly Key[]): Promise<string[]> => {
  if (keys.length === 0) return []
  const rows = await db
    .selectFrom('identity')
    .select('subject')
    .distinct()
    .where('workspace', '=', scope.workspace)
    .where('mode', '=', scope.mode)
    .where((eb) => eb.or(keys.map((key) => eb.and([eb('kind', '=', key.kind), eb('value', '=', key.value)]))))
    .execute()
  return rows.map((row) => row.subject)
}

/** Two upserts of the same identity wait for each other; in sorted order, so that they cannot wait in a circle. */
export const lockIdentities = async (trx: Transaction<Tables>, scope: Scope, keys: readonly Key[]): Promise<void> => {
  const names = keys.map((key) => `${scope.workspace}/${scope.mode}/${key.kind}/${key.value}`).sort()
  for (const name of names) await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(trx)
}

export const createSubject = async (trx: Transaction<Tables>, scope: Scope, kind: SubjectKind): Promise<string> => {
  const id = newId(kind)
  const { workspace, mode } = scope
  await trx.insertInto('subject').values({ workspace, mode, id, kind, fields: '{}', words: '', merged_into: null }).execute()
  return id
}

/**
 * Adds facts and identities, and chooses the view anew.
 * @returns names of the fields that show something else now
 */
export const addFacts = async (
  trx: Transaction<Tables>,
  scope: Scope,
  subject: string,
  values: Record<string, unknown>,
  keys: readonly Key[],
  from: Provenance,
): Promise<string[]> => {
  const { workspace, mode } = scope
  const rows = Object.entries(values).map(([field, value]) => ({
    workspace,
    mode,
    subject,
    field,
    value: json(value),
    source: from.source,
    at: from.at,
    confidence: from.confidence,
    legal_basis: from.legalBasis ?? null,
    ledger: from.ledger ?? null,
  }))
  if (rows.length > 0)
    await sql`insert into fact (workspace, mode, subject, field, value, source, at, confidence, legal_basis, ledger)
      select workspace, mode, subject, field, value::jsonb, source, at, confidence, legal_basis, ledger
      from json_to_recordset(${json(rows)}::json) as row(workspace text, mode text, subject text, field text, value text, source text,
        at timestamptz, confidence double precision, legal_basis text, ledger text)
      on conflict (subject, field, source, md5(value::text)) do update set at = greatest(fact.at, excluded.at), confidence = excluded.confidence,
        ledger = coalesce(excluded.ledger, fact.ledger)`.execute(trx)
  if (keys.length > 0)
    await trx
      .insertInto('identity')
      .values(keys.map((key) => ({ workspace, mode, ...key, subject })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  return chooseView(trx, subject)
}

/** @returns names of the fields that show something else now. The subject's row is locked */
export const chooseView = async (trx: Transaction<Tables>, subject: string): Promise<string[]> => {
  // First the lock, then the look: of two that add facts at once, the second sees what the first added.
  await sql`select from subject where id = ${subject} for update`.execute(trx)
  const facts = await trx.selectFrom('fact').select(['field', 'value', 'confidence', 'at']).where('subject', '=', subject).orderBy('id').execute()
  const view = viewOf(facts.map((fact) => ({ ...fact, at: new Date(fact.at) })))
  const words = Object.values(view)
    .filter((value) => typeof value === 'string')
    .join(' ')
    .toLowerCase()
  const { rows } = await sql<{ field: string }>`
    with before as (select id, fields from subject where id = ${subject} and fields is distinct from ${json(view)}::jsonb),
      after as (update subject set fields = ${json(view)}::jsonb, words = ${words}, updated_at = now() from before where subject.id = before.id
        returning before.fields as old, subject.fields as new)
    select key as field from after, jsonb_each(after.old || after.new) as entry(key, value)
      where after.old -> key is distinct from after.new -> key order by key`.execute(trx)
  return rows.map(({ field }) => field)
}

/** Notes that a subject whose row this transaction made or changed is new, or shows something else; nothing where it does not. */
export const tell = async (trx: Transaction<Tables>, scope: Scope, kind: SubjectKind, subject: string, what: 'created' | 'updated', fields: readonly string[]): Promise<void> => {
  if (fields.length > 0 || what === 'created') await addEvents(trx, scope, [{ type: `${kind}.${what}`, subject, data: { fields } }])
}
