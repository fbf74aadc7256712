import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openDatabase, type Database } from '../database.ts'

export interface TestDatabase {
  readonly kind: 'embedded' | 'postgres'
  /** A fresh, empty one; closed and removed by `remove`. */
  readonly open: () => Promise<Database & { folder: string; url?: string; remove: () => Promise<void> }>
}

const embedded: TestDatabase = {
  kind: 'embedded',
  open: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-test-'))
    if (process.env.TEST_EMBEDDED_TEMPLATE)
      cpSync(process.env.TEST_EMBEDDED_TEMPLATE, join(folder, 'database'), { recursive: true })
    const database = await openDatabase({ folder })
    const remove = async () => {
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    }
    return { ...database, folder, remove }
  },
}

/** The name of a database with the hub's tables in it, and nothing else. */
export const postgresTemplate = 'hub_template'

/**
 * A database of its own in the private PostgreSQL of the test run.
 * @param template the database that it is a copy of, where it shall not be empty
 */
export const freshPostgres = async (
  server: string,
  { name = `hub_${randomBytes(6).toString('hex')}`, template = 'template1' }: { name?: string; template?: string } = {},
): Promise<{ url: string; drop: () => Promise<void> }> => {
  const admin = async (statement: string) => {
    const client = new pg.Client({ connectionString: server })
    await client.connect()
    await client.query(statement)
    await client.end()
  }
  await admin(`create database ${name} template ${template}`)
  return { url: server.replace(/\/postgres$/, `/${name}`), drop: () => admin(`drop database ${name} with (force)`) }
}

const postgres = (server: string): TestDatabase => ({
  kind: 'postgres',
  open: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-test-'))
    const { url, drop } = await freshPostgres(server, { template: postgresTemplate })
    const database = await openDatabase({ url, folder })
    const remove = async () => {
      await database.close()
      await drop()
      rmSync(folder, { recursive: true, force: true })
    }
    return { ...database, folder, url, remove }
  },
})

/** For tests to which it does not matter which one. */
export const anyDatabase = embedded

/** The databases that every test of stored things runs on. */
export const testDatabases: TestDatabase[] = [
  embedded,
  ...(process.env.TEST_DATABASE_URL ? [postgres(process.env.TEST_DATABASE_URL)] : []),
]
