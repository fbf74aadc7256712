import { sql } from 'kysely'
import type { Link } from '../contracts/facts.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'

export interface Links {
  /** The records of an outside system that subjects are linked to, with the values last agreed; by subject. */
  readonly linksOf: (subjects: readonly string[], connection: string, object: string) => Promise<ReadonlyMap<string, Link>>
  readonly saveLinks: (links: readonly Omit<Link, 'at'>[]) => Promise<void>
}

export const openLinks = (db: Db, { workspace, mode }: Scope): Links => ({
  linksOf: async (subjects, connection, object) => {
    if (subjects.length === 0) return new Map()
    const rows = await db
      .selectFrom('link')
      .selectAll()
      .where('workspace', '=', workspace)
      .where('mode', '=', mode)
      .where('subject', 'in', subjects)
      .where('connection', '=', connection)
      .where('object', '=', object)
      .execute()
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
})
