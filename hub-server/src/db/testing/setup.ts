import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../database.ts'
import { freshPostgres, postgresTemplate } from './databases.ts'
import { startServices } from './services.ts'

/**
 * vitest's globalSetup: one PostgreSQL and one Redis for all test files, told to them by the environment, and one
 * made database of either kind to copy: making one anew takes a second or more.
 */
export default async (): Promise<() => Promise<void>> => {
  const { databaseUrl, redisUrl, stop } = await startServices()
  if (databaseUrl) {
    process.env.TEST_DATABASE_URL = databaseUrl
    await makeTemplate(databaseUrl)
  }
  if (redisUrl) process.env.TEST_REDIS_URL = redisUrl
  const folder = mkdtempSync(join(tmpdir(), 'hub-template-'))
  await (await openDatabase({ folder })).close()
  process.env.TEST_EMBEDDED_TEMPLATE = join(folder, 'database')
  return async () => {
    rmSync(folder, { recursive: true, force: true })
    await stop()
  }
}

/** Nobody is connected to it afterwards: it could not be copied then. */
const makeTemplate = async (server: string): Promise<void> => {
  const { url } = await freshPostgres(server, { name: postgresTemplate })
  const folder = mkdtempSync(join(tmpdir(), 'hub-template-'))
  await (await openDatabase({ url, folder })).close()
  rmSync(folder, { recursive: true, force: true })
}
