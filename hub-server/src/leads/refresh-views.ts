import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Scope } from '../contracts/scope.ts'
import type { Tables } from '../db/tables.ts'
import { lockRoots } from './clusters.ts'
import { chooseViews, tell } from './views.ts'

/** Views in one transaction: their rows are locked for as long as it takes. */
const together = 100

/** How often one looks for views that were made by rules of before. Milliseconds. */
const everyMs = 30_000

/** @returns how many views were chosen anew, of those that rules of before have made */
export const refreshViews = async (db: Kysely<Tables>, signal?: AbortSignal): Promise<number> => {
  let done = 0
  for (const { workspace, mode, version } of await db
    .selectFrom('view_rules')
    .select(['workspace', 'mode', 'version'])
    .execute()) {
    for (;;) {
      const refreshed = signal?.aborted ? 0 : await refreshSome(db, { workspace, mode }, version)
      if (refreshed === 0) break
      done += refreshed
    }
  }
  return done
}

const refreshSome = async (db: Kysely<Tables>, scope: Scope, version: number): Promise<number> => {
  const stale = await db
    .selectFrom('subject')
    .select(['id', 'kind'])
    .where('workspace', '=', scope.workspace)
    .where('mode', '=', scope.mode)
    .where('merged_into', 'is', null)
    .where('view_version', '<', version)
    .limit(together)
    .execute()
  await db.transaction().execute(async (trx) => {
    const subjects = stale.map(({ id }) => id)
    const roots = await lockRoots(trx, scope, subjects)
    const changes = await chooseViews(trx, scope, [...new Set(roots.values())])
    for (const kind of new Set(stale.map((row) => row.kind))) {
      const ids = new Set(stale.flatMap((row) => (row.kind === kind ? [roots.get(row.id) ?? row.id] : [])))
      await tell(trx, scope, kind, [], new Map([...changes].filter(([id]) => ids.has(id))))
    }
  })
  return stale.length
}

/**
 * Chooses views anew whose rules have changed: when it is told to, and every half minute for what others have changed.
 */
export const createViewRefresh = ({ db, log }: { db: Kysely<Tables>; log: Logger }) => {
  const ending = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let turn: Promise<void> = Promise.resolve()

  const look = (): void => {
    turn = turn
      .then(async () => void (ending.signal.aborted || (await refreshViews(db, ending.signal))))
      .catch((thrown: unknown) =>
        log.warn({ err: thrown }, 'views could not be chosen anew; tried again in half a minute'),
      )
  }

  return {
    look,
    start: (): void => {
      look()
      timer = setInterval(look, everyMs).unref()
    },
    stop: async (): Promise<void> => {
      ending.abort()
      clearInterval(timer)
      await turn
    },
  }
}
