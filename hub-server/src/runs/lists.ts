import type { Kysely, Selectable } from 'kysely'
import { HubError } from '../contracts/errors.ts'
import type { List } from '../contracts/run.ts'
import type { Scope } from '../contracts/scope.ts'
import { newId } from '../db/id.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import type { Row } from './accept.ts'
import { atOnce, charactersAtOnce, insertItems } from './items.ts'

/** Stored lists: items that runs read, as often as one likes. A list does not change once it is there. */
export const createLists = (db: Kysely<Tables>) => {
  const inScope = (scope: Scope) =>
    db
      .selectFrom('list')
      .selectAll()
      .where('workspace', '=', scope.workspace)
      .where('mode', '=', scope.mode)
      .where('complete', '=', true)

  const find = async (scope: Scope, id: string): Promise<Selectable<Tables['list']>> => {
    const row = await inScope(scope).where('id', '=', id).executeTakeFirst()
    if (!row) throw new HubError('not_found', `There is no list ${id}.`, { advice: 'GET /v1/lists lists them.' })
    return row
  }

  const forget = async ({ workspace, mode }: Scope, id: string): Promise<void> => {
    await db
      .deleteFrom('list')
      .where('workspace', '=', workspace)
      .where('mode', '=', mode)
      .where('id', '=', id)
      .execute()
    await db.deleteFrom('list_item').where('list', '=', id).execute()
  }

  return {
    get: async (scope: Scope, id: string): Promise<List> => shownOf(await find(scope, id)),
    list: async (scope: Scope): Promise<List[]> =>
      (await inScope(scope).orderBy('created_at', 'desc').limit(1000).execute()).map(shownOf),
    /**
     * Stores rows as they come; the list is there once all of them are, and of one that breaks off nothing remains.
     * @returns the list, and what is wrong with the rows that were left out
     */
    create: async (
      scope: Scope,
      name: string,
      rows: AsyncIterable<Row> | Iterable<Row>,
    ): Promise<{ list: List; problems: string[] }> => {
      const { workspace, mode } = scope
      const id = newId('lst')
      const problems: string[] = []
      let total = 0
      let waiting: unknown[] = []
      let characters = 0
      const flush = async (): Promise<void> => {
        await insertItems(db, { list: id }, total, waiting)
        total += waiting.length
        waiting = []
        characters = 0
      }
      await db.insertInto('list').values({ workspace, mode, id, name }).execute()
      try {
        for await (const { input, problem } of rows) {
          if (problem === undefined) {
            waiting.push(input)
            characters += json(input).length
          } else if (problems.length < 100) problems.push(problem)
          if (waiting.length >= atOnce || characters >= charactersAtOnce) await flush()
        }
        await flush()
        await db
          .updateTable('list')
          .set({ total, complete: true })
          .where('workspace', '=', workspace)
          .where('mode', '=', mode)
          .where('id', '=', id)
          .execute()
      } catch (thrown) {
        await forget(scope, id)
        throw thrown
      }
      return { list: shownOf(await find(scope, id)), problems }
    },
    /** @throws HubError conflict while a run still reads it */
    remove: async (scope: Scope, id: string): Promise<void> => {
      await find(scope, id)
      const reader = await db
        .selectFrom('run')
        .select('id')
        .where('list', '=', id)
        .where('status', 'in', ['queued', 'running', 'paused'])
        .executeTakeFirst()
      if (reader)
        throw new HubError('conflict', `The run ${reader.id} still reads this list.`, {
          advice: 'Wait until it is done, or cancel it.',
        })
      await forget(scope, id)
    },
  }
}

export type Lists = ReturnType<typeof createLists>

const shownOf = (row: Selectable<Tables['list']>): List => ({
  id: row.id,
  name: row.name,
  mode: row.mode,
  total: row.total,
  createdAt: row.created_at.toISOString(),
})
