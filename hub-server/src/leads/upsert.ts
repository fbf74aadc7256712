import { isDeepStrictEqual } from 'node:util'
import { sql, type Transaction } from 'kysely'
import { somebodysEmail } from '../contracts/addresses.ts'
import type { SubjectKind } from '../contracts/facts.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import { findByIdentity, lockIdentities, lockResolved, rootsOf } from './clusters.ts'
import type { Given } from './given.ts'
import { nameOf, type Key } from './identities.ts'
import { point } from './merge.ts'
import { addObservations } from './observe.ts'
import type { Fields, Saying } from './sayings.ts'
import { chooseViews, tell } from './views.ts'

export type Outcome = 'created' | 'updated' | 'unchanged'

export interface Upserted {
  readonly id: string
  readonly outcome: Outcome
}

/** Who is stored already, of all that a list is about: under locks, until the transaction ends. */
interface Known {
  /** Name of a key → lead or company. */
  readonly byKey: Map<string, string>
  /** An id that an item gave → the lead as it is found now. */
  readonly byId: Map<string, string>
  /** A nameless lead at an address of many. */
  readonly byMailbox: Map<string, string>
}

/**
 * Stores items, each person once: in a few statements, however many they are. One who stands in the list twice is
 * stored one time after the other.
 * @param run that brings them
 */
export const upsertLeads = async (
  trx: Transaction<Tables>,
  scope: Scope,
  given: readonly Given[],
  run?: string,
): Promise<Upserted[]> => {
  const companyKeys = given.flatMap(({ companyKey }) => companyKey ?? [])
  await lockIdentities(trx, scope, [...given.flatMap(({ names }) => names), ...companyKeys])
  const known = await lockKnown(trx, scope, given)
  await addCompanies(trx, scope, given, known, run)
  const outcomes: Upserted[] = []
  for (let open = [...given.keys()]; open.length > 0;) {
    const seen = new Set<string>()
    const wave = open.filter((at) => {
      const names = namesOf(given[at])
      const isFirst = names.every((name) => !seen.has(name))
      for (const name of names) seen.add(name)
      return isFirst
    })
    const stored = await storeTogether(
      trx,
      scope,
      wave.flatMap((at) => given[at] ?? []),
      known,
      run,
    )
    for (const [position, at] of wave.entries()) if (stored[position]) outcomes[at] = stored[position]
    open = open.filter((at) => !wave.includes(at))
  }
  return outcomes
}

const namesOf = (given: Given | undefined): string[] => [
  ...(given?.names.map(nameOf) ?? []),
  ...(given?.id === undefined ? [] : [`id/${given.id}`]),
]

const lockKnown = (trx: Transaction<Tables>, scope: Scope, given: readonly Given[]): Promise<Known> =>
  lockResolved(
    trx,
    async () => ({
      byKey: await findByIdentity(
        trx,
        scope,
        given.flatMap(({ keys, companyKey }) => (companyKey ? [...keys, companyKey] : keys)),
      ),
      byId: await rootsOf(
        trx,
        scope,
        given.flatMap(({ id }) => id ?? []),
        'lead',
      ),
      byMailbox: await findMailboxes(
        trx,
        scope,
        given.flatMap((one) => mailboxOf(one) ?? []),
      ),
    }),
    ({ byKey, byId, byMailbox }) => [...byKey.values(), ...byId.values(), ...byMailbox.values()],
  )

/** @returns the new ids */
const createSubjects = async (
  trx: Transaction<Tables>,
  { workspace, mode }: Scope,
  kind: SubjectKind,
  count: number,
): Promise<string[]> => {
  const ids = Array.from({ length: count }, () => newId(kind))
  if (count > 0)
    await trx
      .insertInto('subject')
      .values(ids.map((id) => ({ workspace, mode, id, kind, fields: '{}', words: '', merged_into: null })))
      .execute()
  return ids
}

