import { sql } from 'kysely'
import type { Scope } from '../contracts/scope.ts'
import { createBatcher } from '../db/batcher.ts'
import type { Db } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { json } from '../db/json.ts'
import { uncertainOf } from './attempt.ts'

/** What is known of a message that was begun before. */
export type Begun = { readonly state: 'sent'; readonly outcome: unknown } | { readonly state: 'begun' | 'uncertain' }

export type Sendings = ReturnType<typeof createSendings>

interface Named extends Scope {
  readonly key: string
}

/**
 * Messages are sent once at most. Right before one leaves its name stands here, committed; whoever finds a name that is
 * there already does not send: it was sent, or somebody died while sending it and only a person can find out.
 */
export const createSendings = (db: Db) => {
  const writeBegun = createBatcher<Named & { token: string }>(async (rows) => {
    await sql`insert into sending (workspace, mode, key, token, state)
      select workspace, mode, key, token, 'begun' from json_to_recordset(${json(rows)}::json) as row(workspace text,
      mode text, key text, token text)
      on conflict do nothing`.execute(db)
    const mine = await db
      .selectFrom('sending')
      .select('token')
      .where(
        'token',
        'in',
        rows.map(({ token }) => token),
      )
      .execute()
    const tokens = new Set(mine.map(({ token }) => token))
    return rows.map(({ token }) =>
      tokens.has(token) ? undefined : uncertainOf(new Error('it was begun by somebody else'), ''),
    )
  }, 2)

  const writeEnded = createBatcher<Named & { state: 'sent' | 'uncertain'; outcome: unknown }>(async (rows) => {
    await sql`update sending set state = row.state, outcome = row.outcome
      from json_to_recordset(${json(rows)}::json) as row(workspace text, mode text, key text, state text, outcome jsonb)
      where sending.workspace = row.workspace and sending.mode = row.mode and sending.key = row.key and sending.state
      <> 'sent'`.execute(db)
  }, 2)

  return {
    /** What is known of these names; nothing of one that was never begun. */
    known: async ({ workspace, mode }: Scope, keys: readonly string[]): Promise<ReadonlyMap<string, Begun>> => {
      if (keys.length === 0) return new Map()
      const rows = await db
        .selectFrom('sending')
        .select(['key', 'state', 'outcome'])
        .where('workspace', '=', workspace)
        .where('mode', '=', mode)
        .where('key', 'in', [...keys])
        .execute()
      return new Map(
        rows.map(({ key, state, outcome }): [string, Begun] => [
          key,
          state === 'sent' ? { state, outcome } : { state },
        ]),
      )
    },
    /** @throws UncertainError when somebody has begun it already: then it must not be sent */
    begin: ({ workspace, mode }: Scope, key: string): Promise<void> =>
      writeBegun({ workspace, mode, key, token: newId('snd') }),
    sent: ({ workspace, mode }: Scope, key: string, outcome: unknown): Promise<void> =>
      writeEnded({ workspace, mode, key, state: 'sent', outcome }),
    uncertain: ({ workspace, mode }: Scope, key: string): Promise<void> =>
      writeEnded({ workspace, mode, key, state: 'uncertain', outcome: null }),
    /**
     * A person says that the messages of a run's items did not leave: they may be sent again. Within the run's
     * transaction.
     */
    forgetItems: async (trx: Db, { workspace, mode }: Scope, run: string, items: readonly number[]): Promise<void> => {
      await sql`delete from sending where workspace = ${workspace} and mode = ${mode} and state <> 'sent'
        and key like ${`${run}/%`} and split_part(split_part(key, '/', 3), '.', 1) in (select value from
        json_array_elements_text(${json(items)}::json))`.execute(trx)
    },
    /** It certainly did not leave: it may be sent again. */
    forget: async (scope: Scope, keys: readonly string[]): Promise<void> => {
      if (keys.length > 0)
        await db
          .deleteFrom('sending')
          .where('workspace', '=', scope.workspace)
          .where('mode', '=', scope.mode)
          .where('key', 'in', [...keys])
          .where('state', '<>', 'sent')
          .execute()
    },
  }
}
