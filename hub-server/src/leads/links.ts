import { sql, type Selectable } from 'kysely'
import type { Link } from '../contracts/facts.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'

export interface Links {
  /** The records of an outside system that subjects are linked to, with the values last agreed; by subject. */
  readonly linksOf: (subjects: readonly string[], connection: string, object: string) => Promise<ReadonlyMap<string, Link>>
  readonly saveLinks: (links: readonly Omit<Link, 'at'>[]) => Promise<void>
  /** Forgets links to records that are no longer there. */
  readonly dropLinks: (connection: string, object: string, records: readonly string[]) => Promise<void>
}

export const openLinks = (db: Db, { workspace, mode }: Scope): Links => ({
  linksOf: async (subjects, connection, object) => {
    // The newest link of a subject counts. Each subject is looked up by itself: without statistics Postgres would rather read all links of the connection.
    const { rows } = await sql<Selectable<Tables['link']>>`
      select link.* from json_array_elements_text(${json(subjects)}::json) as wanted(subject)
      cross join lateral (select * from link where link.subject = wanted.subject offset 0) link
      where link.workspace = ${workspace} and link.mode = ${mode} and link.connection = ${connection} and link.object = ${object}
      order by link.at`.execute(db)
    return new Map(rows.map(({ subject, record, base, version, at }) => [subject, { subject, connection, object, record, base, ...(version && { version }), at: new Date(at).toISOString() }]))
  },
  saveLinks: async (links) => {
    // One who stands in a list twice has one record: the later values are agreed.
    const rows = [...new Map(links.map((link) => [JSON.stringify([link.connection, link.object, link.record]), link])).values()]
    if (rows.length === 0) return
    await db
      .insertInto('link')
      .values(rows.map(({ base, version, ...link }) => ({ workspace, mode, ...link, base: json(base), version: version ?? null, at: new Date() })))
      .onConflict((conflict) =>
        conflict.columns(['workspace', 'mode', 'connection', 'object', 'record']).doUpdateSet({
          subject: sql.ref('excluded.subject'),
          base: sql.ref('excluded.base'),
          version: sql.ref('excluded.version'),
          at: sql.ref('excluded.at'),
        }),
      )
      .execute()
  },
  dropLinks: async (connection, object, records) => {
    if (records.length === 0) return
    await db
      .deleteFrom('link')
      .where('workspace', '=', workspace)
      .where('mode', '=', mode)
      .where('connection', '=', connection)
      .where('object', '=', object)
      .where('record', 'in', records)
      .execute()
  },
})