/** The companies of a list; stored if they are not there, with what is said of them. They are noted among the known. */
const addCompanies = async (
  trx: Transaction<Tables>,
  scope: Scope,
  given: readonly Given[],
  { byKey }: Pick<Known, 'byKey'>,
  run?: string,
): Promise<void> => {
  const keyed = given.flatMap(({ companyKey: key, sayings }) => (key ? [{ key, sayings: sayings.company }] : []))
  const fresh = [...new Map(keyed.map(({ key }) => [nameOf(key), key])).values()].filter(
    (key) => !byKey.has(nameOf(key)),
  )
  const made = await createSubjects(trx, scope, 'company', fresh.length)
  for (const [at, key] of fresh.entries()) byKey.set(nameOf(key), made[at] ?? '')
  const said = keyed.map(({ key, sayings }) => ({ subject: byKey.get(nameOf(key)) ?? '', sayings, keys: [key] }))
  await addObservations(trx, scope, said, run)
  const changes = await chooseViews(trx, scope, [...new Set(said.map(({ subject }) => subject))])
  await tell(trx, scope, 'company', made, changes)
}

/**
 * The companies with these domains; stored if they are not there.
 * @returns value of a key → id
 */
export const upsertCompanies = async (
  trx: Transaction<Tables>,
  scope: Scope,
  keys: readonly Key[],
  saying: Omit<Saying, 'fields'>,
): Promise<Map<string, string>> => {
  await lockIdentities(trx, scope, keys)
  const byKey = await lockResolved(
    trx,
    () => findByIdentity(trx, scope, keys),
    (found) => found.values(),
  )
  const given = keys.map((companyKey): Given => ({
    person: {},
    company: {},
    keys: [],
    names: [],
    companyKey,
    sayings: { person: [], company: [{ ...saying, fields: { domain: [companyKey.value, 0.8] } }] },
  }))
  await addCompanies(
    trx,
    scope,
    given.filter(({ companyKey }) => companyKey && !byKey.has(nameOf(companyKey))),
    { byKey },
  )
  return new Map(keys.flatMap((key) => (byKey.has(nameOf(key)) ? [[key.value, byKey.get(nameOf(key)) ?? '']] : [])))
}

/** Items that have no name in common. */
const storeTogether = async (
  trx: Transaction<Tables>,
  scope: Scope,
  given: readonly Given[],
  known: Known,
  run?: string,
): Promise<Upserted[]> => {
  const redirects = new Map<string, string>()
  const kept = (id: string): string => {
    const winner = redirects.get(id)
    return winner === undefined ? id : kept(winner)
  }
  const found: (string | undefined)[] = []
  for (const one of given) {
    const ids = [
      one.id === undefined ? undefined : known.byId.get(one.id),
      ...one.keys.map((key) => known.byKey.get(nameOf(key))),
    ]
    const [first, ...others] = new Set(ids.flatMap((id) => (id === undefined ? [] : [kept(id)])))
    for (const other of first === undefined ? [] : others) {
      await point(trx, scope, other, first ?? '')
      redirects.set(other, first ?? '')
    }
    const mailbox = mailboxOf(one)
    found.push(first ?? (mailbox === undefined ? undefined : known.byMailbox.get(mailbox)))
  }
  const made = await createSubjects(trx, scope, 'lead', found.filter((id) => id === undefined).length)
  const fresh = made.values()
  const subjects = found.map((id) => (id === undefined ? fresh.next().value : kept(id)) ?? '')
  const shown = await shownOf(
    trx,
    given.flatMap((one, at) => (one.id !== undefined && subjects[at] ? [subjects[at]] : [])),
  )
  const said = given.map((one, at) => {
    const subject = subjects[at] ?? ''
    const sayings = withCompany(one, one.companyKey && known.byKey.get(nameOf(one.companyKey)))
    return {
      subject,
      sayings: one.id === undefined ? sayings : withoutEchoes(sayings, shown.get(subject) ?? {}),
      keys: one.keys,
    }
  })
  await addObservations(trx, scope, said, run)
  for (const names of [known.byKey, known.byId, known.byMailbox])
    for (const [name, id] of names) names.set(name, kept(id))
  for (const [at, one] of given.entries()) {
    const subject = subjects[at] ?? ''
    for (const key of one.keys) if (!known.byKey.has(nameOf(key))) known.byKey.set(nameOf(key), subject)
    const mailbox = mailboxOf(one)
    if (mailbox !== undefined) known.byMailbox.set(mailbox, subject)
  }
  const changes = await chooseViews(trx, scope, [...new Set(subjects)])
  await tell(trx, scope, 'lead', made, changes)
  const winners = new Set(redirects.values())
  const outcomeOf = (id: string, at: number): Outcome => {
    if (found[at] === undefined) return 'created'
    return changes.has(id) || winners.has(id) ? 'updated' : 'unchanged'
  }
  return subjects.map((id, at) => ({ id, outcome: outcomeOf(id, at) }))
}

