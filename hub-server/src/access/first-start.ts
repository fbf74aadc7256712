import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { HubError } from '../contracts/errors.ts'
import type { Mode } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { hashOfSecret, writeKey } from './api-keys.ts'

const modes = ['test', 'live'] as const satisfies Mode[]

/** The file with the first keys, in the data folder, readable by its owner alone; the database has their hashes. */
export const keysFile = 'keys.json'

/**
 * A workspace, its owner and its first two keys, where there is none yet. The keys are made once: whoever has revoked
 * them, or lost the file, makes others (./hub keys).
 */
export const firstStart = async (db: Db, folder: string): Promise<void> => {
  const file = join(folder, keysFile)
  if (existsSync(file)) {
    chmodSync(file, 0o600)
    requireJson(file)
  }
  await db.transaction().execute(async (trx) => {
    // Processes that start together on one database make one of each.
    await sql`select pg_advisory_xact_lock(hashtext('first start'))`.execute(trx)
    const workspace = await ensureWorkspace(trx)
    await ensureOwner(trx, workspace)
    const anyKey = await trx.selectFrom('api_key').select('id').limit(1).executeTakeFirst()
    if (anyKey === undefined) await firstKeys(trx, workspace, file)
  })
}

/** What else reads it would fail later, and with less to say. @throws HubError invalid_input */
const requireJson = (file: string): void => {
  try {
    JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new HubError('invalid_input', `The file ${file} is not JSON any more.`, {
      advice: 'Put the file back, or move it away and make other keys: ./hub keys new <name>.',
      cause,
    })
  }
}

/** The workspace that was there first: what is nobody else's is its. */
export const firstWorkspace = async (db: Db): Promise<string | undefined> =>
  (await db.selectFrom('workspace').select('id').orderBy('created_at').orderBy('id').executeTakeFirst())?.id

const ensureWorkspace = async (db: Db): Promise<string> =>
  (await firstWorkspace(db)) ?? (await makeWorkspace(db, 'My workspace'))

/** With what a day may cost, and whether anything may leave at all: one row for each mode, without a bound. */
export const makeWorkspace = async (db: Db, name: string): Promise<string> => {
  const id = newId('ws')
  await db.insertInto('workspace').values({ id, name }).execute()
  const budgets = modes.map((mode) => ({ workspace: id, mode, kind: 'day' as const, key: '', most: null, day: null }))
  await db.insertInto('budget').values(budgets).execute()
  return id
}

const ensureOwner = async (db: Db, workspace: string): Promise<void> => {
  const owner = await db
    .selectFrom('membership')
    .select('login')
    .where('workspace', '=', workspace)
    .where('role', '=', 'owner')
    .executeTakeFirst()
  if (owner) return
  const login = newId('usr')
  await db.insertInto('login').values({ id: login, email: null, name: 'Owner', password: null }).execute()
  await db.insertInto('membership').values({ workspace, login, role: 'owner' }).execute()
}

const firstKeys = async (db: Db, workspace: string, file: string): Promise<void> => {
  const made = modes.map((mode) => {
    const id = newId('key')
    return { id, mode, secret: writeKey(mode, id) }
  })
  const keys = Object.fromEntries(made.map(({ mode, secret }) => [mode, secret]))
  // The file first: without the database's rows it is written anew at the next start.
  writeFileSync(`${file}.new`, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  await db
    .insertInto('api_key')
    .values(
      made.map(({ id, mode, secret }) => ({
        id,
        workspace,
        mode,
        hash: hashOfSecret(secret),
        name: `First ${mode} key`,
      })),
    )
    .execute()
}
