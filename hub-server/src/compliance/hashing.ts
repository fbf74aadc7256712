import { createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Scope } from '../contracts/scope.ts'
import type { SuppressionValue } from '../contracts/suppression.ts'
import type { Tables } from '../db/tables.ts'

/** Hash of a normal value: 43 characters of base64url. */
export type Hash = (of: SuppressionValue) => string

/**
 * Hashes for a scope: HMAC-SHA-256 with a key of the workspace's own. The key lies in the database, so that a backup
 * carries it along; the hashes without it cannot be looked up by guessing addresses. Mode and channel are hashed too:
 * nothing shows that two entries are about the same person.
 */
export const createHashing = (db: Kysely<Tables>): ((scope: Scope) => Promise<Hash>) => {
  // A key is made once and never changes. As a KeyObject, because a Buffer would be made one for each hash, at six
  // times the cost.
  const keys = new Map<string, KeyObject>()
  return async ({ workspace, mode }) => {
    const key = keys.get(workspace) ?? (await ensureKey(db, workspace))
    keys.set(workspace, key)
    return ({ channel, value }) => createHmac('sha256', key).update(`${mode}:${channel}:${value}`).digest('base64url')
  }
}

/** Of several processes that make the key at once, one wins, and all read its key. */
const ensureKey = async (db: Kysely<Tables>, workspace: string): Promise<KeyObject> => {
  const name = `suppression.${workspace}`
  const fresh = randomBytes(32).toString('base64')
  await db
    .insertInto('setting')
    .values({ key: name, value: fresh })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute()
  const { value } = await db.selectFrom('setting').select('value').where('key', '=', name).executeTakeFirstOrThrow()
  return createSecretKey(value, 'base64')
}
