import type { Kysely } from 'kysely'
import { somebodysEmail } from '../contracts/addresses.ts'
import { HubError } from '../contracts/errors.ts'
import type { Fact } from '../contracts/facts.ts'
import type { Lead } from '../contracts/lead.ts'
import type { Scope } from '../contracts/scope.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import { findByIdentity, rootsOf } from './clusters.ts'
import { readFacts } from './facts.ts'
import { takenApart, type Given } from './given.ts'
import { domainIdentity, identitiesOf, nameOf, type Key } from './identities.ts'
import { openLinks, type Links } from './links.ts'
import { merge, missing, remove, unmerge } from './merge.ts'
import { readLeads, searchLeads } from './read.ts'
import type { Provenance } from './sayings.ts'
import { findMailbox, upsertCompanies, upsertLeads, type Outcome, type Upserted } from './upsert.ts'

type From = Omit<Provenance, 'at'> & { at?: Date }
type Item = Record<string, unknown>

/** Leads stored in one transaction: it holds some locks for each. */
const mostTogether = 50

export interface Address {
  readonly email?: string
  readonly linkedin?: string
}

/** The leads of one workspace in one mode. */
export interface LeadStore extends Links {
  /**
   * Stores a lead-shaped item: each person once, found by e-mail or LinkedIn; two that turn out to be one are merged.
   * An item's `leadId` names the stored lead that it is about.
   */
  readonly upsert: (item: Item, from: From) => Promise<{ lead: Lead; outcome: Outcome }>
  /**
   * The same for a list, in few statements; the answers come in the order of the items.
   * @throws HubError for an item that cannot be stored; those before and after it may be stored
   */
  readonly upsertAll: (items: readonly Item[], from: From) => Promise<Upserted[]>
  /** The same, where one that cannot be stored shall not fail the others. */
  readonly upsertEach: (items: readonly Item[], from: From) => Promise<(Upserted | HubError)[]>
  /** @throws HubError not_found */
  readonly get: (id: string) => Promise<Lead>
  /** Those of the ids that are found, by the id that was given. */
  readonly getAll: (ids: readonly string[]) => Promise<ReadonlyMap<string, Lead>>
  readonly find: (by: Address) => Promise<Lead | null>
  /**
   * Domain → id of the company, by the domain as given and in its normal form; stored if it is not there, unless only
   * looked for.
   */
  readonly companies: (domains: readonly string[], onlyFind?: boolean) => Promise<ReadonlyMap<string, string>>
  /** Newest first; all the words must occur, and the addresses must be the lead's, in any spelling. */
  readonly search: (query: string, limit: number, before?: string, by?: Address) => Promise<Lead[]>
  readonly facts: (id: string) => Promise<Fact[]>
  /** What is known of `id` is shown with `into`; the old id still resolves. */
  readonly merge: (id: string, into: string) => Promise<Lead>
  /** Undoes the merge of `id`, which is a lead of its own again. @throws HubError not_found, conflict */
  readonly unmerge: (id: string) => Promise<Lead>
  /** Removes a lead, and all that was merged into it. @throws HubError not_found */
  readonly remove: (id: string) => Promise<void>
}

