import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { PGlite } from '@electric-sql/pglite'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { HubError } from '../contracts/errors.ts'
import { endLoopAtCrash } from './pglite-crash.ts'
import { narrowAllIn } from './private-folder.ts'

/** Small buffers: PGlite keeps them in the hub's own memory. */
const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=4MB']

export interface Embedded {
  readonly pglite: PGlite
  /** Why it broke down: then it answers nothing any more, and another takes its place. */
  readonly broken: () => string | undefined
}

/** @throws HubError conflict when the files are not those of a database, or damaged */
export const openEmbedded = async (folder: string): Promise<Embedded> => {
  const crash = endLoopAtCrash()
  try {
    const pglite = await PGlite.create({
      dataDir: folder,
      startParams,
      relaxedDurability: false,
      extensions: { pg_trgm, crash: crash.extension },
      onStderr: crash.hear,
    })
    // PGlite gives some of its files rights of its own accord, whatever the process's umask.
    narrowAllIn(folder)
    return { pglite, broken: crash.reason }
  } catch (cause) {
    const reason = crash.reason() ?? crash.lastWords() ?? reasonOf(cause)
    throw isOfMachine.test(reason) ? notNow(folder, reason, cause) : damaged(folder, reason, cause)
  }
}

/**
 * Makes the database files if there are none. In a child process, because initdb's WebAssembly (some 400 MB)
 * would stay in the hub's memory for as long as it runs; and beside their place, so that they are there whole or not
 * at all.
 */
export const ensureEmbedded = async (folder: string): Promise<void> => {
  if (existsSync(join(folder, 'PG_VERSION'))) return
  if (existsSync(folder) && readdirSync(folder).length > 0) throw damaged(folder, 'PG_VERSION is missing')
  const fresh = `${folder}.new`
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh, { mode: 0o700 })
  try {
    await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), fresh])
    rmSync(folder, { recursive: true, force: true })
    renameSync(fresh, folder)
  } catch (cause) {
    rmSync(fresh, { recursive: true, force: true })
    throw new HubError('conflict', `The database could not be made in ${folder}: ${reasonOf(cause)}.`, {
      advice: 'Choose a folder with some 100 MB of space that the hub may write to (--data), and start again.',
      cause,
    })
  }
}

/** What PostgreSQL says of files that are right, on a machine that is not. */
const isOfMachine = /No space left|Read-only file system|Permission denied|open files|file descriptors|Quota/i

const notNow = (folder: string, reason: string, cause: unknown): HubError =>
  new HubError('unavailable', `The database in ${folder} cannot be opened just now: ${reason}.`, {
    advice: 'Nothing is wrong with the data. Mend that, and start again.',
    cause,
  })

/** What cannot be read as a database: opened by nobody again, so it is told how to get at the last backup. */
export const damaged = (folder: string, reason: string, cause?: unknown): HubError =>
  new HubError('conflict', `The database in ${folder} cannot be opened; its files seem damaged: ${reason}.`, {
    advice:
      'Restore the last backup into a new folder (./hub restore <file> --data <folder>) and start with that one. ' +
      'Keep the damaged folder until everything is there.',
    cause,
  })

/** The first line, without the full stop: what follows is for programmers. */
export const reasonOf = (thrown: unknown): string => {
  const said = typeof thrown === 'object' && thrown !== null && 'stderr' in thrown ? String(thrown.stderr) : ''
  const text = said.trim() || (thrown instanceof Error ? thrown.message : String(thrown))
  return (text.split('\n').find((line) => line.trim() !== '') ?? 'no reason given')
    .trim()
    .replace(/\.$/, '')
    .slice(0, 300)
}

const runDirectly = process.argv[1] === fileURLToPath(import.meta.url)
if (runDirectly) {
  const folder = process.argv[2]
  if (!folder) throw new Error('Usage: embedded <folder>')
  const { pglite } = await openEmbedded(folder)
  await pglite.close()
}
