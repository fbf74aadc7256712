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
    permission: 'open',
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
    permission: 'anybody',
    summary: 'Who asks, for which mode, and what that one may do',
    answers: { 200: Me },
    handle: async ({ caller }) => {
      const workspace = await db
        .selectFrom('workspace')
        .select(['id', 'name'])
        .where('id', '=', caller.workspace)
        .executeTakeFirstOrThrow()
      const { actor, mode, permissions } = caller
      const { kind, id, name } = actor
      return ok({
        workspace,
        mode,
        ...(kind === 'key' && { key: { id, name } }),
        ...(kind === 'person' && { person: { id, name } }),
        permissions: [...permissions],
      })
    },
  }),
]
