import { sql } from 'kysely'
import { HubError } from '../contracts/errors.ts'
import type { Lead } from '../contracts/lead.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'

interface Row {
  readonly id: string
  readonly fields: Record<string, unknown>
  readonly created_at: Date
  readonly updated_at: Date
  readonly company: Record<string, unknown> | null
}

/** What leads are looked for by; all of it must hold. */
export interface Search {
  /** Words that must all occur; one of one or two letters at the beginning of a word. */
  readonly words?: string
  /** Ids of leads that have an address, and the address in its normal form. */
  readonly known?: { readonly ids: readonly string[]; readonly email?: string }
  readonly limit: number
  /** Only those stored before this one. */
  readonly before?: string
}

/** The leads with these ids, in no order; those that were merged are not among them. One query. */
export const readLeads = async (
  db: Db,
  { workspace, mode }: Scope,
  ids: readonly string[],
): Promise<Map<string, Lead>> => {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<Row>`
    select lead.id, lead.fields, lead.created_at, lead.updated_at, company.fields as company
    from (select distinct value as id from json_array_elements_text(${json(ids)}::json)) as wanted
    cross join lateral (select * from subject where id = wanted.id and workspace = ${workspace} and mode = ${mode}
    and kind = 'lead' offset 0) lead
    ${withCompany}`.execute(db)
  return new Map(rows.map((row) => [row.id, leadOf(row)]))
}

/**
 * So many of the newest leads are looked through before the index of words is asked: what occurs often is found among
 * them.
 */
const lookedThrough = 5_000

/**
 * Newest first, one query for all of them.
 * @throws HubError invalid_input for more words than anybody looks for
 */
export const searchLeads = async (db: Db, scope: Scope, search: Search): Promise<Lead[]> => {
  const { rows } = await sql<Row>`
    with found as (${foundOf(scope, search)}),
    page as materialized (select id from found order by id desc limit ${search.limit})
    select lead.id, lead.fields, lead.created_at, lead.updated_at, company.fields as company from page
    cross join lateral (select * from subject where id = page.id offset 0) lead
    ${withCompany} order by lead.id desc`.execute(db)
  return rows.map(leadOf)
}

/** Each is compared with every lead that is looked through. */
const mostWords = 20

type Part = ReturnType<typeof sql>

/** Who is found, before they are cut to a page. */
const foundOf = ({ workspace, mode }: Scope, { words = '', known, limit, before }: Search): Part => {
  const patterns = [...new Set(words.toLowerCase().split(/\s+/).filter(Boolean))].map(patternOf)
  if (patterns.length > mostWords)
    throw new HubError('invalid_input', `More than ${mostWords} words are looked for.`, {
      advice: 'Leave out those that say least.',
    })
  const holds = sql.join(
    patterns.map((pattern) => sql`and words like ${pattern}`),
    sql` `,
  )
  const among = sql`workspace = ${workspace} and mode = ${mode} and kind = 'lead' and merged_into is null
    ${before === undefined ? sql`` : sql`and id < ${before}`}`
  if (known) return knownOf(known, among, holds)
  return patterns.length > 0 ? holdersOf(among, holds, limit) : sql`select id from subject where ${among}`
}

/** Those who have an address, each looked up by it: Postgres would rather walk through all leads in their order. */
const knownOf = ({ ids, email }: NonNullable<Search['known']>, among: Part, holds: Part): Part => sql`
  select id from (
    select id, words from subject where id = any(${ids}::text[]) and ${among}
    union select id, words from subject where fields ->> 'email' = ${email ?? null} and ${among}) as known where true
    ${holds}`

/**
 * Those who hold all the words: of the newest, or, where these give no whole page, by the index. What Postgres guesses
 * of two words that never meet makes it walk through all leads.
 */
const holdersOf = (among: Part, holds: Part, limit: number): Part => sql`
  with newest as materialized (select id, words from subject where ${among} order by id desc limit ${lookedThrough}),
  hits as materialized (select id from newest where true ${holds} order by id desc limit ${limit}),
  others as materialized (select id from subject where ${among} ${holds} and (select count(*) from hits) < ${limit})
  select id from hits union select id from others`

/** Looked up by itself for each lead, so that no plan reads all companies. */
const withCompany = sql`left join lateral (select fields from subject where id = lead.fields ->> 'companyId' limit 1)
  company on true`

/** The index of words holds three letters and more: a shorter one is looked for at the beginning of words. */
const patternOf = (word: string): string => {
  const plain = word.replace(/[\\%_]/g, '\\$&')
  return [...word].length < 3 ? `% ${plain}%` : `%${plain}%`
}

const leadOf = ({
  id,
  fields: { companyId: _companyId, ...fields },
  company: known,
  created_at,
  updated_at,
}: Row): Lead => {
  const custom = Object.entries(fields).filter(([name]) => name.includes('.') && name !== 'company.name')
  const plain = Object.fromEntries(Object.entries(fields).filter(([name]) => !name.includes('.')))
  const company = known ?? (fields['company.name'] ? { name: String(fields['company.name']) } : undefined)
  return {
    id,
    ...plain,
    ...(company && { company }),
    ...(custom.length > 0 && {
      custom: Object.fromEntries(custom.map(([name, value]) => [name.replace(/^custom\./, ''), value])),
    }),
    createdAt: created_at.toISOString(),
    updatedAt: updated_at.toISOString(),
  }
}
