import { sql, type Kysely } from 'kysely'
import type { Fact } from '../contracts/facts.ts'
import { HubError } from '../contracts/errors.ts'
import type { Lead } from '../contracts/lead.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import { somebodysEmail } from '../contracts/addresses.ts'
import { companyIdentitiesOf, identitiesOf } from './identities.ts'
import { openLinks, type Links } from './links.ts'
import { mergeInto } from './merge.ts'
import { findByIdentity, lockIdentities, nameOf, resolveSubject, type Key, type Outcome, type Provenance } from './subjects.ts'
import { findMailbox, upsertCompanies, upsertLeads, type Upserted } from './upsert.ts'

type From = Omit<Provenance, 'at'> & { at?: Date }

/** Leads stored in one transaction: it holds some locks for each. */
const mostTogether = 50

/** The leads of one workspace in one mode. */
export interface LeadStore extends Links {
  /** Stores a lead-shaped item: each person once, found by e-mail or LinkedIn; two that turn out to be one are merged. */
  readonly upsert: (item: Record<string, unknown>, from: From) => Promise<{ lead: Lead; outcome: Outcome }>
  /** The same for a list, in few statements; the answers come in the order of the items. */
  readonly upsertAll: (items: readonly Record<string, unknown>[], from: From) => Promise<Upserted[]>
  /** @throws HubError not_found */
  readonly get: (id: string) => Promise<Lead>
  readonly find: (by: { email?: string; linkedin?: string }) => Promise<Lead | null>
  /** Domain → id of the company; stored if it is not there, unless only looked for. */
  readonly companies: (domains: readonly string[], onlyFind?: boolean) => Promise<ReadonlyMap<string, string>>
  /** Newest first; all the words must occur. */
  readonly search: (query: string, limit: number, before?: string) => Promise<Lead[]>
  readonly facts: (id: string) => Promise<Fact[]>
  /** Everything known of `id` goes to `into`; the old id still resolves. */
  readonly merge: (id: string, into: string) => Promise<Lead>
}

export const openLeads = (db: Kysely<Tables>, scope: Scope): LeadStore => {
  const read = (within: Db) => readLead(within, scope)

  const get = async (id: string): Promise<Lead> => {
    const resolved = await resolveSubject(db, scope, id)
    const lead = resolved && (await read(db)(resolved))
    if (!lead) throw new HubError('not_found', `There is no lead ${id}.`, { advice: 'Search for it by e-mail or name.' })
    return lead
  }

  return {
    ...openLinks(db, scope),
    get,
    upsert: (item, from) =>
      db.transaction().execute(async (trx) => {
        const [stored] = await upsertLeads(trx, scope, [asStored(item)], { at: new Date(), ...from })
        const lead = stored && (await read(trx)(stored.id))
        if (!lead) throw new Error('a lead vanished inside its own transaction')
        return { lead, outcome: stored.outcome }
      }),
    upsertAll: async (items, from) => {
      const stored: Upserted[] = []
      for (let at = 0; at < items.length; at += mostTogether) {
        const some = items.slice(at, at + mostTogether).map(asStored)
        stored.push(...(await db.transaction().execute((trx) => upsertLeads(trx, scope, some, { at: new Date(), ...from }))))
      }
      return stored
    },
    find: async ({ email, linkedin }) => {
      const [id] = (await findByIdentity(db, scope, identitiesOf({ email, linkedin }))).values()
      const address = email === undefined ? undefined : somebodysEmail(email)
      const general = id ?? (address ? await findMailbox(db, scope, address) : undefined)
      return general ? read(db)(general) : null
    },
    companies: async (domains, onlyFind = false) => {
      const companies = domains.map((domain) => ({ domain }))
      const keys = companies.flatMap(companyIdentitiesOf)
      const known = await findByIdentity(db, scope, keys)
      const idOf = (key: Key): [string, string][] => (known.has(nameOf(key)) ? [[key.value, known.get(nameOf(key)) ?? '']] : [])
      if (onlyFind || keys.every((key) => known.has(nameOf(key)))) return new Map(keys.flatMap(idOf))
      return db.transaction().execute(async (trx) => {
        await lockIdentities(trx, scope, keys)
        return upsertCompanies(trx, scope, companies, { source: 'flow', at: new Date(), confidence: 0.8 })
      })
    },
    search: async (query, limit, before) => {
      const words = query.toLowerCase().split(/\s+/).filter(Boolean)
      const rows = await db
        .selectFrom('subject')
        .select('id')
        .where('workspace', '=', scope.workspace)
        .where('mode', '=', scope.mode)
        .where('kind', '=', 'lead')
        .where('merged_into', 'is', null)
        .$if(before !== undefined, (q) => q.where('id', '<', before ?? ''))
        .where((eb) => eb.and(words.map((word) => eb(sql<string>`words`, 'like', `%${word.replace(/[\\%_]/g, '\\$&')}%`))))
        .orderBy('id', 'desc')
        .limit(limit)
        .execute()
      const leads: Lead[] = []
      for (const { id } of rows) {
        const lead = await read(db)(id)
        if (lead) leads.push(lead)
      }
      return leads
    },
    facts: async (id) => {
      const lead = await get(id)
      const rows = await db.selectFrom('fact').selectAll().where('subject', '=', lead.id).orderBy('field').orderBy('at', 'desc').execute()
      return rows.map((row) => ({
        subject: row.subject,
        field: row.field,
        value: row.value,
        source: row.source,
        at: new Date(row.at).toISOString(),
        confidence: row.confidence,
        ...(row.legal_basis && { legalBasis: row.legal_basis }),
        ...(row.ledger && { ledger: row.ledger }),
      }))
    },
    merge: async (id, into) => {
      const [loser, winner] = [(await get(id)).id, (await get(into)).id]
      if (loser !== winner) await db.transaction().execute((trx) => mergeInto(trx, scope, loser, winner))
      return get(winner)
    },
  }
}

/** Without what Postgres cannot hold. */
const asStored = (item: Record<string, unknown>): Record<string, unknown> => JSON.parse(json(item))

const readLead =
  (db: Db, scope: Scope) =>
  async (id: string): Promise<Lead | null> => {
    const row = await db
      .selectFrom('subject as lead')
      .leftJoin('subject as company', (join) => join.on(sql<boolean>`company.id = lead.fields ->> 'companyId'`))
      .select(['lead.id', 'lead.fields', 'lead.created_at', 'lead.updated_at', 'company.fields as company'])
      .where('lead.workspace', '=', scope.workspace)
      .where('lead.mode', '=', scope.mode)
      .where('lead.id', '=', id)
      .where('lead.kind', '=', 'lead')
      .executeTakeFirst()
    if (!row) return null
    const { companyId: _companyId, ...fields } = row.fields
    const custom = Object.entries(fields).filter(([name]) => name.includes('.') && name !== 'company.name')
    const plain = Object.fromEntries(Object.entries(fields).filter(([name]) => !name.includes('.')))
    const company = row.company ?? (fields['company.name'] ? { name: String(fields['company.name']) } : undefined)
    return {
      id: row.id,
      ...plain,
      ...(company && { company }),
      ...(custom.length > 0 && { custom: Object.fromEntries(custom.map(([name, value]) => [name.replace(/^custom\./, ''), value])) }),
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    }
  }
