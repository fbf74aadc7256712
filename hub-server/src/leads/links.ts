import type { Link } from '../contracts/facts.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'

export interface Links {
  /** The record of an outside system that a subject is linked to, with the values last agreed. */
  readonly linkOf: (subject: string, connection: string, object: string) => Promise<Link | null>
  readonly saveLink: (link: Omit<Link, 'at'>) => Promise<void>
}

export const linksOf = (db: Db, scope: Scope): Links => ({
  linkOf: async (subject, connection, object) => {
    const row = await db
      .selectFrom('link')
      .selectAll()
      .where('workspace', '=', scope.workspace)
      .where('mode', '=', scope.mode)
      .where('subject', '=', subject)
      .where('connection', '=', connection)
      .where('object', '=', object)
      .executeTakeFirst()
    return (
      row && {
        subject: row.subject,
        connection: row.connection,
        object: row.object,
        record: row.record,
        base: row.base,
        ...(row.version && { version: row.version }),
        at: new Date(row.at).toISOString(),
      }
    ) ?? null
  },
  saveLink: async (link) => {
    const values = { subject: link.subject, base: json(link.base), version: link.version ?? null, at: new Date() }
    await db
      .insertInto('link')
      .values({ workspace: scope.workspace, mode: scope.mode, connection: link.connection, object: link.object, record: link.record, ...values })
      .onConflict((conflict) => conflict.columns(['workspace', 'mode', 'connection', 'object', 'record']).doUpdateSet(values))
      .execute()
  },
})