/** @param run that stores them */
export const openLeads = (db: Kysely<Tables>, scope: Scope, run?: string): LeadStore => {
  const getAll = async (ids: readonly string[]): Promise<Map<string, Lead>> => {
    const roots = await rootsOf(db, scope, ids, 'lead')
    const leads = await readLeads(db, scope, [...roots.values()])
    return new Map([...roots].flatMap(([id, root]) => (leads.has(root) ? [[id, leads.get(root) ?? never()]] : [])))
  }

  const get = async (id: string): Promise<Lead> => (await getAll([id])).get(id) ?? fail(missing(id))

  /** In one transaction; where that fails one after the other, so that only those fail that have to. */
  const store = async (given: readonly Given[]): Promise<(Upserted | HubError)[]> => {
    try {
      return await db.transaction().execute((trx) => upsertLeads(trx, scope, given, run))
    } catch (thrown) {
      if (!(thrown instanceof HubError) && !isRefusal(thrown)) throw thrown
      if (given.length === 1) return [thrown instanceof HubError ? thrown : refused(thrown)]
      const stored: (Upserted | HubError)[] = []
      for (const one of given) stored.push(...(await store([one])))
      return stored
    }
  }

  const upsertEach = async (items: readonly Item[], from: From): Promise<(Upserted | HubError)[]> => {
    const plain = items.map(asStored)
    const known = await rootsOf(
      db,
      scope,
      plain.flatMap(({ leadId }) => (typeof leadId === 'string' ? [leadId] : [])),
      'lead',
    )
    const given = plain.map((item) => apartOr(item, { at: new Date(), ...from }, known))
    const good = [...given.keys()].filter((at) => !(given[at] instanceof HubError))
    const outcomes: (Upserted | HubError)[] = given.map((one) =>
      one instanceof HubError ? one : new HubError('unavailable', 'This lead was not stored.'),
    )
    for (let first = 0; first < good.length; first += mostTogether) {
      const some = good.slice(first, first + mostTogether)
      const stored = await store(some.flatMap((at) => ofGiven(given[at])))
      for (const [position, at] of some.entries()) outcomes[at] = stored[position] ?? outcomes[at] ?? never()
    }
    return outcomes
  }

  const upsertAll = async (items: readonly Item[], from: From): Promise<Upserted[]> =>
    (await upsertEach(items, from)).map((outcome) => (outcome instanceof HubError ? fail(outcome) : outcome))

  const idsBy = async (by: Address): Promise<string[]> => [
    ...new Set((await findByIdentity(db, scope, identitiesOf(by))).values()),
  ]

  return {
    ...openLinks(db, scope),
    get,
    getAll,
    upsertEach,
    upsertAll,
    upsert: async (item, from) => {
      const [stored] = await upsertAll([item], from)
      return stored ? { lead: await get(stored.id), outcome: stored.outcome } : never()
    },
    find: async (by) => {
      const [id] = await idsBy(by)
      const found = id ?? (by.email === undefined ? undefined : await findMailbox(db, scope, by.email))
      return found === undefined ? null : ((await readLeads(db, scope, [found])).get(found) ?? null)
    },
    companies: async (domains, onlyFind = false) => {
      const known = domains.flatMap((domain) => {
        const value = domainIdentity(domain)
        return value === undefined ? [] : [{ domain, key: { kind: 'domain', value } satisfies Key }]
      })
      const keys = [...new Map(known.map(({ key }) => [key.value, key])).values()]
      const found = await findByIdentity(db, scope, keys)
      const lacking = onlyFind ? [] : keys.filter((key) => !found.has(nameOf(key)))
      const saying = { source: 'flow', at: new Date() }
      const made =
        lacking.length === 0
          ? new Map<string, string>()
          : await db.transaction().execute((trx) => upsertCompanies(trx, scope, lacking, saying))
      return new Map(
        known.flatMap(({ domain, key }): [string, string][] => {
          const id = found.get(nameOf(key)) ?? made.get(key.value)
          return id === undefined
            ? []
            : [
                [domain, id],
                [key.value, id],
              ]
        }),
      )
    },
    search: async (query, limit, before, by = {}) => {
      const isBy = by.email !== undefined || by.linkedin !== undefined
      const email = by.email === undefined ? undefined : somebodysEmail(by.email)
      return searchLeads(db, scope, {
        words: query,
        limit,
        before,
        ...(isBy && { known: { ids: await idsBy(by), email } }),
      })
    },
    facts: async (id) => readFacts(db, (await get(id)).id),
    merge: async (id, into) => get(await db.transaction().execute((trx) => merge(trx, scope, id, into))),
    unmerge: async (id) => {
      await db.transaction().execute((trx) => unmerge(trx, scope, id))
      return get(id)
    },
    remove: (id) => db.transaction().execute((trx) => remove(trx, scope, id)),
  }
}

/** PostgreSQL's classes of errors that what was given causes: wrong data, broken constraints, too much for an index. */
const isRefusal = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && /^(?:22|23|54)/.test(String(thrown.code))

const refused = (cause: unknown): HubError =>
  new HubError(
    'invalid_input',
    'The database did not take this lead: one of its values is too long, or not what its field is for.',
    {
      advice: 'Look through its longest fields, and store it again.',
      cause,
    },
  )

/** Without what Postgres cannot hold. */
const asStored = (item: Item): Item => JSON.parse(json(item))

/** An item that names a lead which is not there is one without an id, if it says enough of itself. */
const apartOr = (item: Item, from: Provenance, known: ReadonlyMap<string, string>): Given | HubError => {
  const isStored = typeof item.leadId === 'string' && known.has(item.leadId)
  try {
    return takenApart(item, from, isStored)
  } catch (thrown) {
    if (thrown instanceof HubError) return thrown
    throw thrown
  }
}

const ofGiven = (given: Given | HubError | undefined): Given[] =>
  given === undefined || given instanceof HubError ? [] : [given]

const fail = (error: HubError): never => {
  throw error
}

const never = (): never =>
  fail(new HubError('unavailable', 'A lead vanished while it was stored.', { advice: 'Try again.' }))
