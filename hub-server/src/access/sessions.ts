import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Db } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { hashOfSecret } from './api-keys.ts'

/** Somebody who has signed in, in one browser. */
export interface Session {
  readonly id: string
  readonly login: string
  readonly expiresAt: Date
}

export interface Issued extends Session {
  /** Stands in the cookie; the database has its hash. */
  readonly secret: string
}

export interface SignIn {
  readonly login: string
  readonly address: string
  readonly agent: string
  /** Of a provider of sign-ins (OpenID Connect): the sealed id token, for signing out there, too. */
  readonly outside?: { readonly issuer: string; readonly idToken?: string }
}

/** Without a request for so long a person signs in again; milliseconds. */
export const idleMs = 12 * 3_600_000
/** And however busy, after so long. */
export const longestMs = 7 * 24 * 3_600_000
/** Noted at most so often. */
const seenEvery = 60_000

export type Sessions = ReturnType<typeof createSessions>

export const createSessions = (db: Db) => {
  const seen = new Map<string, number>()

  const noteSeen = async (id: string): Promise<void> => {
    const last = seen.get(id)
    if (last !== undefined && performance.now() - last < seenEvery) return
    if (seen.size > 10_000) seen.clear()
    seen.set(id, performance.now())
    await db.updateTable('session').set({ seen_at: new Date() }).where('id', '=', id).execute()
  }

  const end = (column: 'id' | 'login', value: string): Promise<unknown> =>
    db.deleteFrom('session').where(column, '=', value).execute()

  return {
    /** A new secret each time that somebody signs in: one that was there before is worth nothing. */
    begin: async ({ login, address, agent, outside }: SignIn): Promise<Issued> => {
      const secret = randomBytes(32).toString('base64url')
      const id = newId('ses')
      const expiresAt = new Date(Date.now() + longestMs)
      await db.deleteFrom('session').where('expires_at', '<', new Date()).execute()
      await db
        .insertInto('session')
        .values({
          id,
          hash: hashOfSecret(secret),
          login,
          address,
          agent: agent.slice(0, 300),
          expires_at: expiresAt,
          issuer: outside?.issuer ?? null,
          id_token: outside?.idToken ?? null,
        })
        .execute()
      return { id, login, expiresAt, secret }
    },
    /** Whose session this is; undefined where it is over, or the person may sign in no more. */
    find: async (secret: string): Promise<Session | undefined> => {
      const row = await db
        .selectFrom('session as s')
        .innerJoin('login as l', 'l.id', 's.login')
        .select(['s.id', 's.login', 's.expires_at', 's.seen_at', 'l.disabled_at'])
        .where('s.hash', '=', hashOfSecret(secret))
        .executeTakeFirst()
      if (!row || row.disabled_at || row.expires_at.getTime() <= Date.now()) return undefined
      if (row.seen_at.getTime() + idleMs <= Date.now()) return undefined
      await noteSeen(row.id)
      return { id: row.id, login: row.login, expiresAt: row.expires_at }
    },
    /** A session that goes on, by its id: for what was made out of it. */
    byId: async (id: string): Promise<Session | undefined> => {
      const row = await db
        .selectFrom('session as s')
        .innerJoin('login as l', 'l.id', 's.login')
        .select(['s.login', 's.expires_at', 'l.disabled_at'])
        .where('s.id', '=', id)
        .executeTakeFirst()
      if (!row || row.disabled_at || row.expires_at.getTime() <= Date.now()) return undefined
      return { id, login: row.login, expiresAt: row.expires_at }
    },
    /** What a provider of sign-ins said of it. */
    outside: async (id: string): Promise<{ issuer: string; idToken: string | null } | undefined> => {
      const row = await db.selectFrom('session').select(['issuer', 'id_token']).where('id', '=', id).executeTakeFirst()
      return row?.issuer ? { issuer: row.issuer, idToken: row.id_token } : undefined
    },
    list: (login: string) =>
      db
        .selectFrom('session')
        .select(['id', 'created_at', 'seen_at', 'expires_at', 'address', 'agent'])
        .where('login', '=', login)
        .where('expires_at', '>', new Date())
        .orderBy('seen_at', 'desc')
        .execute(),
    end: async (id: string): Promise<void> => void (await end('id', id)),
    endAll: async (login: string): Promise<void> => void (await end('login', login)),
  }
}

/**
 * What a page must send beside the cookie to change anything: another site can have the cookie sent, and cannot read
 * this (https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html).
 */
export const csrfTokenOf = (secret: string): string => createHmac('sha256', secret).update('csrf').digest('base64url')

export const isCsrfToken = (given: string, secret: string): boolean => {
  const [one, other] = [Buffer.from(given), Buffer.from(csrfTokenOf(secret))]
  return one.length === other.length && timingSafeEqual(one, other)
}
