import { sql, type Transaction } from 'kysely'
import type { SubjectKind } from '../contracts/facts.ts'
import type { Scope } from '../contracts/scope.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import { addEvents } from '../events/add.ts'
import { membersOf } from './clusters.ts'
import { readViewRules } from './view-rules.ts'
import { viewOf, type Known } from './view.ts'

/** Subject → names of the fields that show something else now. */
export type Changes = Map<string, string[]>

interface Said {
  readonly root: string
  readonly source: string
  readonly at: Date
  readonly said: Record<string, [unknown, number, string?]>
}

const knownOf = ({ source, at, said }: Said): Known[] =>
  Object.entries(said).map(([field, [value, confidence, about]]) => ({
    field,
    value,
    confidence,
    source,
    at: new Date(at),
    ...(about !== undefined && { about }),
  }))

/**
 * Chooses the views of clusters anew, from what was said of all who are in them. The roots are locked by the caller.
 * @returns the subjects whose view changed
 */
export const chooseViews = async (
  trx: Transaction<Tables>,
  scope: Scope,
  roots: readonly string[],
): Promise<Changes> => {
  if (roots.length === 0) return new Map()
  const { version, rules } = await readViewRules(trx, scope)
  const { rows: said } = await sql<Said>`
    select member.root, o.source, o.at, o.said from ${membersOf(roots)} as member
    cross join lateral (select id, source, at, said from observation where subject = member.id offset 0) o order by
    o.id`.execute(trx)
  const byRoot = Map.groupBy(said, ({ root }) => root)
  const chosen = roots.map((id) => ({ id, fields: viewOf((byRoot.get(id) ?? []).flatMap(knownOf), rules) }))
  const companies = await companiesOf(
    trx,
    chosen.map(({ fields }) => fields.companyId),
  )
  const views = chosen.map(({ id, fields }) => ({
    id,
    fields,
    words: wordsOf(fields, companies.get(String(fields.companyId))),
  }))
  const { rows } = await sql<{ id: string; fields: string[]; changed: boolean }>`
    with before as (
      select subject.id, subject.fields as old, view.fields as new, view.words, subject.fields is distinct from
      view.fields as changed
      from json_to_recordset(${json(views)}::json) as view(id text, fields jsonb, words text) join subject on
      subject.id = view.id
      where subject.fields is distinct from view.fields or subject.words <> view.words or subject.view_version <>
      ${version}),
    written as (update subject set fields = before.new, words = before.words, view_version = ${version},
      updated_at = case when before.changed then now() else subject.updated_at end from before where subject.id =
      before.id)
    select id, changed, (select json_agg(key order by key) from jsonb_object_keys(old || new) as key where old -> key
    is distinct from new -> key) as fields
    from before`.execute(trx)
  return new Map(rows.flatMap(({ id, fields, changed }) => (changed ? [[id, fields]] : [])))
}

type Company = Record<string, unknown>

const companiesOf = async (trx: Transaction<Tables>, ids: readonly unknown[]): Promise<Map<string, Company>> => {
  const wanted = [...new Set(ids.filter((id) => typeof id === 'string'))]
  if (wanted.length === 0) return new Map()
  const rows = await trx.selectFrom('subject').select(['id', 'fields']).where('id', 'in', wanted).execute()
  return new Map(rows.map(({ id, fields }) => [id, fields]))
}

/** Lower-case words to search in, each after a space; a lead is also found by its company. */
const wordsOf = ({ companyId: _companyId, ...fields }: Record<string, unknown>, company: Company = {}): string =>
  [...Object.values(fields), company.name, company.domain]
    .filter((value) => typeof value === 'string')
    .map((value) => ` ${value.toLowerCase()}`)
    .join('')

/** Notes which subjects are new or show something else. Their rows were made, or locked, by this transaction. */
export const tell = (
  trx: Transaction<Tables>,
  scope: Scope,
  kind: SubjectKind,
  made: readonly string[],
  changes: Changes,
): Promise<void> => {
  const isNew = new Set(made)
  const subjects = [...new Set([...made, ...changes.keys()])]
  return addEvents(
    trx,
    scope,
    subjects.map((subject) => ({
      type: `${kind}.${isNew.has(subject) ? 'created' : 'updated'}`,
      subject,
      data: { fields: changes.get(subject) ?? [] },
    })),
  )
}
