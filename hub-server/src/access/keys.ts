import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mode, Scope } from '../contracts/scope.ts'
import { HubError } from '../contracts/errors.ts'
import type { Db } from '../db/database.ts'
import { newId } from '../db/id.ts'

export interface KeyHolder extends Scope {
  readonly key: { id: string; name: string }
}

/** Keys have 190 bits of chance: a plain hash is enough, nothing to guess. */
const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex')

const makeKey = (mode: Mode): string => `ainow_${mode}_${randomBytes(24).toString('base64url')}`

/** As keys are made, now and by later versions. */
const form = /^ainow_(?:test|live)_[\w-]{8,200}$/

/**
 * Who holds this key.
 * @throws HubError unauthorized when nobody does, or it was revoked
 */
export const holderOf = async (db: Db, key: string): Promise<KeyHolder> => {
  // What is no key at all does not cost the database a look.
  const row = form.test(key)
    ? await db
        .selectFrom('api_key')
        .select(['id', 'name', 'workspace', 'mode', 'revoked_at'])
        .where('hash', '=', hashOf(key))
        .executeTakeFirst()
    : undefined
  if (!row || row.revoked_at)
    throw new HubError('unauthorized', row ? 'This key was revoked.' : 'This key is not one of this hub’s.', {
      advice: 'Use a key from keys.json in the hub’s data folder.',
    })
  return { workspace: row.workspace, mode: row.mode, key: { id: row.id, name: row.name } }
}

/**
 * At the first start: one workspace with a test and a live key. The keys themselves stand only in
 * `<folder>/keys.json`, readable by its owner alone; the database has their hashes.
 * If the file is lost while the database is not, new keys are made and the old ones stay valid.
 */
export const ensureWorkspace = async (db: Db, folder: string): Promise<void> => {
  const file = join(folder, 'keys.json')
  const workspace = await ensureRow(db)
  if (existsSync(file) && (await Promise.all(keysIn(file).map((key) => isKnown(db, key)))).every(Boolean)) {
    chmodSync(file, 0o600)
    return
  }
  const keys = { test: makeKey('test'), live: makeKey('live') }
  // The file first: a key that is in the file but not yet in the database is made anew at the next start.
  const fresh = `${file}.new`
  writeFileSync(fresh, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 })
  renameSync(fresh, file)
  await db
    .insertInto('api_key')
    .values(
      (['test', 'live'] as const).map((mode) => ({
        id: newId('key'),
        workspace,
        mode,
        hash: hashOf(keys[mode]),
        name: `First ${mode} key`,
        revoked_at: null,
      })),
    )
    .execute()
}

const ensureRow = async (db: Db): Promise<string> => {
  const there = await db.selectFrom('workspace').select('id').orderBy('created_at').executeTakeFirst()
  if (there) return there.id
  const id = newId('ws')
  await db.insertInto('workspace').values({ id, name: 'My workspace' }).execute()
  // What a day may cost, and whether anything may leave at all: one row for each mode, without a bound.
  await db
    .insertInto('budget')
    .values(
      (['test', 'live'] as const).map((mode) => ({
        workspace: id,
        mode,
        kind: 'day' as const,
        key: '',
        most: null,
        day: null,
      })),
    )
    .execute()
  return id
}

const keysIn = (file: string): string[] => {
  const parsed = parseKeys(file)
  return parsed && typeof parsed === 'object' ? Object.values(parsed).map(String) : []
}

const parseKeys = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new HubError('invalid_input', `The file ${file} is not JSON any more.`, {
      advice: 'Put the file back, or move it away: the next start makes new keys.',
      cause,
    })
  }
}

const isKnown = async (db: Db, key: string): Promise<boolean> =>
  (await db.selectFrom('api_key').select('id').where('hash', '=', hashOf(key)).executeTakeFirst()) !== undefined
