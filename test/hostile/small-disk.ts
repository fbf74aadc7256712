import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const run = (command: string, ...words: string[]): boolean => spawnSync(command, words).status === 0

export interface SmallDisk {
  readonly folder: string
  /** Until nothing more goes onto it. */
  readonly fill: () => void
  readonly free: () => void
  readonly remove: () => void
}

/** A real file system of so many megabytes; undefined where none may be mounted. */
export const smallDisk = (megabytes: number): SmallDisk | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-disk-'))
  if (!run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tmpfs', folder)) {
    rmSync(folder, { recursive: true })
    return undefined
  }
  const filler = join(folder, 'filler')
  const remove = (): void => {
    run('umount', '--lazy', folder)
    rmSync(folder, { recursive: true, force: true })
  }
  return { folder: join(folder, 'data'), fill: () => fillUp(filler), free: () => rmSync(filler), remove }
}

const fillUp = (file: string): void => {
  const handle = openSync(file, 'a')
  try {
    for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) writeAll(handle, Buffer.alloc(size))
  } finally {
    closeSync(handle)
  }
}

const writeAll = (handle: number, bytes: Buffer): void => {
  try {
    while (writeSync(handle, bytes) === bytes.length);
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOSPC')) throw thrown
  }
}

/** Whether this machine lets a test mount a disk. */
export const mayMount = (): boolean => {
  const disk = smallDisk(1)
  disk?.remove()
  return disk !== undefined
}
