import { sql, type Kysely } from 'kysely'
import type { Reach } from '../capabilities/capability.ts'
import { HubError } from '../contracts/errors.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Channel, Suppressed, SuppressionEntry, SuppressionValue } from '../contracts/suppression.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import { addEvents } from '../events/add.ts'
import { entriesAgainst, entriesAgainstPerson, formsOf, normalValue, refusals } from './channels.ts'
import { createEmptiness } from './emptiness.ts'
import { createHashing, type Hash } from './hashing.ts'
import { mapInTurns } from './inTurns.ts'

/**
 * The people who asked not to be contacted, by workspace and mode. Only hashes are kept, so that the list survives
 * erasure.
 */
export interface Suppression {
  /**
   * `known` were on the list already (and keep their reason), or stand in `entries` twice.
   * @throws HubError invalid_input naming each entry that is none; then nothing is added
   */
  readonly add: (scope: Scope, entries: readonly SuppressionEntry[]) => Promise<{ added: number; known: number }>
  /** @throws HubError invalid_input naming each entry that is none; then nothing is removed */
  readonly remove: (scope: Scope, entries: readonly SuppressionValue[]) => Promise<{ removed: number }>
  /**
   * An answer a value, in order. An e-mail or domain is suppressed also by a domain above it; the closest entry
   * answers.
   * @throws HubError invalid_input naming each value that is none
   */
  readonly check: (scope: Scope, values: readonly SuppressionValue[]) => Promise<Suppressed[]>
  /** How many entries each channel has. */
  readonly count: (scope: Scope) => Promise<Record<Channel, number>>
  /**
   * Whether each person, in order, is on the list by any of their addresses. One query for all of them (and at times
   * one whether there is a list at all), none while the list is empty: what another process adds to an empty list
   * counts after a second. What is not an address matches nothing.
   */
  readonly suppressed: (scope: Scope, people: readonly Reach[]) => Promise<boolean[]>
}

interface Row {
  readonly channel: Channel
  readonly hash: string
}

export const createSuppression = (db: Kysely<Tables>): Suppression => {
  const hashing = createHashing(db)
  const emptiness = createEmptiness(async ({ workspace, mode }) => {
    // In the order of the primary key, so that its first entry answers and the list is not read.
    const { rows } =
      await sql`select 1 from suppression where workspace = ${workspace} and mode = ${mode} order by workspace, mode,
        channel, hash limit 1`.execute(db)
    return rows.length === 0
  })

  return {
    add: async (scope, entries) => {
      const values = await normalised(entries)
      const hash = await hashing(scope)
      const given = await mapInTurns(values, (value, index) => ({
        ...rowOf(hash, value),
        reason: entries[index]?.reason,
      }))
      // Of two that are the same the first counts.
      const rows = [...new Map(given.toReversed().map((row) => [row.hash, row])).values()]
      const added = await db.transaction().execute(async (trx) => {
        // In sorted order, so that two additions of the same entries cannot wait for each other in a circle.
        const { rows: fresh } = await sql<Row>`
          insert into suppression (workspace, mode, channel, hash, reason)
          select ${scope.workspace}, ${scope.mode}, channel, hash, reason
          from jsonb_to_recordset(${json(rows)}::jsonb) as given (channel text, hash text, reason text) order by hash
          on conflict do nothing returning channel, hash`.execute(trx)
        await addEvents(
          trx,
          scope,
          fresh.map(({ channel, hash: subject }) => ({ type: 'suppression.added', subject, data: { channel } })),
        )
        return fresh.length
      })
      if (entries.length > 0) emptiness.added(scope)
      return { added, known: entries.length - added }
    },

    remove: async (scope, entries) => {
      await normalised(entries)
      const hash = await hashing(scope)
      const forms = await mapInTurns(entries, ({ channel, value }) =>
        formsOf(channel, value).map((form) => rowOf(hash, { channel, value: form })),
      )
      const rows = forms.flat()
      const { numAffectedRows } =
        await sql`delete from suppression using ${wanted(rows)} where ${isWanted(scope)}`.execute(db)
      return { removed: Number(numAffectedRows ?? 0) }
    },

    check: async (scope, values) => {
      await normalised(values)
      const hash = await hashing(scope)
      const against = await mapInTurns(values, ({ channel, value }) =>
        entriesAgainst(channel, value).map((entry) => rowOf(hash, entry)),
      )
      const listed = await find(db, scope, against.flat())
      return against.map((entries) => {
        const [found] = entries.flatMap((entry) => listed.get(entry.hash) ?? [])
        return found
          ? { suppressed: true, ...(found.reason !== null && { reason: found.reason }), since: found.at.toISOString() }
          : { suppressed: false }
      })
    },

    count: async ({ workspace, mode }) => {
      const { rows } = await sql<{ channel: Channel; entries: number }>`
        select channel, count(*) as entries from suppression where workspace = ${workspace} and mode = ${mode} group
        by channel`.execute(db)
      const counts: Record<Channel, number> = { email: 0, domain: 0, phone: 0, linkedin: 0 }
      for (const { channel, entries } of rows) counts[channel] = entries
      return counts
    },

    suppressed: async (scope, people) => {
      if (await emptiness.isEmpty(scope)) return people.map(() => false)
      const hash = await hashing(scope)
      const against = await mapInTurns(people, (person) =>
        entriesAgainstPerson(person).map((entry) => rowOf(hash, entry)),
      )
      const listed = await find(db, scope, against.flat())
      return against.map((entries) => entries.some((entry) => listed.has(entry.hash)))
    },
  }
}

