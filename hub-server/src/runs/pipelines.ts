import type { Kysely, Selectable } from 'kysely'
import { HubError } from '../contracts/errors.ts'
import type { Pipeline, RunStep, Step } from '../contracts/run.ts'
import type { Scope } from '../contracts/scope.ts'
import { newId } from '../db/id.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'

/** Saved lines of blocks. Steps are checked by the caller when they are saved, and again when they are run. */
export const createPipelines = (db: Kysely<Tables>) => {
  const inScope = (scope: Scope) =>
    db.selectFrom('pipeline').selectAll().where('workspace', '=', scope.workspace).where('mode', '=', scope.mode)

  const find = async (scope: Scope, id: string): Promise<Selectable<Tables['pipeline']>> => {
    const row = await inScope(scope).where('id', '=', id).executeTakeFirst()
    if (!row)
      throw new HubError('not_found', `There is no pipeline ${id}.`, { advice: 'GET /v1/pipelines lists them.' })
    return row
  }

  return {
    list: async (scope: Scope): Promise<Pipeline[]> =>
      (await inScope(scope).orderBy('created_at').limit(1000).execute()).map(shownOf),
    get: async (scope: Scope, id: string): Promise<Pipeline> => shownOf(await find(scope, id)),
    create: async (scope: Scope, name: string, steps: readonly RunStep[]): Promise<Pipeline> => {
      const id = newId('pip')
      await db
        .insertInto('pipeline')
        .values({ workspace: scope.workspace, mode: scope.mode, id, name, steps: json(steps) })
        .execute()
      return shownOf(await find(scope, id))
    },
    replace: async (scope: Scope, id: string, name: string, steps: readonly RunStep[]): Promise<Pipeline> => {
      await find(scope, id)
      await db
        .updateTable('pipeline')
        .set({ name, steps: json(steps) })
        .where('workspace', '=', scope.workspace)
        .where('mode', '=', scope.mode)
        .where('id', '=', id)
        .execute()
      return shownOf(await find(scope, id))
    },
    /** Runs that were made of it keep their steps. */
    remove: async (scope: Scope, id: string): Promise<void> => {
      await find(scope, id)
      await db
        .deleteFrom('pipeline')
        .where('workspace', '=', scope.workspace)
        .where('mode', '=', scope.mode)
        .where('id', '=', id)
        .execute()
    },
  }
}

export type Pipelines = ReturnType<typeof createPipelines>

const shownOf = (row: Selectable<Tables['pipeline']>): Pipeline => ({
  id: row.id,
  name: row.name,
  mode: row.mode,
  steps: row.steps satisfies Step[],
  createdAt: row.created_at.toISOString(),
})
