import { sql, type Transaction } from 'kysely'
import { HubError } from '../contracts/errors.ts'
import type { Company, Person } from '../contracts/lead.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { splitLead } from './fields.ts'
import { somebodysEmail } from '../contracts/addresses.ts'
import { companyIdentitiesOf, identitiesOf } from './identities.ts'
import { mergeInto } from './merge.ts'
import { addFacts, createSubjects, findByIdentity, lockIdentities, lockSubjects, nameOf, tell, type Key, type Outcome, type Provenance } from './subjects.ts'

export interface Upserted {
  readonly id: string
  readonly outcome: Outcome
}

/** A lead-shaped item, taken apart. */
interface Given {
  readonly person: Person & Record<string, unknown>
  readonly company: Company
  /** What the person is known by for sure; empty for a mailbox of many, as info@. */
  readonly keys: readonly Key[]
  /** The keys, and the address though it may be none: what two items must not have in common to be stored together. */
  readonly names: readonly Key[]
}

/**
 * Stores items, each person once: in a few statements, however many they are. One who stands in the list twice is stored
 * one time after the other.
 * @throws HubError invalid_input for an item that is nobody's
 */
export const upsertLeads = async (trx: Transaction<Tables>, scope: Scope, items: readonly Record<string, unknown>[], from: Provenance): Promise<Upserted[]> => {
  const given = items.map(takenApart)
  await lockIdentities(trx, scope, given.flatMap(({ names, company }) => [...names, ...companyIdentitiesOf(company)]))
  const companies = await upsertCompanies(trx, scope, given.map(({ company }) => company), from)
  for (const { person, company } of given) {
    const [key] = companyIdentitiesOf(company)
    if (key) person.companyId = companies.get(key.value)
    else if (company.name) person['company.name'] = company.name
  }
  const outcomes: Upserted[] = []
  for (let open = [...given.keys()]; open.length > 0; ) {
    const seen = new Set<string>()
    const wave = open.filter((at) => {
      const names = given[at]?.names.map(nameOf) ?? []
      const isFirst = names.every((name) => !seen.has(name))
      for (const name of names) seen.add(name)
      return isFirst
    })
    const stored = await storeTogether(trx, scope, wave.flatMap((at) => given[at] ?? []), from)
    for (const [position, at] of wave.entries()) if (stored[position]) outcomes[at] = stored[position]
    open = open.filter((at) => !wave.includes(at))
  }
  return outcomes
}

/**
 * The companies with these domains; stored if they are not there, with what is said of them.
 * @returns domain → id
 */
export const upsertCompanies = async (trx: Transaction<Tables>, scope: Scope, companies: readonly Company[], from: Provenance): Promise<Map<string, string>> => {
  const keyed = companies.flatMap((company) => companyIdentitiesOf(company).map((key) => ({ key, company })))
  const known = await findByIdentity(trx, scope, keyed.map(({ key }) => key))
  const fresh = keyed.map(({ key }) => key).filter((key, at, all) => !known.has(nameOf(key)) && all.findIndex(({ value }) => value === key.value) === at)
  const made = await createSubjects(trx, scope, 'company', fresh.length)
  for (const [at, key] of fresh.entries()) known.set(nameOf(key), made[at] ?? '')
  const idOf = (key: Key): string => known.get(nameOf(key)) ?? ''
  const changes = await addFacts(trx, scope, keyed.map(({ key, company }) => ({ subject: idOf(key), values: { ...company }, keys: [key] })), from)
  await tell(trx, scope, 'company', made, changes)
  return new Map(keyed.map(({ key }) => [key.value, idOf(key)]))
}

const takenApart = (item: Record<string, unknown>): Given => {
  const { person, company } = splitLead(item)
  const { email: given, linkedin, fullName, lastName }: Person = person
  const email = given === undefined ? undefined : somebodysEmail(given)
  if (email === undefined) delete person.email
  else person.email = email
  const keys = identitiesOf({ email, linkedin })
  if (keys.length === 0 && !email && !fullName && !lastName)
    throw new HubError('invalid_input', 'A lead needs an e-mail address, a LinkedIn address or a name.', { advice: 'Give at least one of them.' })
  return { person, company, keys, names: email ? [...keys, { kind: 'email', value: email }] : keys }
}

/** Items that have no name in common. */
const storeTogether = async (trx: Transaction<Tables>, scope: Scope, given: readonly Given[], from: Provenance): Promise<Upserted[]> => {
  const known = await findByIdentity(trx, scope, given.flatMap(({ keys }) => keys))
  await lockSubjects(trx, [...known.values()])
  const redirects = new Map<string, string>()
  const kept = (id: string): string => {
    const winner = redirects.get(id)
    return winner === undefined ? id : kept(winner)
  }
  const found: (string | undefined)[] = []
  for (const { keys, person } of given) {
    const [first, ...others] = new Set(keys.flatMap((key) => known.get(nameOf(key)) ?? []).map(kept))
    for (const other of first ? others : []) {
      await mergeInto(trx, scope, other, first ?? '')
      redirects.set(other, first ?? '')
    }
    found.push(first ?? (keys.length === 0 && person.email && !person.fullName ? await findMailbox(trx, scope, person.email) : undefined))
  }
  const made = await createSubjects(trx, scope, 'lead', found.filter((id) => id === undefined).length)
  const fresh = made.values()
  const subjects = found.map((id) => (id === undefined ? fresh.next().value : kept(id)) ?? '')
  const changes = await addFacts(trx, scope, given.map(({ person, keys }, at) => ({ subject: subjects[at] ?? '', values: person, keys })), from)
  await tell(trx, scope, 'lead', made, changes)
  const winners = new Set(redirects.values())
  return subjects.map((id, at) => ({ id, outcome: found[at] === undefined ? 'created' : changes.has(id) || winners.has(id) ? 'updated' : 'unchanged' }))
}

/** A nameless lead at a role address: not an identity, but the same mailbox is not stored twice. */
export const findMailbox = async (db: Db, scope: Scope, email: string): Promise<string | undefined> => {
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
