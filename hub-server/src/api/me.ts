import { Type } from 'typebox'
import { Id } from '../contracts/bounded.ts'
import { Me } from '../contracts/me.ts'
import type { Db } from '../db/database.ts'
import { ok, route, type Route } from './route.ts'

/** Asks the database; however many want to know, it is asked once at a time. */
const readinessOf = (db: Db) => {
  let asked: Promise<unknown> | undefined
  return (): Promise<unknown> =>
    (asked ??= db
      .selectFrom('workspace')
      .select('id')
      .limit(1)
      .execute()
      .finally(() => (asked = undefined)))
}

export const meRoutes = (db: Db, version: string, ready = readinessOf(db)): Route[] => [
  route({
    method: 'get',
    path: '/health',
    group: 'Hub',
    summary: 'Whether the hub is ready',
    open: true,
    answers: { 200: Type.Object({ status: Type.Literal('ok'), version: Id() }) },
    handle: async () => {
      await ready()
      return ok({ status: 'ok', version })
    },
  }),
  route({
    method: 'get',
    path: '/v1/me',
    group: 'Hub',
    summary: 'Whose key this is, and for which mode',
    answers: { 200: Me },
    handle: async ({ holder }) => {
      const workspace = await db
        .selectFrom('workspace')
        .select(['id', 'name'])
        .where('id', '=', holder.workspace)
        .executeTakeFirstOrThrow()
      return ok({ workspace, mode: holder.mode, key: holder.key })
    },
  }),
]
