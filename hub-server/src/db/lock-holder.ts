import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Who has a data folder. This file needs nothing but Node: the launcher looks at the lock with it, too. */
export interface Holder {
  readonly pid: number
  /** When that process began, so that a process number given anew is not taken for the hub. */
  readonly started: string
  /** The file that is the lock. A hub of 0.1.0 or before writes none: there this note itself was the lock. */
  readonly lock?: string
  /** Where the hub answers on this machine, once it does: http://127.0.0.1:8787. */
  readonly address?: string
  /** Proves to the hub that who asks may read its data folder. */
  readonly ownerKey?: string
}

/** What the hub that has the folder says of itself. */
export const holderFile = (folder: string): string => join(folder, 'hub.lock')

export const lockName = 'lock.sqlite'

/**
 * The lock itself: an empty SQLite database in which a transaction is open for as long as the process lives. The kernel
 * keeps it by the file, not by its name or by process numbers, and takes it away with the process. No process that
 * holds it may open and close the file by other means, or it is gone (https://www.sqlite.org/howtocorrupt.html, 2.2).
 */
export const lockFile = (folder: string): string => join(folder, lockName)

/** Whether somebody has the folder, in this container or another. */
export const isLocked = (folder: string): boolean => {
  const holder = readHolder(holderFile(folder))
  return isTaken(lockFile(folder)) || (holder !== null && isOfEarlierVersion(holder))
}

const isTaken = (file: string): boolean => {
  if (!existsSync(file)) return false
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    // Whoever reads needs the shared lock, which the holder's exclusive one forbids.
    database.prepare('select 1 from sqlite_schema').all()
    return false
  } catch (thrown) {
    if (isBusy(thrown)) return true
    throw thrown
  } finally {
    database.close()
  }
}

/** SQLITE_BUSY, with whatever detail in the upper bits (https://www.sqlite.org/rescode.html). */
export const isBusy = (thrown: unknown): boolean =>
  thrown instanceof Error && 'errcode' in thrown && typeof thrown.errcode === 'number' && (thrown.errcode & 0xff) === 5

/** @returns null where there is no note, or one that was cut off while it was written by a process that died */
export const readHolder = (file: string): Holder | null => {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (!isRecord(parsed) || typeof parsed.pid !== 'number') return null
    const { pid, started, lock, address, ownerKey } = parsed
    return {
      pid,
      started: String(started),
      ...(typeof lock === 'string' && { lock }),
      ...(typeof address === 'string' && { address }),
      ...(typeof ownerKey === 'string' && { ownerKey }),
    }
  } catch (thrown) {
    if (thrown instanceof SyntaxError || isMissing(thrown)) return null
    throw thrown
  }
}

/** Whether a hub of a version that knew no other lock than its note has the folder, and still runs. */
export const isOfEarlierVersion = (holder: Holder): boolean => {
  if (holder.lock !== undefined || holder.pid === process.pid) return false
  try {
    process.kill(holder.pid, 0)
  } catch (thrown) {
    return hasCode(thrown, 'EPERM')
  }
  return startOf(holder.pid) === holder.started
}

/** Field 22 of /proc/<pid>/stat, clock ticks since boot (man 5 proc); empty where there is no /proc. */
export const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch (thrown) {
    if (isMissing(thrown)) return ''
    throw thrown
  }
}

const hasCode = (thrown: unknown, code: string): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === code
const isMissing = (thrown: unknown): boolean => hasCode(thrown, 'ENOENT') || hasCode(thrown, 'ESRCH')

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
