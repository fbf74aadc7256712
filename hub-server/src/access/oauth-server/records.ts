import type { Db } from '../../db/database.ts'
import { json } from '../../db/json.ts'
import { hashOfSecret } from '../api-keys.ts'

/** Seals what is stored, bound to where it belongs. */
export interface Sealer {
  readonly seal: (plain: string, boundTo: string) => string
  readonly open: (sealed: string, boundTo: string) => string
}

export interface NewRecord {
  readonly payload: unknown
  /** The consent that it hangs on: it goes with it. */
  readonly grantId?: string | undefined
  /** What it is looked up by beside its id. */
  readonly uid?: string | undefined
  readonly userCode?: string | undefined
  /** Seconds; without it the record stays. */
  readonly expiresIn?: number | undefined
}

export interface StoredRecord {
  /** The hash of the id. */
  readonly id: string
  readonly payload: unknown
  readonly consumedAt: Date | null
}

export type OauthRecords = ReturnType<typeof createOauthRecords>

/** Expired rows are deleted at most so often; milliseconds. */
const sweepEvery = 10 * 60_000

/**
 * What the OAuth server keeps. Who reads the database finds neither a token nor a code in it: ids stand there as
 * hashes, and what belongs to them is sealed.
 */
export const createOauthRecords = (db: Db, sealer: Sealer) => {
  let swept = 0

  const placeOf = (model: string, id: string): string => `oauth_record ${model} ${id} payload`

  const sweep = async (): Promise<void> => {
    if (Date.now() - swept < sweepEvery) return
    swept = Date.now()
    await db.deleteFrom('oauth_record').where('expires_at', '<', new Date()).execute()
  }

  const good = (model: string) =>
    db
      .selectFrom('oauth_record')
      .select(['id', 'payload', 'consumed_at'])
      .where('model', '=', model)
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', new Date())]))

  const opened = (
    model: string,
    row: { id: string; payload: Record<string, unknown>; consumed_at: Date | null },
  ): StoredRecord => ({
    id: row.id,
    payload: JSON.parse(sealer.open(String(row.payload.sealed), placeOf(model, row.id))),
    consumedAt: row.consumed_at,
  })

  const rowOf = (model: string, id: string, { payload, grantId, uid, userCode, expiresIn }: NewRecord) => ({
    model,
    id,
    payload: json({ sealed: sealer.seal(JSON.stringify(payload), placeOf(model, id)) }),
    grant_id: grantId === undefined ? null : hashOfSecret(grantId),
    uid: uid ?? null,
    user_code: userCode === undefined ? null : hashOfSecret(userCode),
    expires_at: expiresIn === undefined ? null : new Date(Date.now() + expiresIn * 1000),
  })

  const findBy = async (model: string, column: 'id' | 'uid' | 'user_code', value: string) => {
    const row = await good(model).where(column, '=', value).executeTakeFirst()
    return row && opened(model, row)
  }

  return {
    put: async (model: string, id: string, record: NewRecord): Promise<void> => {
      await sweep()
      const row = rowOf(model, hashOfSecret(id), record)
      await db
        .insertInto('oauth_record')
        .values(row)
        .onConflict((conflict) => conflict.columns(['model', 'id']).doUpdateSet(row))
        .execute()
    },
    /** Only where there is none yet: of several processes that begin at once, one makes it. */
    putFirst: async (model: string, id: string, record: NewRecord): Promise<void> =>
      void (await db
        .insertInto('oauth_record')
        .values(rowOf(model, hashOfSecret(id), record))
        .onConflict((conflict) => conflict.columns(['model', 'id']).doNothing())
        .execute()),
    find: (model: string, id: string) => findBy(model, 'id', hashOfSecret(id)),
    findByUid: (model: string, uid: string) => findBy(model, 'uid', uid),
    findByUserCode: (model: string, userCode: string) => findBy(model, 'user_code', hashOfSecret(userCode)),
    listByUid: async (model: string, uid: string): Promise<StoredRecord[]> =>
      (await good(model).where('uid', '=', uid).execute()).map((row) => opened(model, row)),
    /** Whether it was there and unused: of two who use it at once, one is told so. */
    consume: async (model: string, id: string): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('oauth_record')
        .set({ consumed_at: new Date() })
        .where('model', '=', model)
        .where('id', '=', hashOfSecret(id))
        .where('consumed_at', 'is', null)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
    /** It expires no more: who has used it once may come back. */
    keep: async (model: string, id: string): Promise<void> =>
      void (await db
        .updateTable('oauth_record')
        .set({ expires_at: null })
        .where('model', '=', model)
        .where('id', '=', hashOfSecret(id))
        .execute()),
    remove: async (model: string, id: string): Promise<void> =>
      void (await db
        .deleteFrom('oauth_record')
        .where('model', '=', model)
        .where('id', '=', hashOfSecret(id))
        .execute()),
    /** A consent with all that hangs on it. @param grant the hash of its id */
    revoke: async (grant: string): Promise<void> =>
      void (await db.deleteFrom('oauth_record').where('grant_id', '=', grant).execute()),
  }
}
