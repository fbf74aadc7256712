import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { sql, type Selectable } from 'kysely'
import type { Connection } from '../contracts/connection.ts'
import { HubError } from '../contracts/errors.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { json } from '../db/json.ts'
import { addEvents } from '../events/add.ts'
import { appBoundTo } from './apps.ts'
import type { Tables } from '../db/tables.ts'
import type { Sealer } from './sealing.ts'

/** A connection with its secrets opened: for the gateway alone, never for an answer or a log. */
export interface OpenedConnection {
  readonly id: string
  readonly connector: string
  readonly fields: Record<string, string>
  /** Another one whenever other fields were given or a person consented anew: it may be another account then. */
  readonly version?: string
  readonly limits?: { calls: number; per: string }[]
  /** Micro-USD for one of the vendor's credits, where the person pays another price. */
  readonly creditPrice?: number
}

export interface ConnectionInput {
  readonly connector: string
  readonly name: string
  readonly fields: Record<string, string>
  readonly secretNames: readonly string[]
  readonly limits?: { calls: number; per: string }[]
  readonly creditPrice?: number
  /** A person lets the hub in on the vendor's own page; until then it does not work. */
  readonly consent?: boolean
}

export type Connections = ReturnType<typeof createConnections>

/** The workspace's accounts at outside services, sealed. */
export const createConnections = (db: Db, sealer: Sealer) => {
  const boundTo = (scope: Scope, id: string) => `${scope.workspace}/${scope.mode}/${id}`
  const inScope = (scope: Scope) =>
    db
      .selectFrom('connection')
      .leftJoin('app', (join) =>
        join
          .onRef('app.workspace', '=', 'connection.workspace')
          .onRef('app.mode', '=', 'connection.mode')
          .onRef('app.connector', '=', 'connection.connector'),
      )
      .selectAll('connection')
      .select('app.sealed as app')
      .where('connection.workspace', '=', scope.workspace)
      .where('connection.mode', '=', scope.mode)

  const onlyThis = (scope: Scope, id: string) =>
    db
      .updateTable('connection')
      .where('workspace', '=', scope.workspace)
      .where('mode', '=', scope.mode)
      .where('id', '=', id)

  const find = async (scope: Scope, id: string) => {
    const row = await inScope(scope).where('connection.id', '=', id).executeTakeFirst()
    if (row) return row
    const elsewhere = await db
      .selectFrom('connection')
      .select('mode')
      .where('workspace', '=', scope.workspace)
      .where('id', '=', id)
      .executeTakeFirst()
    throw elsewhere
      ? new HubError(
          'wrong_mode',
          `This connection belongs to mode ${elsewhere.mode}; your key is for mode ${scope.mode}.`,
          {
            advice: `Use the ${elsewhere.mode} key.`,
          },
        )
      : new HubError('not_found', `There is no connection ${id}.`, { advice: 'GET /v1/connections lists them.' })
  }

  const valuesOf = (scope: Scope, id: string, input: ConnectionInput) => ({
    connector: input.connector,
    name: input.name,
    sealed: sealer.seal(JSON.stringify(input.fields), boundTo(scope, id)),
    shown_fields: json(
      Object.fromEntries(Object.entries(input.fields).filter(([name]) => !input.secretNames.includes(name))),
    ),
    secret_names: json(Object.keys(input.fields).filter((name) => input.secretNames.includes(name))),
    // Not given: what was told before about the person's plan stays.
    ...(input.limits && { limits: json(input.limits) }),
    ...(input.creditPrice !== undefined && { credit_price: input.creditPrice }),
    token: null,
    renewing_until: null,
    consent: input.consent ?? false,
    ...(input.consent
      ? { status: 'needs_reconnect' as const, status_message: 'Not connected yet.' }
      : { status: 'untested' as const, status_message: null }),
    tested_at: null,
  })

  const open = (scope: Scope, row: Stored): OpenedConnection => ({
    id: row.id,
    connector: row.connector,
    fields: {
      ...(row.app !== null && JSON.parse(sealer.open(row.app, appBoundTo(scope, row.connector)))),
      ...JSON.parse(sealer.open(row.sealed, boundTo(scope, row.id))),
    },
    version: versionOf(row),
    ...(row.limits && { limits: row.limits }),
    ...(row.credit_price !== null && { creditPrice: row.credit_price }),
  })

  const storedFields = (scope: Scope, { id, sealed }: Stored): unknown =>
    JSON.parse(sealer.open(sealed, boundTo(scope, id)))

  return {
    /** Without those that a person is only about to connect. */
    list: async (scope: Scope): Promise<Connection[]> =>
      (await inScope(scope).where('connection.draft', '=', false).orderBy('connection.created_at').execute()).map(
        shownOf,
      ),
    get: async (scope: Scope, id: string): Promise<Connection> => shownOf(await find(scope, id)),
    /** Connector → its account, opened: of several one that works, then the oldest. */
    openFor: async (scope: Scope, connectors: readonly string[]): Promise<Map<string, OpenedConnection>> => {
      if (connectors.length === 0) return new Map()
      const rows = await inScope(scope)
        .where('connection.connector', 'in', connectors)
        .where('connection.draft', '=', false)
        .orderBy(sql`connection.status = 'needs_reconnect'`)
        .orderBy('connection.created_at')
        .execute()
      const first = new Map<string, OpenedConnection>()
      for (const row of rows) if (!first.has(row.connector)) first.set(row.connector, open(scope, row))
      return first
    },
    open: async (scope: Scope, id: string): Promise<OpenedConnection> => open(scope, await find(scope, id)),
    /** One that needs a person's consent is a draft until that is given. */
    create: async (scope: Scope, input: ConnectionInput): Promise<Connection> => {
      const id = newId('con')
      const { workspace, mode } = scope
      await db
        .insertInto('connection')
        .values({
          workspace,
          mode,
          id,
          limits: null,
          credit_price: null,
          draft: input.consent ?? false,
          ...valuesOf(scope, id, input),
        })
        .execute()
      return shownOf(await find(scope, id))
    },
    replace: async (scope: Scope, id: string, input: ConnectionInput): Promise<Connection> => {
      const row = await find(scope, id)
      const { fields } = open(scope, row)
      const { name, limits, credit_price, sealed, ...rest } = valuesOf(scope, id, input)
      const isSameAccount = isDeepStrictEqual(storedFields(scope, row), input.fields)
      // What a person has agreed to on the vendor's page stays, until they agree to something else.
      const isSameLogIn =
        input.consent && Object.entries(input.fields).every(([field, value]) => fields[field] === value)
      await onlyThis(scope, id)
        .set({ name, limits, credit_price, ...(!isSameLogIn && { ...rest, ...(!isSameAccount && { sealed }) }) })
        .execute()
      return shownOf(await find(scope, id))
    },
    remove: async (scope: Scope, id: string): Promise<void> => {
      await find(scope, id)
      await db
        .deleteFrom('connection')
        .where('workspace', '=', scope.workspace)
        .where('mode', '=', scope.mode)
        .where('id', '=', id)
        .execute()
    },
    markTested: async (
      scope: Scope,
      id: string,
      status: Connection['status'],
      message: string,
    ): Promise<Connection> => {
      await db
        .updateTable('connection')
        .set({ status, status_message: message, tested_at: new Date() })
        .where('workspace', '=', scope.workspace)
        .where('mode', '=', scope.mode)
        .where('id', '=', id)
        .execute()
      return shownOf(await find(scope, id))
    },
    /**
     * The test brought nothing: the account is as unknown as before, and one that must be connected again still must.
     */
    markUntested: async (scope: Scope, id: string, message: string): Promise<Connection> => {
      await onlyThis(scope, id)
        .set({
          status: sql`case when status = 'needs_reconnect' then status else 'untested' end`,
          status_message: message,
        })
        .execute()
      return shownOf(await find(scope, id))
    },
    readToken: async (scope: Scope, id: string): Promise<{ token: string | null; isBeingRenewed: boolean }> => {
      const row = await inScope(scope)
        .select(sql<boolean>`coalesce(renewing_until > now(), false)`.as('is_being_renewed'))
        .where('connection.id', '=', id)
        .executeTakeFirst()
      const { token } = row ?? (await find(scope, id))
      return { token: token && sealer.open(token, boundTo(scope, id)), isBeingRenewed: row?.is_being_renewed ?? false }
    },
    /**
     * The right to renew the token, for 60 s.
     * @returns what {@link saveToken} and endRenewal take; null when somebody
     * has it
     */
    beginRenewal: async (scope: Scope, id: string): Promise<string | null> => {
      const row = await onlyThis(scope, id)
        .set({ renewing_until: sql`now() + interval '60 seconds'` })
        .where((eb) => eb.or([eb('renewing_until', 'is', null), eb('renewing_until', '<', sql<Date>`now()`)]))
        .returning(sql<string>`renewing_until::text`.as('lease'))
        .executeTakeFirst()
      return row?.lease ?? null
    },
    endRenewal: async (scope: Scope, id: string, lease: string): Promise<void> => {
      await onlyThis(scope, id)
        .set({ renewing_until: null })
        .where(sql<boolean>`renewing_until = ${lease}::timestamptz`)
        .execute()
    },
    /** The token that a person's consent gave; what was renewed before is void. */
    putToken: async (scope: Scope, id: string, token: string): Promise<void> => {
      const row = await find(scope, id)
      const sealed = sealer.seal(JSON.stringify(storedFields(scope, row)), boundTo(scope, id))
      await onlyThis(scope, id)
        .set({
          token: sealer.seal(token, boundTo(scope, id)),
          // The same fields under another seal: the account that was consented to may be another one.
          sealed: sql`case when sealed = ${row.sealed} then ${sealed} else sealed end`,
          renewing_until: null,
          status: 'untested',
          status_message: null,
          draft: false,
        })
        .execute()
    },
    /** The vendor refuses to renew the token: a person must see to the account, and is told so once. */
    noteRefusal: async (scope: Scope, id: string, message: string): Promise<void> => {
      await db.transaction().execute(async (trx) => {
        const [row] = await trx
          .updateTable('connection')
          .set({ status: sql`case when consent then 'needs_reconnect' else 'refused' end`, status_message: message })
          .where('workspace', '=', scope.workspace)
          .where('mode', '=', scope.mode)
          .where('id', '=', id)
          .where('status', 'not in', ['needs_reconnect', 'refused'])
          .returning(['connector', 'status'])
          .execute()
        if (row)
          await addEvents(trx, scope, [
            { type: `connection.${row.status}`, subject: id, data: { connector: row.connector } },
          ])
      })
    },
    /**
     * Ends the renewal too. Without one under way nothing is saved: the account was replaced meanwhile, or somebody
     * took over and has saved a newer token. While that one is still at it, this token is the newest there is.
     */
    saveToken: async (scope: Scope, id: string, token: string, lease: string): Promise<void> => {
      await onlyThis(scope, id)
        .set({
          token: sealer.seal(token, boundTo(scope, id)),
          renewing_until: sql`nullif(renewing_until, ${lease}::timestamptz)`,
        })
        .where('renewing_until', 'is not', null)
        .execute()
    },
  }
}

/** A connection, and its App where there is one. */
type Stored = Selectable<Tables['connection']> & { app: string | null }

/** Each seal has a nonce of its own, so this changes with whatever is sealed and tells nothing of it. */
const versionOf = ({ sealed, app }: Stored): string =>
  createHash('sha256')
    .update(`${sealed}\n${app ?? ''}`)
    .digest('base64url')
    .slice(0, 22)

const shownOf = (row: Stored): Connection => ({
  id: row.id,
  connector: row.connector,
  name: row.name,
  mode: row.mode,
  consent: row.consent,
  status: row.status,
  ...(row.status_message && { statusMessage: row.status_message }),
  fields: row.shown_fields,
  secrets: row.secret_names,
  createdAt: row.created_at.toISOString(),
  ...(row.tested_at && { testedAt: row.tested_at.toISOString() }),
})
