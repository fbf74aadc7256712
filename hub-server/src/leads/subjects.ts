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
export type Key = Pick<Identity, 'kind' | 'value'>

/** The key in a word, for maps. */
export const nameOf = ({ kind, value }: Key): string => `${kind}/${value}`

/** Follows redirects of merged subjects: old ids still resolve. */
export const resolveSubject = async (db: Db, scope: Scope, id: string): Promise<string | null> => {
  const { rows } = await sql<{ id: string }>`
    with recursive chain as (
      select id, merged_into from subject where workspace = ${scope.workspace} and mode = ${scope.mode} and id = ${id}
      union select subject.id, subject.merged_into from subject join chain on subject.id = chain.merged_into
    ) select id from chain where merged_into is null`.execute(db)
  return rows[0]?.id ?? null
}

/** @returns name of a key → its subject, of those that are known */
export const findByIdentity = async (db: Db, scope: Scope, keys: readonly Key[]): Promise<Map<string, string>> => {
  if (keys.length === 0) return new Map()
  // The limit has each key looked up by itself: without statistics Postgres would rather read the whole table.
  const { rows } = await sql<Pick<Identity, 'kind' | 'value' | 'subject'>>`
    select wanted.kind, wanted.value, known.subject from json_to_recordset(${json(keys)}::json) as wanted(kind text, value text)
    cross join lateral (select subject from identity i where i.workspace = ${scope.workspace} and i.mode = ${scope.mode}
      and i.kind = wanted.kind and i.value = wanted.value limit 1) known`.execute(db)
  return new Map(rows.map((row) => [nameOf(row), row.subject]))
}

/** Two upserts of the same identity wait for each other; in sorted order, so that they cannot wait in a circle. */
export const lockIdentities = async (trx: Transaction<Tables>, { workspace, mode }: Scope, keys: readonly Key[]): Promise<void> => {
  const names = keys.map((key) => `${workspace}/${mode}/${nameOf(key)}`)
  await sql`select pg_advisory_xact_lock(hashtextextended(name, 0)) from (select distinct value as name from json_array_elements_text(${json(names)}::json) order by 1) names`.execute(trx)
}

/** Two that reach the same subjects by different identities wait for each other too. */
export const lockSubjects = async (trx: Transaction<Tables>, ids: readonly string[]): Promise<void> => {
  if (ids.length > 0) await trx.selectFrom('subject').select('id').where('id', 'in', ids).orderBy('id').forUpdate().execute()
}

/** @returns the new ids */
export const createSubjects = async (trx: Transaction<Tables>, { workspace, mode }: Scope, kind: SubjectKind, count: number): Promise<string[]> => {
  const ids = Array.from({ length: count }, () => newId(kind))
  if (count > 0) await trx.insertInto('subject').values(ids.map((id) => ({ workspace, mode, id, kind, fields: '{}', words: '', merged_into: null }))).execute()
  return ids
}

/** What is said of a subject, and what it is known by. */
export interface Said {
  readonly subject: string
  readonly values: Record<string, unknown>
  readonly keys: readonly Key[]
}

/**
 * Adds facts and identities, and chooses the views anew.
 * @returns the subjects whose view changed, with the names of the fields that show something else now
 */
export const addFacts = async (trx: Transaction<Tables>, { workspace, mode }: Scope, said: readonly Said[], from: Provenance): Promise<Changes> => {
  const rows = said.flatMap(({ subject, values }) => Object.entries(values).map(([field, value]) => ({ subject, field, value: json(value) })))
  // Several people of one company may say the same of it.
  if (rows.length > 0)
    await sql`insert into fact (workspace, mode, subject, field, value, source, at, confidence, legal_basis, ledger)
      select distinct on (subject, field, md5(value::jsonb::text)) ${workspace}, ${mode}, subject, field, value::jsonb, ${from.source}, ${from.at}::timestamptz,
        ${from.confidence}::double precision, ${from.legalBasis ?? null}, ${from.ledger ?? null}
      from json_to_recordset(${json(rows)}::json) as row(subject text, field text, value text)
      on conflict (subject, field, source, md5(value::text)) do update set at = greatest(fact.at, excluded.at), confidence = excluded.confidence,
        ledger = coalesce(excluded.ledger, fact.ledger)`.execute(trx)
  const identities = said.flatMap(({ subject, keys }) => keys.map((key) => ({ workspace, mode, ...key, subject })))
  if (identities.length > 0) await trx.insertInto('identity').values(identities).onConflict((conflict) => conflict.doNothing()).execute()
  return chooseViews(trx, [...new Set(said.map(({ subject }) => subject))])
}

/** Subject → names of the fields that show something else now. */
export type Changes = Map<string, string[]>

/** @returns the subjects whose view changed */
export const chooseViews = async (trx: Transaction<Tables>, subjects: readonly string[]): Promise<Changes> => {
  if (subjects.length === 0) return new Map()
  const facts = await trx.selectFrom('fact').select(['subject', 'field', 'value', 'confidence', 'at']).where('subject', 'in', subjects).orderBy('id').execute()
  const views = [...Map.groupBy(facts, ({ subject }) => subject)].map(([id, known]) => {
    const fields = viewOf(known.map((fact) => ({ ...fact, at: new Date(fact.at) })))
    const words = Object.values(fields).filter((value) => typeof value === 'string').join(' ').toLowerCase()
    return { id, fields, words }
  })
  const { rows } = await sql<{ id: string; fields: string[] }>`
    with before as (
      select subject.id, subject.fields as old, view.fields as new, view.words
      from json_to_recordset(${json(views)}::json) as view(id text, fields jsonb, words text) join subject on subject.id = view.id
      where subject.fields is distinct from view.fields),
    changed as (update subject set fields = before.new, words = before.words, updated_at = now() from before where subject.id = before.id)
    select id, (select json_agg(key order by key) from jsonb_object_keys(old || new) as key where old -> key is distinct from new -> key) as fields from before`.execute(trx)
  return new Map(rows.map(({ id, fields }) => [id, fields]))
}

/** Notes which subjects are new or show something else. Their rows were made, or changed, by this transaction. */
export const tell = (trx: Transaction<Tables>, scope: Scope, kind: SubjectKind, made: readonly string[], changes: Changes): Promise<void> =>
  addEvents(
    trx,
    scope,
    [...new Set([...made, ...changes.keys()])].map((subject) => ({ type: `${kind}.${made.includes(subject) ? 'created' : 'updated'}`, subject, data: { fields: changes.get(subject) ?? [] } })),
  )