/**
 * The company's id stands with whoever said its domain; a company that is known by name alone stands with the person.
 */
const withCompany = ({ company, sayings }: Given, id: string | undefined): readonly Saying[] => {
  const [field, from, value] = id === undefined ? ['company.name', 'name', company.name] : ['companyId', 'domain', id]
  if (value === undefined) return sayings.person
  const by = sayings.company.findLast(({ fields }) => from in fields)
  const confidence = by?.fields[from]?.[1]
  if (!by || confidence === undefined) return sayings.person
  const same = sayings.person.findIndex(
    ({ source, at, ledger }) => source === by.source && ledger === by.ledger && at.getTime() === by.at.getTime(),
  )
  const fields: Fields = { [field]: [value, confidence] }
  return same < 0
    ? [...sayings.person, { ...by, fields }]
    : sayings.person.map((saying, at) =>
        at === same ? { ...saying, fields: { ...saying.fields, ...fields } } : saying,
      )
}

const shownOf = async (
  trx: Transaction<Tables>,
  ids: readonly string[],
): Promise<Map<string, Record<string, unknown>>> => {
  if (ids.length === 0) return new Map()
  const rows = await trx.selectFrom('subject').select(['id', 'fields']).where('id', 'in', ids).execute()
  return new Map(rows.map(({ id, fields }) => [id, fields]))
}

/** What an item holds because the store gave it is no news from whoever sends it back. */
const withoutEchoes = (sayings: readonly Saying[], shown: Record<string, unknown>): readonly Saying[] => {
  const news = ({ fields }: Saying): Fields =>
    Object.fromEntries(Object.entries(fields).filter(([field, [value]]) => !isDeepStrictEqual(shown[field], value)))
  return sayings
    .map((saying) => (saying.isOwn ? { ...saying, fields: news(saying) } : saying))
    .filter(({ fields }) => Object.keys(fields).length > 0)
}

/**
 * The address of a nameless lead that nobody is known by: not an identity, but the same mailbox is not stored twice.
 */
const mailboxOf = ({ id, keys, person }: Given): string | undefined =>
  id === undefined && keys.length === 0 && !person.fullName ? person.email : undefined

/** @returns address → the nameless lead at it */
const findMailboxes = async (
  db: Db,
  { workspace, mode }: Scope,
  emails: readonly string[],
): Promise<Map<string, string>> => {
  if (emails.length === 0) return new Map()
  const { rows } = await sql<{ email: string; id: string }>`
    select wanted.value as email, found.id from json_array_elements_text(${json([...new Set(emails)])}::json) as
    wanted cross join lateral (
      select id from subject where workspace = ${workspace} and mode = ${mode} and kind = 'lead' and merged_into is null
        and fields ->> 'email' = wanted.value and fields ->> 'fullName' is null order by id limit 1) found`.execute(db)
  return new Map(rows.map(({ email, id }) => [email, id]))
}

/** The nameless lead at an address, in any spelling. */
export const findMailbox = async (db: Db, scope: Scope, email: string): Promise<string | undefined> => {
  const address = somebodysEmail(email)
  return address === undefined ? undefined : (await findMailboxes(db, scope, [address])).get(address)
}
