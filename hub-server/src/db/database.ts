import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import { HubError } from '../contracts/errors.ts'
import { anyDisk, watchDisk, type Disk } from './disk.ts'
import { openEmbeddedPool } from './embedded-pool.ts'
import { damaged, ensureEmbedded, reasonOf } from './embedded.ts'
import { guardedClient, plainly } from './guarded-client.ts'
import { lockFolder, type FolderLock } from './lock.ts'
import { migrate } from './migrate.ts'
import { patienceMs } from './patience.ts'
import type { Tables } from './tables.ts'
import { retryWhileUnavailable } from './unavailable.ts'

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
  /** Whether what is stored here has space. */
  readonly disk: Disk
  readonly close: () => Promise<void>
}

// int8 (counts, prices) fits a double here; without this it is a string on pg and a number on PGlite.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

export interface Where {
  /** Of a PostgreSQL; without it the database lies in the folder. */
  readonly url?: string
  readonly folder: string
  /** Bytes that stay free on the folder's disk. */
  readonly leastFree?: number
  /** For tests that have no disk to fill. */
  readonly freeOn?: (folder: string) => number
}

/**
 * Opens the database and brings it to this version's shape: Postgres at `url`, else PGlite in `<folder>/database`.
 * @throws HubError conflict when the folder is in use, or the data is newer or damaged; unavailable when Postgres is
 * not there, or there is no space
 */
export const openDatabase = async ({ url, folder, leastFree = 0, freeOn }: Where): Promise<Database> => {
  const opened = url
    ? await openPostgres(url)
    : await openInFolder(folder, watchDisk({ folder, least: leastFree, free: freeOn }))
  try {
    await migrate(opened.db)
  } catch (thrown) {
    await opened.close()
    throw opened.kind === 'embedded' && isOfDamage(thrown) ? damaged(filesIn(folder), reasonOf(thrown), thrown) : thrown
  }
  return opened
}

/**
 * Classes XX and 58: a file is missing or not what it was
 * (https://www.postgresql.org/docs/15/errcodes-appendix.html).
 */
const isOfDamage = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && /^(XX|58)/.test(String(thrown.code))

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
  const connect = async () => {
    try {
      return guardedClient(await pool.connect(), { explain: plainly })
    } catch (thrown) {
      throw plainly(thrown)
    }
  }
  // To wait for a connection is always safe: nothing has been asked yet.
  const patient = {
    connect: () => retryWhileUnavailable(connect, patienceMs()),
    end: () => pool.end(),
    options: pool.options,
  }
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: patient }) })
  return { db, kind: 'postgres', disk: anyDisk, close: () => db.destroy() }
}

const filesIn = (folder: string): string => join(folder, 'database')

const openInFolder = async (folder: string, disk: Disk): Promise<Database> => {
  const lock = lockFolder(folder)
  try {
    const files = filesIn(folder)
    // Opening it writes, and a new one takes more than is left.
    const short = existsSync(files) ? disk.out() : disk.low()
    if (short) throw short
    await ensureEmbedded(files)
    const pool = await openEmbeddedPool(files, disk)
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
    const close = async () => {
      await db.destroy()
      lock.release()
    }
    return { db, kind: 'embedded', lock, disk, close }
  } catch (thrown) {
    lock.release()
    throw thrown
  }
}
