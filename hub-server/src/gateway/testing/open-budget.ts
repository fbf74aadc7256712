import type { Kysely } from 'kysely'
import type { Scope } from '../../contracts/scope.ts'
import type { Tables } from '../../db/tables.ts'

/** What a run, or everything on one day, may cost: without a bound. Nothing is asked where there is no budget. */
export const openBudget = (db: Kysely<Tables>, { workspace, mode }: Scope, kind: 'run' | 'day', run = '') =>
  db.insertInto('budget').values({ workspace, mode, kind, key: run, most: null, day: null }).execute()
