import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Who has locked a data folder. This file needs nothing but Node: the launcher reads the lock with it, too. */
export interface Holder {
  readonly pid: number
  /** When that process began, so that a process number given anew is not taken for the hub. */
  readonly started: string
  /** Where the hub answers on this machine, once it does: http://127.0.0.1:8787. */
  readonly address?: string
  /** Proves to the hub that who asks may read its data folder. */
  readonly ownerKey?: string
}

export const lockFile = (folder: string): string => join(folder, 'hub.lock')

/** @returns null where there is no lock, or one that was cut off while it was written by a process that died */
export const readHolder = (file: string): Holder | null => {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (!isRecord(parsed) || typeof parsed.pid !== 'number') return null
    const { pid, started, address, ownerKey } = parsed
    return {
      pid,
      started: String(started),
      ...(typeof address === 'string' && { address }),
      ...(typeof ownerKey === 'string' && { ownerKey }),
    }
  } catch (thrown) {
    if (thrown instanceof SyntaxError || isMissing(thrown)) return null
    throw thrown
  }
}

/** Whether the process that took the lock still runs. */
export const isAlive = (holder: Holder): boolean => {
  if (holder.pid === process.pid) return false
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

export const hasCode = (thrown: unknown, code: string): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === code
export const isMissing = (thrown: unknown): boolean => hasCode(thrown, 'ENOENT') || hasCode(thrown, 'ESRCH')

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
