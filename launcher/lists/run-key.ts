import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { DataFolder } from '../paths.ts'
import { interrupted } from '../problem.ts'
import type { Mode } from './contract.ts'

/**
 * What makes two runs the same: all but the budgets, so that a run that used its budget up goes on with a larger one.
 */
export type Identity = {
  path: string
  block: string
  options: Record<string, unknown>
  map: Record<string, string>
  mode: Mode
}

/**
 * A hash over the list's content and what is to be done with it, whatever the file is called and in whatever order
 * options stand.
 */
export async function hashOf({ path, block, options, map, mode }: Identity, stop: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
    .update(JSON.stringify([block, mode, sorted(options), sorted(map)]))
    .update('\0')
  try {
    await pipeline(createReadStream(path), hash, { signal: stop })
  } catch (error) {
    throw stop.aborted ? interrupted() : error
  }
  return hash.digest('hex')
}

/** The order of the names given does not count. */
function sorted(given: Record<string, unknown>): [string, unknown][] {
  return Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1))
}

/**
 * The Idempotency-Key of a run: the same one for the same hash. `again` makes a fresh one, and it is kept in the data
 * folder as the one that the same command finds from then on: a second run can be stopped and gone on with, too.
 */
export function runKey(data: DataFolder, hash: string, again: boolean): string {
  const folder = join(data.root, 'run-keys')
  const file = join(folder, hash)
  if (again) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(file, randomUUID(), { mode: 0o600 })
  }
  return existsSync(file) ? `run-${hash}-${readFileSync(file, 'utf8')}` : `run-${hash}`
}
