import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import { HubError } from '../contracts/errors.ts'
import { retryWhileUnavailable } from './unavailable.ts'
import { ensureEmbedded, openEmbedded } from './embedded.ts'
import { lockFolder, type FolderLock } from './lock.ts'
import { migrate } from './migrate.ts'
import type { Tables } from './tables.ts'

/**
 * The database, or a transaction in it. On PGlite there is one connection: inside a transaction use only the
 * transaction.
 */
export type Db = Kysely<Tables> | Transaction<Tables>

export interface Database {
  readonly db: Kysely<Tables>
  readonly kind: 'embedded' | 'postgres'
  /** Of the data folder, where the database lies in it. */
  readonly lock?: FolderLock
  readonly close: () => Promise<void>
}

// int8 (counts, prices) fits a double here; without this it is a string on pg and a number on PGlite.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/**
 * Opens the database and brings it to this version's shape: Postgres at `url`, else PGlite in `<folder>/database`.
 * @throws HubError conflict when the folder is in use or the data is newer; unavailable when Postgres is not there
 */
export const openDatabase = async (where: { url?: string; folder: string }): Promise<Database> => {
  const opened = where.url ? await openPostgres(where.url) : await openInFolder(where.folder)
  try {
    await migrate(opened.db)
  } catch (thrown) {
    await opened.close()
    throw thrown
  }
  return opened
}

const openPostgres = async (url: string): Promise<Database> => {
  const pool = new pg.Pool({ connectionString: url, max: 10 })
  // A connection that breaks while idle is replaced by the pool; its next user meets the error.
  pool.on('error', () => undefined)
  // One that breaks between two statements of a transaction tells its own listeners, and ends the process if there are
  // none.
  pool.on('connect', (client) => void client.on('error', () => undefined))
  try {
    await pool.query('select 1')
  } catch (cause) {
    await pool.end()
    throw new HubError(
      'unavailable',
      `The database at DATABASE_URL does not answer: ${cause instanceof Error ? cause.message : 'unknown'}.`,
      {
        advice: 'Check that PostgreSQL runs and that DATABASE_URL names it, then start again.',
        cause,
      },
    )
  }
  // To wait for a connection is always safe: nothing has been asked yet.
  const patient = {
    connect: () => retryWhileUnavailable(() => pool.connect()),
    end: () => pool.end(),
    options: pool.options,
  }
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: patient }) })
  return { db, kind: 'postgres', close: () => db.destroy() }
}

const openInFolder = async (folder: string): Promise<Database> => {
  const lock = lockFolder(folder)
  try {
    const files = join(folder, 'database')
    await ensureEmbedded(files)
    const pglite = await openEmbedded(files)
    const pool = new pg.Pool({ ...createPgConfig(pglite), max: 1 })
    // PGlite answers without ever waiting: one question after the other would keep timers and sockets from their turn.
    const fair = { connect: async () => (await turn(), pool.connect()), end: () => pool.end(), options: pool.options }
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: fair }) })
    const close = async () => {
      await db.destroy()
      await pglite.close()
      lock.release()
    }
    return { db, kind: 'embedded', lock, close }
  } catch (thrown) {
    lock.release()
    throw thrown
  }
}
