import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../contracts/errors.ts'

/**
 * What the disk of the data folder has left. PGlite does not outlive a full disk (it ends with a panic, as PostgreSQL
 * does, but inside the hub), so the hub stops writing before.
 */
export interface Disk {
  /** Why nothing new is taken now; undefined while there is space. */
  readonly low: () => Fault | undefined
  /** Why nothing at all is written now: half of the kept space is gone, too, which what was under way may use. */
  readonly out: () => Fault | undefined
}

export interface DiskParts {
  readonly folder: string
  /** Bytes that stay free. */
  readonly least: number
  /** Bytes free on the disk of a folder; for tests that have no disk to fill. */
  readonly free?: (folder: string) => number
}

/** A look costs some microseconds; so often it is made anew at most. */
const freshMs = 200
const retrySeconds = 30
const megabyte = 1024 * 1024

/** A disk on which nothing of the hub's lies: Postgres has its own. */
export const anyDisk: Disk = { low: () => undefined, out: () => undefined }

export const watchDisk = ({ folder, least, free = freeOn }: DiskParts): Disk => {
  let lookedAt = -Infinity
  let [left, isWritable] = [Infinity, true]
  const look = (): void => {
    if (performance.now() - lookedAt < freshMs) return
    lookedAt = performance.now()
    isWritable = canWrite(folder)
    if (isWritable) left = free(folder)
  }
  const short = (bytes: number): Fault | undefined => {
    look()
    if (!isWritable) return readOnly()
    return left < bytes ? full(left, least) : undefined
  }
  return { low: () => short(least), out: () => short(least / 2) }
}

/** Some file systems do not tell; then nothing can be known ahead. */
const freeOn = (folder: string): number => {
  const { bavail, bsize, blocks } = statfsSync(folder)
  return blocks === 0 ? Infinity : bavail * bsize
}

/** By the folder, and by where PostgreSQL makes its files: it ends with a panic where it may make none. */
const canWrite = (folder: string): boolean => {
  const database = join(folder, 'database')
  return [folder, ...[database, join(database, 'pg_wal')].filter((one) => existsSync(one))].every(isWritableFolder)
}

const isWritableFolder = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    // Read-only, taken away, or gone: the next look tells whether it is back.
    return false
  }
}

const full = (left: number, least: number): Fault =>
  new Fault(
    'unavailable',
    `The disk of the hub’s data folder is nearly full (${megabytes(left)} left, ${megabytes(least)} are kept free): ` +
      'nothing new is taken just now.',
    {
      advice: 'Free some space there, or set LEAST_FREE_SPACE lower. The hub goes on by itself then; nothing is lost.',
      retryAfter: retrySeconds,
      cause: systemError('ENOSPC'),
    },
  )

const readOnly = (): Fault =>
  new Fault('unavailable', 'The hub’s data folder cannot be written to just now: nothing new is taken.', {
    advice: 'Let the hub’s user write there again (mount, chmod, chown). The hub goes on by itself then.',
    retryAfter: retrySeconds,
    cause: systemError('EROFS'),
  })

/** As the system would say it if it were asked to write. */
const systemError = (code: string): Error => Object.assign(new Error(code), { code })

const megabytes = (bytes: number): string => `${Math.floor(bytes / megabyte)} MB`
