import type { App } from '../contracts/connection.ts'
import { HubError } from '../contracts/errors.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import type { Sealer } from './sealing.ts'

/** What an App consists of: these fields of a connector belong to it, not to the single account. */
export const appFields: readonly string[] = ['clientId', 'clientSecret']

export const appBoundTo = ({ workspace, mode }: Scope, connector: string): string =>
  `${workspace}/${mode}/app/${connector}`

export type Apps = ReturnType<typeof createApps>

/** The person's own OAuth clients, one for each connector, sealed; all accounts at that connector use it. */
export const createApps = (db: Db, sealer: Sealer) => {
  const ofScope = ({ workspace, mode }: Scope) =>
    db.selectFrom('app').selectAll().where('workspace', '=', workspace).where('mode', '=', mode)

  return {
    list: async (scope: Scope): Promise<App[]> =>
      (await ofScope(scope).orderBy('connector').execute()).map(({ connector, client_id }) => ({
        connector,
        clientId: client_id,
      })),
    /** @throws HubError invalid_input when there is none yet and a part of it is missing */
    save: async (scope: Scope, connector: string, given: Readonly<Record<string, string>>): Promise<void> => {
      const { workspace, mode } = scope
      const old = await ofScope(scope).where('connector', '=', connector).executeTakeFirst()
      const before: Record<string, string> = old
        ? JSON.parse(sealer.open(old.sealed, appBoundTo(scope, connector)))
        : {}
      const fields = { ...before, ...given }
      const { clientId } = fields
      if (!clientId)
        throw new HubError('invalid_input', 'The client id of your app is missing.', {
          fields: [{ path: '/fields/clientId', message: 'is missing' }],
        })
      const row = { sealed: sealer.seal(JSON.stringify(fields), appBoundTo(scope, connector)), client_id: clientId }
      await db
        .insertInto('app')
        .values({ workspace, mode, connector, ...row })
        .onConflict((conflict) => conflict.columns(['workspace', 'mode', 'connector']).doUpdateSet(row))
        .execute()
    },
    /** @throws HubError not_found */
    remove: async ({ workspace, mode }: Scope, connector: string): Promise<void> => {
      const { numDeletedRows } = await db
        .deleteFrom('app')
        .where('workspace', '=', workspace)
        .where('mode', '=', mode)
        .where('connector', '=', connector)
        .executeTakeFirst()
      if (numDeletedRows === 0n)
        throw new HubError('not_found', `There is no app of yours for ${connector}.`, {
          advice: 'GET /v1/apps lists them.',
        })
    },
  }
}