const rowOf = (hash: Hash, value: SuppressionValue): Row => ({ channel: value.channel, hash: hash(value) })

/**
 * @throws HubError invalid_input naming by position each value that has no normal form; the values themselves are not
 * repeated
 */
const normalised = async (values: readonly SuppressionValue[]): Promise<SuppressionValue[]> => {
  const normal = await mapInTurns(values, ({ channel, value }) => ({ channel, value: normalValue(channel, value) }))
  const wrong = normal.flatMap(({ channel, value }, index) =>
    value === undefined ? [{ path: `/entries/${index}/value`, message: refusals[channel] }] : [],
  )
  if (wrong.length > 0)
    throw new HubError(
      'invalid_input',
      `The entries are not right: ${wrong
        .slice(0, 3)
        .map(({ path, message }) => `${path} ${message}`)
        .join('; ')}.`,
      { fields: wrong },
    )
  return normal.flatMap(({ channel, value }) => (value === undefined ? [] : [{ channel, value }]))
}

interface Listed {
  readonly hash: string
  readonly reason: string | null
  readonly at: Date
}

/**
 * Those of the rows that are on the list, by hash. `limit 1` has each looked up in the primary key: a join may read the
 * whole list.
 */
const find = async (db: Kysely<Tables>, scope: Scope, rows: readonly Row[]): Promise<ReadonlyMap<string, Listed>> => {
  const { rows: listed } = await sql<Listed>`
    select listed.hash, reason, at from ${wanted(rows)}
    cross join lateral (select hash, reason, at from suppression where ${isWanted(scope)} limit 1) as listed`.execute(
    db,
  )
  return new Map(listed.map((row) => [row.hash, row]))
}

/**
 * The rows, each once, as a table `wanted (channel, hash)`; two arrays, because Postgres takes at most 65,535 single
 * values.
 */
const wanted = (rows: readonly Row[]) => {
  const distinct = [...new Map(rows.map((row) => [row.hash, row])).values()]
  return sql`unnest(${distinct.map(({ channel }) => channel)}::text[], ${distinct.map(({ hash }) => hash)}::text[])
    as wanted (channel, hash)`
}

/** With the channel, because it stands before the hash in the list's primary key. */
const isWanted = ({ workspace, mode }: Scope) => sql`
  suppression.workspace = ${workspace} and suppression.mode = ${mode} and suppression.channel = wanted.channel and
  suppression.hash = wanted.hash`
