import { randomBytes } from 'node:crypto'
import type { Db } from '../db/database.ts'
import { hashOfSecret } from './api-keys.ts'

/** What a link is for: `welcome` signs in, and lets the person choose a password; `reset` only chooses another. */
export type Purpose = 'welcome' | 'reset'

const goodForMs: Readonly<Record<Purpose, number>> = { welcome: 24 * 3_600_000, reset: 3_600_000 }

export type OneTimeLinks = ReturnType<typeof createOneTimeLinks>

/** Secrets that are good once, and not for long; the database has their hashes. */
export const createOneTimeLinks = (db: Db) => ({
  /** @param ms how long it is good, where the usual time does not fit */
  make: async (login: string, purpose: Purpose, ms = goodForMs[purpose]): Promise<string> => {
    const secret = randomBytes(32).toString('base64url')
    await db.deleteFrom('one_time_link').where('expires_at', '<', new Date()).execute()
    await db
      .insertInto('one_time_link')
      .values({ hash: hashOfSecret(secret), login, purpose, expires_at: new Date(Date.now() + ms) })
      .execute()
    return secret
  },
  /** Whose it is; undefined where it was used, or is too old. Of several that take it at once one is given it. */
  take: async (secret: string, purpose: Purpose): Promise<string | undefined> => {
    const row = await db
      .deleteFrom('one_time_link')
      .where('hash', '=', hashOfSecret(secret))
      .where('purpose', '=', purpose)
      .returning(['login', 'expires_at'])
      .executeTakeFirst()
    return row && row.expires_at.getTime() > Date.now() ? row.login : undefined
  },
  forget: async (login: string): Promise<void> =>
    void (await db.deleteFrom('one_time_link').where('login', '=', login).execute()),
})
