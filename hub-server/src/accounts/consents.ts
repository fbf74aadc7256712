import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import type { Sealer } from './sealing.ts'

/** A person who is on a vendor's page, letting the hub in. */
export interface Consent extends Scope {
  readonly connection: string
  /** What proves that the code was asked for by us (RFC 7636). */
  readonly codeVerifier: string
}

const minutes = 15

/**
 * Takes away what nobody came back for: the way to the vendor's page, and the account that was to be connected there.
 */
export const forgetAbandoned = async (db: Db): Promise<void> => {
  await db
    .deleteFrom('consent')
    .where('expires_at', '<', sql<Date>`now()`)
    .execute()
  await sql`delete from connection c where draft and created_at < now() - make_interval(mins => ${minutes})
    and not exists (select from consent where consent.workspace = c.workspace and consent.mode = c.mode and
    consent.connection = c.id)`.execute(db)
}

const hashOf = (state: string): string => createHash('sha256').update(state).digest('hex')

export type Consents = ReturnType<typeof createConsents>

/**
 * Who was sent to which vendor's page. A state is good once, for a quarter of an hour, and is kept only as its hash.
 */
export const createConsents = (db: Db, sealer: Sealer) => ({
  begin: async (consent: Consent): Promise<string> => {
    const state = randomBytes(32).toString('base64url')
    const { workspace, mode, connection, codeVerifier } = consent
    await forgetAbandoned(db)
    await db
      .insertInto('consent')
      .values({
        state: hashOf(state),
        workspace,
        mode,
        connection,
        verifier: sealer.seal(codeVerifier, hashOf(state)),
        expires_at: sql<Date>`now() + make_interval(mins => ${minutes})`,
      })
      .execute()
    return state
  },
  /** @returns undefined for a state that nobody was given, that is used up or too old */
  take: async (state: string): Promise<Consent | undefined> => {
    const row = await db
      .deleteFrom('consent')
      .where('state', '=', hashOf(state))
      .where('expires_at', '>', sql<Date>`now()`)
      .returningAll()
      .executeTakeFirst()
    return (
      row && {
        workspace: row.workspace,
        mode: row.mode,
        connection: row.connection,
        codeVerifier: sealer.open(row.verifier, row.state),
      }
    )
  },
})
