import { sql, type Transaction } from 'kysely'
import type { SubjectKind } from '../contracts/facts.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import { nameOf, type Key } from './identities.ts'

/*
 * A merge sets a pointer from the loser to the winner, and nothing else moves: subjects that point at each other are a
 * cluster, a tree whose root is shown. Each look-up is made by itself (`limit 1`, `offset 0`): without statistics
 * Postgres would rather read whole tables.
 */

interface Start {
  readonly name: string
  readonly root: string
}

/** The roots that these rows `(name, subject)` lead to, by name. */
const followed = async (
  db: Db,
  { workspace, mode }: Scope,
  start: ReturnType<typeof sql>,
  kind?: SubjectKind,
): Promise<Map<string, string>> => {
  const { rows } = await sql<Start>`
    with recursive chain as (
      select start.name, first.id, first.merged_into from (${start}) as start cross join lateral (
        select id, merged_into from subject where id = start.subject and workspace = ${workspace} and mode = ${mode}
          ${kind === undefined ? sql`` : sql`and kind = ${kind}`} limit 1) first
      union all
      select chain.name, next.id, next.merged_into from chain cross join lateral (
        select id, merged_into from subject where id = chain.merged_into limit 1) next)
    select name, id as root from chain where merged_into is null`.execute(db)
  return new Map(rows.map(({ name, root }) => [name, root]))
}

/**
 * @returns id → what it was merged into in the end, or itself; ids that are nobody's, or of another kind, are missing
 */
export const rootsOf = async (
  db: Db,
  scope: Scope,
  ids: readonly string[],
  kind?: SubjectKind,
): Promise<Map<string, string>> =>
  ids.length === 0
    ? new Map()
    : followed(
        db,
        scope,
        sql`select distinct value as name, value as subject from json_array_elements_text(${json(ids)}::json)`,
        kind,
      )

/** @returns name of a key → the subject that is known by it, after all merges; of those that are known */
export const findByIdentity = async (db: Db, scope: Scope, keys: readonly Key[]): Promise<Map<string, string>> => {
  if (keys.length === 0) return new Map()
  const wanted = [
    ...new Map(keys.map((key) => [nameOf(key), { name: nameOf(key), kind: key.kind, value: key.value }])).values(),
  ]
  return followed(
    db,
    scope,
    sql`select wanted.name, known.subject from json_to_recordset(${json(wanted)}::json) as wanted(name text, kind
      text, value text)
      cross join lateral (select subject from identity i where i.workspace = ${scope.workspace} and i.mode =
      ${scope.mode}
        and i.kind = wanted.kind and i.value = wanted.value limit 1) known`,
  )
}

/** A table `(root, id)` of roots and everything that was merged into them, themselves among it. */
export const membersOf = (roots: readonly string[]) => sql`(
  with recursive member as (
    select distinct value as root, value as id from json_array_elements_text(${json(roots)}::json)
    union all
    select member.root, loser.id from member cross join lateral (select id from subject where merged_into = member.id
    offset 0) loser)
  select root, id from member)`

/** The ids of a cluster, by its root. */
export const clustersOf = async (db: Db, roots: readonly string[]): Promise<Map<string, string[]>> => {
  if (roots.length === 0) return new Map()
  const { rows } = await sql<{
    root: string
    id: string
  }>`select root, id from ${membersOf(roots)} as member order by id`.execute(db)
  return new Map(
    [...Map.groupBy(rows, ({ root }) => root)].map(([root, members]) => [root, members.map(({ id }) => id)]),
  )
}

/** Two upserts of the same identity wait for each other; in sorted order, so that they cannot wait in a circle. */
export const lockIdentities = async (
  trx: Transaction<Tables>,
  { workspace, mode }: Scope,
  keys: readonly Key[],
): Promise<void> => {
  const names = keys.map((key) => `${workspace}/${mode}/${nameOf(key)}`)
  await sql`select pg_advisory_xact_lock(hashtextextended(name, 0)) from (
    select distinct value as name from json_array_elements_text(${json(names)}::json) order by 1) names`.execute(trx)
}

/**
 * Resolve, lock, resolve again: the only way to subjects that are to be written. Whoever merges, splits or deletes what
 * was found while its locks are waited for makes it be found anew. All locks are given back before others are taken, so
 * that they are always taken in the order of ids, and nobody waits in a circle.
 * @param resolve finds what is to be written; `subjectsIn` says which rows that is
 * @param strength `update` for what is going to be deleted
 * @returns what was resolved, under locks: it stays so until the transaction ends
 */
export const lockResolved = async <Resolved>(
  trx: Transaction<Tables>,
  resolve: () => Promise<Resolved>,
  subjectsIn: (resolved: Resolved) => Iterable<string>,
  strength: 'no key update' | 'update' = 'no key update',
): Promise<Resolved> => {
  await sql`savepoint resolving`.execute(trx)
  for (;;) {
    const ids = new Set(subjectsIn(await resolve()))
    await lockSubjects(trx, [...ids], strength)
    const resolved = await resolve()
    if ([...subjectsIn(resolved)].every((id) => ids.has(id))) {
      await sql`release savepoint resolving`.execute(trx)
      return resolved
    }
    await sql`rollback to savepoint resolving`.execute(trx)
  }
}

/**
 * The roots of these ids, under locks.
 * @returns as {@link rootsOf}
 */
export const lockRoots = (
  trx: Transaction<Tables>,
  scope: Scope,
  ids: readonly string[],
  kind?: SubjectKind,
): Promise<Map<string, string>> =>
  lockResolved(
    trx,
    () => rootsOf(trx, scope, ids, kind),
    (found) => found.values(),
  )

const lockSubjects = async (
  trx: Transaction<Tables>,
  ids: readonly string[],
  strength: 'no key update' | 'update',
): Promise<void> => {
  if (ids.length === 0) return
  const rows = trx.selectFrom('subject').select('id').where('id', 'in', ids).orderBy('id')
  await (strength === 'update' ? rows.forUpdate() : rows.forNoKeyUpdate()).execute()
}
