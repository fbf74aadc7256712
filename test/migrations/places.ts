import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import pg from 'pg'
import { freshPostgres } from '../../hub-server/src/db/testing/databases.ts'
import { newFolder } from '../hub/hub-process.ts'
import type { Expected } from './expected.ts'
import { unpack } from './packing.ts'

/** Data of an old version, where a hub of today opens it. */
export interface Place {
  readonly data: string
  readonly env: Readonly<Record<string, string>>
  readonly drop: () => Promise<void>
}

const main = fileURLToPath(new URL('../../hub-server/src/main.ts', import.meta.url))
const fileOf = (version: string, file: string): string =>
  fileURLToPath(new URL(`fixtures/${version}/${file}`, import.meta.url))

/** The data folder of that version, and what it said of it. */
export const unpackFixture = async (version: string): Promise<{ folder: string; expected: Expected }> => {
  const folder = newFolder()
  await unpack(fileOf(version, 'embedded.tar.zst'), folder)
  const expected: Expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'))
  return { folder, expected }
}

const nothing = async (): Promise<void> => undefined

/** The folder itself, as a killed hub left it. */
export const openedFolder = (folder: string): Place => {
  const data = newFolder()
  cpSync(folder, data, { recursive: true })
  return { data, env: {}, drop: nothing }
}

const restore = (version: string, data: string, env: Record<string, string>): void => {
  execFileSync(process.execPath, [main, 'restore', fileOf(version, 'backup.gz')], {
    env: { ...process.env, LOG_LEVEL: 'warn', HUB_DATA: data, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

export const restoredFolder = (version: string): Place => {
  const data = newFolder()
  restore(version, data, {})
  return { data, env: {}, drop: nothing }
}

export const restoredPostgres = async (version: string, server: string): Promise<Place> => {
  const data = newFolder()
  const { url, drop } = await freshPostgres(server)
  restore(version, data, { DATABASE_URL: url })
  return { data, env: { DATABASE_URL: url }, drop }
}

/** A PostgreSQL that the old version made and filled; its keys lie in the data folder. */
export const openedPostgres = async (version: string, folder: string, server: string): Promise<Place> => {
  const data = newFolder()
  for (const file of ['keys.json', 'sealing.key'])
    if (existsSync(join(folder, file))) cpSync(join(folder, file), join(data, file))
  const { url, drop } = await freshPostgres(server)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(gunzipSync(readFileSync(fileOf(version, 'postgres.sql.gz'))).toString())
  await client.end()
  return { data, env: { DATABASE_URL: url }, drop }
}
