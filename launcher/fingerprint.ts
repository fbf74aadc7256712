import { createHash, type Hash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { inCheckout } from './paths.ts'

/** Made by tools from the sources, or not part of them. */
const notSource = new Set(['node_modules', 'dist', 'coverage'])

/**
 * A hash over the content of files and folders: equal as long as none of them changed. Content rather than
 * times, so that a fresh clone or a switch of branches and back builds nothing twice. A path that does not
 * exist counts as such.
 * @param facts what else the work depends on, e.g. the version of Node
 */
export function fingerprint(paths: string[], facts: string[] = []): string {
  const hash = createHash('sha256')
  for (const fact of facts) hash.update(`fact ${fact}\0`)
  for (const path of paths) add(hash, path)
  return hash.digest('hex')
}

function add(hash: Hash, path: string): void {
  const name = relative(inCheckout(), path)
  try {
    hash.update(`file ${name}\0`).update(readFileSync(path)).update('\0')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EISDIR') addFolder(hash, path)
    else if (code === 'ENOENT') hash.update('missing\0')
    else throw error
  }
}

function addFolder(hash: Hash, folder: string): void {
  for (const name of readdirSync(folder).sort()) {
    if (!notSource.has(name) && !name.startsWith('.')) add(hash, join(folder, name))
  }
}

/**
 * Whether the work that leaves this stamp was last done for exactly this fingerprint. A stamp lies inside
 * what the work makes, so that deleting the result deletes the stamp with it.
 */
export function isDone(stamp: string, print: string): boolean {
  try {
    return readFileSync(stamp, 'utf8') === print
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

/** Notes that the work was done for this fingerprint. */
export function markDone(stamp: string, print: string): void {
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, print)
}
