import { sql } from 'kysely'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'

/** What is known of a message that was begun before. */
export type Begun = { readonly state: 'sent'; readonly outcome: unknown } | { readonly state: 'begun' | 'uncertain' }

/**
 * Messages are sent once at most. Before one leaves its key stands here, committed; whoever finds a key that is there
 * already does not send: it was sent, or somebody died while sending it and only a person can find out.
 */
export const createSendings = (db: Db) => ({
  /** Takes the keys for this caller. @returns for each key null: send it; else what is known of it */
  begin: async (scope: Scope, keys: readonly string[]): Promise<(Begun | null)[]> => {
    const { workspace, mode } = scope
    const { rows } = await sql<{ key: string }>`insert into sending (workspace, mode, key, state)
      select ${workspace}, ${mode}, value, 'begun' from json_array_elements_text(${json(keys)}::json)
      on conflict do nothing returning key`.execute(db)
    const mine = new Set(rows.map(({ key }) => key))
    const others = keys.filter((key) => !mine.has(key))
    if (others.length === 0) return keys.map(() => null)
    const known = await db.selectFrom('sending').select(['key', 'state', 'outcome']).where('workspace', '=', workspace).where('mode', '=', mode).where('key', 'in', others).execute()
    const found = new Map(known.map(({ key, state, outcome }): [string, Begun] => [key, state === 'sent' ? { state, outcome } : { state }]))
    return keys.map((key) => (mine.has(key) ? null : (found.get(key) ?? { state: 'uncertain' })))
  },
  sent: async (scope: Scope, key: string, outcome: unknown): Promise<void> => {
    await mark(db, scope, { state: 'sent', outcome: json(outcome) }).where('key', '=', key).execute()
  },
  uncertain: async (scope: Scope, key: string): Promise<void> => {
    await mark(db, scope, { state: 'uncertain' }).where('key', '=', key).where('state', '=', 'begun').execute()
  },
  /** It certainly did not leave, or a person says so: it may be sent again. */
  forget: async (scope: Scope, keys: readonly string[]): Promise<void> => {
    if (keys.length > 0) await db.deleteFrom('sending').where('workspace', '=', scope.workspace).where('mode', '=', scope.mode).where('key', 'in', [...keys]).where('state', '<>', 'sent').execute()
  },
})

const mark = (db: Db, { workspace, mode }: Scope, values: { state: 'sent' | 'uncertain'; outcome?: string }) =>
  db.updateTable('sending').set(values).where('workspace', '=', workspace).where('mode', '=', mode)

export type Sendings = ReturnType<typeof createSendings>
