import { Type } from 'typebox'
import { Me } from '../contracts/me.ts'
import type { Db } from '../db/database.ts'
import { ok, route, type Route } from './route.ts'

export const meRoutes = (db: Db, version: string): Route[] => [
  route({
    method: 'get',
    path: '/health',
    group: 'Hub',
    summary: 'Whether the hub is ready',
    open: true,
    answers: { 200: Type.Object({ status: Type.Literal('ok'), version: Type.String() }) },
    handle: async () => {
      await db.selectFrom('workspace').select('id').limit(1).execute()
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
