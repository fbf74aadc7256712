import type { Usage } from '../contracts/result.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'

/** What a run has cost so far. */
export const usageOf = async (db: Db, { workspace, mode }: Scope, run: string): Promise<Usage> => {
  const row = await db
    .selectFrom('budget')
    .select(['calls', 'cached', 'spent', 'credits'])
    .where('workspace', '=', workspace)
    .where('mode', '=', mode)
    .where('kind', '=', 'run')
    .where('key', '=', run)
    .executeTakeFirst()
  return { calls: row?.calls ?? 0, cached: row?.cached ?? 0, price: row?.spent ?? 0, credits: row?.credits ?? 0 }
}
