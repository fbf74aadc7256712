import { sql, type Kysely } from 'kysely'
import type { ViewRule } from '../contracts/facts.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import type { ViewRules } from './view.ts'

/** A workspace's rules, by field; version 0: it has none of its own. */
export interface VersionedRules {
  readonly version: number
  readonly rules: ViewRules
}

export const readViewRules = async (db: Db, { workspace, mode }: Scope): Promise<VersionedRules> => {
  const row = await db
    .selectFrom('view_rules')
    .select(['version', 'rules'])
    .where('workspace', '=', workspace)
    .where('mode', '=', mode)
    .executeTakeFirst()
  return row ?? { version: 0, rules: {} }
}

/** Puts other rules in the place of a workspace's; the views that are there are chosen anew in the background. */
export const writeViewRules = async (
  db: Kysely<Tables>,
  { workspace, mode }: Scope,
  rules: Record<string, ViewRule>,
): Promise<VersionedRules> => {
  const { rows } = await sql<{ version: number }>`
    insert into view_rules (workspace, mode, version, rules) values (${workspace}, ${mode}, 1, ${json(rules)}::jsonb)
    on conflict (workspace, mode) do update set rules = excluded.rules,
      version = view_rules.version + case when view_rules.rules is distinct from excluded.rules then 1 else 0 end
    returning version`.execute(db)
  return { version: rows[0]?.version ?? 1, rules }
}
