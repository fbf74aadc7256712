import { sql, type Kysely, type Transaction } from 'kysely'
import type { Fact } from '../contracts/facts.ts'
import { HubError } from '../contracts/errors.ts'
import type { Lead, Person } from '../contracts/lead.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import { splitLead } from './fields.ts'
import { companyIdentitiesOf, identitiesOf, linkedinHandle, normalEmail } from './identities.ts'
import { linksOf, type Links } from './links.ts'
import { mergeInto } from './merge.ts'
import { addFacts, createSubject, findByIdentity, lockIdentities, resolveSubject, tell, type Outcome, type Provenance } from './subjects.ts'

/** The leads of one workspace in one mode. */
export interface LeadStore extends Links {
  /** Stores a lead-shaped item: each person once, found by e-mail or LinkedIn; two that turn out to be one are merged. */
  readonly upsert: (item: Record<string, unknown>, from: Omit<Provenance, 'at'> & { at?: Date }) => Promise<{ lead: Lead; outcome: Outcome }>
  /** @throws HubError not_found */
  readonly get: (id: string) => Promise<Lead>
  readonly find: (by: { email?: string; linkedin?: string }) => Promise<Lead | null>
  /** Id of the company with this domain; stored if it is not there, unless only looked for. */
  readonly company: (domain: string, onlyFind?: boolean) => Promise<string | null>
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
    ...linksOf(db, scope),
    get,
    upsert: (given, from) =>
      db.transaction().execute(async (trx) => {
        const item: Record<string, unknown> = JSON.parse(json(given))
        const provenance = { at: new Date(), ...from }
        const { id, outcome } = await upsertLead(trx, scope, item, provenance)
        const lead = await read(trx)(id)
        if (!lead) throw new Error(`lead ${id} vanished inside its own transaction`)
        return { lead, outcome }
      }),
    find: async ({ email, linkedin }) => {
      const handle = linkedin && linkedinHandle(linkedin)
      const keys = [
        ...(email ? [{ kind: 'email' as const, value: normalEmail(email) }] : []),
        ...(handle ? [{ kind: 'linkedin' as const, value: handle }] : []),
      ]
      const [id] = await findByIdentity(db, scope, keys)
      const general = id ?? (email ? await findMailbox(db, scope, normalEmail(email)) : undefined)
      return general ? read(db)(general) : null
    },
    company: (domain, onlyFind = false) =>
      db.transaction().execute(async (trx) => {
        const keys = companyIdentitiesOf({ domain })
        await lockIdentities(trx, scope, keys)
        const [known] = await findByIdentity(trx, scope, keys)
        if (known || onlyFind) return known ?? null
        const id = await createSubject(trx, scope, 'company')
        await tell(trx, scope, 'company', id, 'created', await addFacts(trx, scope, id, { domain }, keys, { source: 'flow', at: new Date(), confidence: 0.8 }))
        return id
      }),
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

const upsertLead = async (trx: Transaction<Tables>, scope: Scope, item: Record<string, unknown>, from: Provenance): Promise<{ id: string; outcome: Outcome }> => {
  const { person, company } = splitLead(item)
  const { email, linkedin, fullName }: Person = person
  if (email) person.email = normalEmail(email)
  const keys = identitiesOf({ email, linkedin })
  if (keys.length === 0 && !email && !fullName && !person.lastName)
    throw new HubError('invalid_input', 'A lead needs an e-mail address, a LinkedIn address or a name.', { advice: 'Give at least one of them.' })

  const companyKeys = companyIdentitiesOf(company)
  // The address is locked though it may be a role's and so no identity: its nameless mailbox is stored once too.
  const address = email ? [{ kind: 'email' as const, value: normalEmail(email) }] : []
  await lockIdentities(trx, scope, [...keys, ...address, ...companyKeys])
  if (companyKeys.length > 0) {
    const [known] = await findByIdentity(trx, scope, companyKeys)
    const companyId = known ?? (await createSubject(trx, scope, 'company'))
    person.companyId = companyId
    const fields = await addFacts(trx, scope, companyId, { ...company }, companyKeys, from)
    await tell(trx, scope, 'company', companyId, known ? 'updated' : 'created', fields)
  } else if (company.name) person['company.name'] = company.name

  const [found, ...others] = await findByIdentity(trx, scope, keys)
  const known = found ?? (keys.length === 0 && email && !fullName ? await findMailbox(trx, scope, normalEmail(email)) : undefined)
  for (const other of others) if (known) await mergeInto(trx, scope, other, known)
  const id = known ?? (await createSubject(trx, scope, 'lead'))
  const fields = await addFacts(trx, scope, id, person, keys, from)
  await tell(trx, scope, 'lead', id, known ? 'updated' : 'created', fields)
  return { id, outcome: known ? (fields.length > 0 || others.length > 0 ? 'updated' : 'unchanged') : 'created' }
}

/** A nameless lead at a role address: not an identity, but the same mailbox is not stored twice. */
const findMailbox = async (db: Db, scope: Scope, email: string): Promise<string | undefined> => {
  const row = await db
    .selectFrom('subject')
    .select('id')
    .where('workspace', '=', scope.workspace)
    .where('mode', '=', scope.mode)
    .where('kind', '=', 'lead')
    .where('merged_into', 'is', null)
    .where(sql<boolean>`fields ->> 'email' = ${email}`)
    .where(sql<boolean>`fields ->> 'fullName' is null`)
    .executeTakeFirst()
  return row?.id
}

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
