import { sql, type Kysely, type Selectable } from 'kysely'
import type { Link } from '../contracts/facts.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import { clustersOf, lockRoots, membersOf, rootsOf } from './clusters.ts'

export interface Links {
  /**
   * The records of an outside system that subjects are linked to, with the values last agreed; by subject. Of several
   * records, as after a merge, the one of the lead that stayed counts, else the one that was agreed last.
   */
  readonly linksOf: (
    subjects: readonly string[],
    connection: string,
    object: string,
  ) => Promise<ReadonlyMap<string, Link>>
  readonly saveLinks: (links: readonly Omit<Link, 'at'>[]) => Promise<void>
  /** Forgets links to records that are no longer there. */
  readonly dropLinks: (connection: string, object: string, records: readonly string[]) => Promise<void>
}

export const openLinks = (db: Kysely<Tables>, scope: Scope): Links => ({
  linksOf: async (subjects, connection, object) => {
    const roots = await rootsOf(db, scope, subjects)
    if (roots.size === 0) return new Map()
    // Each subject is looked up by itself: without statistics Postgres would rather read all links of the connection.
    const { rows } = await sql<Selectable<Tables['link']> & { root: string }>`
      select link.*, member.root from ${membersOf([...roots.values()])} as member
      cross join lateral (select * from link where link.subject = member.id offset 0) link
      where link.workspace = ${scope.workspace} and link.mode = ${scope.mode} and link.connection = ${connection} and
      link.object = ${object}
      order by link.subject <> member.root, link.at desc, link.record`.execute(db)
    const byRoot = new Map(rows.toReversed().map((row) => [row.root, row]))
    return new Map(
      subjects.flatMap((subject) => {
        const row = byRoot.get(roots.get(subject) ?? '')
        return row ? [[subject, linkOf(subject, row)]] : []
      }),
    )
  },
  saveLinks: async (links) => {
    // One who stands in a list twice has one record: the later values are agreed.
    const latest = [...new Map(links.map((link) => [nameOf(link), link])).values()]
    if (latest.length === 0) return
    await db.transaction().execute(async (trx) => {
      const subjects = latest.map(({ subject }) => subject)
      const roots = await lockRoots(trx, scope, subjects)
      const clusters = await clustersOf(trx, [...roots.values()])
      const held = await holdersOf(trx, scope, latest)
      const rows = latest.flatMap(({ base, version, subject, ...link }) => {
        const root = roots.get(subject)
        // Deleted meanwhile: then there is nothing to link.
        if (root === undefined) return []
        const holder = held.get(nameOf(link))
        // A link stays with whom it was made for, so that a merge can be undone.
        const keeper = holder !== undefined && clusters.get(root)?.includes(holder) ? holder : root
        return [
          {
            workspace: scope.workspace,
            mode: scope.mode,
            ...link,
            subject: keeper,
            base: json(base),
            version: version ?? null,
            at: new Date(),
          },
        ]
      })
      if (rows.length > 0) await write(trx, rows)
    })
  },
  dropLinks: async (connection, object, records) => {
    if (records.length === 0) return
    await db
      .deleteFrom('link')
      .where('workspace', '=', scope.workspace)
      .where('mode', '=', scope.mode)
      .where('connection', '=', connection)
      .where('object', '=', object)
      .where('record', 'in', records)
      .execute()
  },
})

type Named = Pick<Link, 'connection' | 'object' | 'record'>

const nameOf = ({ connection, object, record }: Named): string => JSON.stringify([connection, object, record])

const linkOf = (
  subject: string,
  { connection, object, record, base, version, at }: Selectable<Tables['link']>,
): Link => ({
  subject,
  connection,
  object,
  record,
  base,
  ...(version && { version }),
  at: new Date(at).toISOString(),
})

/** Name of a record → the subject that it is linked to now. */
const holdersOf = async (db: Db, { workspace, mode }: Scope, links: readonly Named[]): Promise<Map<string, string>> => {
  const wanted = links.map(({ connection, object, record }) => ({ connection, object, record }))
  const { rows } = await sql<Named & { subject: string }>`
    select wanted.connection, wanted.object, wanted.record, held.subject
    from json_to_recordset(${json(wanted)}::json) as wanted(connection text, object text, record text) cross join
    lateral (
      select subject from link where workspace = ${workspace} and mode = ${mode} and connection = wanted.connection
        and object = wanted.object and record = wanted.record limit 1) held`.execute(db)
  return new Map(rows.map((row) => [nameOf(row), row.subject]))
}

const write = async (
  db: Db,
  rows: readonly (Omit<Selectable<Tables['link']>, 'base'> & { base: string })[],
): Promise<void> => {
  await db
    .insertInto('link')
    .values([...rows])
    .onConflict((conflict) =>
      conflict.columns(['workspace', 'mode', 'connection', 'object', 'record']).doUpdateSet({
        subject: sql.ref('excluded.subject'),
        base: sql.ref('excluded.base'),
        version: sql.ref('excluded.version'),
        at: sql.ref('excluded.at'),
      }),
    )
    .execute()
}
