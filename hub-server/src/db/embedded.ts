import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { PGlite } from '@electric-sql/pglite'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'

/** Small buffers: PGlite keeps them in the hub's own memory. */
const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=4MB']

export const openEmbedded = (folder: string): Promise<PGlite> =>
  PGlite.create({ dataDir: folder, startParams, relaxedDurability: false, extensions: { pg_trgm } })

/**
 * Makes the database files if there are none. In a child process, because initdb's WebAssembly (some 400 MB)
 * would stay in the hub's memory for as long as it runs.
 */
export const ensureEmbedded = async (folder: string): Promise<void> => {
  if (existsSync(join(folder, 'PG_VERSION'))) return
  await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), folder])
}

const runDirectly = process.argv[1] === fileURLToPath(import.meta.url)
if (runDirectly) {
  const folder = process.argv[2]
  if (!folder) throw new Error('Usage: embedded <folder>')
  const database = await openEmbedded(folder)
  await database.close()
}
