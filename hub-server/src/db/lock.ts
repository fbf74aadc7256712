import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HubError } from '../contracts/errors.ts'

/**
 * Takes a data folder for this process alone: two processes on one PGlite folder lose rows without an error.
 * The lock of a process that is gone (killed, machine restarted) is taken over.
 * @returns what gives the folder back
 * @throws HubError conflict when another hub is using it
 */
export const lockFolder = (folder: string): (() => void) => {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'hub.lock')
  const mine = `${file}.${process.pid}`
  writeFileSync(mine, JSON.stringify({ pid: process.pid, started: startOf(process.pid) }), { mode: 0o600 })
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      if (linked(mine, file)) return () => rmSync(file, { force: true })
      const holder = readHolder(file)
      if (holder && isAlive(holder)) throw inUse(folder, holder)
      takeAway(file, folder)
    }
  } finally {
    rmSync(mine, { force: true })
  }
  throw new HubError('conflict', `The data folder ${folder} could not be locked.`, { advice: 'Try again in a moment.' })
}

/** A link is made whole or not at all: nobody ever sees a lock without its holder. */
const linked = (from: string, to: string): boolean => {
  try {
    linkSync(from, to)
    return true
  } catch (thrown) {
    if (isExists(thrown)) return false
    throw thrown
  }
}

/** Removes a dead hub's lock. Another starting hub may have done so first: then what was taken is its lock, and goes back. */
const takeAway = (file: string, folder: string): void => {
  const taken = `${file}.taken.${process.pid}`
  try {
    renameSync(file, taken)
  } catch (thrown) {
    if (isMissing(thrown)) return
    throw thrown
  }
  const holder = readHolder(taken)
  const alive = holder && isAlive(holder)
  if (alive) linked(taken, file)
  rmSync(taken, { force: true })
  if (alive) throw inUse(folder, holder)
}

const inUse = (folder: string, holder: Holder) =>
  new HubError('conflict', `The data folder ${folder} is in use by another hub (process ${holder.pid}).`, {
    advice: 'Stop that hub first, or choose another folder with --data.',
  })

interface Holder {
  pid: number
  /** When that process began, so that a process number given anew is not taken for the hub. */
  started: string
}

const readHolder = (file: string): Holder | null => {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return parsed && typeof parsed === 'object' && 'pid' in parsed && 'started' in parsed && typeof parsed.pid === 'number'
      ? { pid: parsed.pid, started: String(parsed.started) }
      : null
  } catch (thrown) {
    // Gone in between, or cut off while it was written by a process that died.
    if (thrown instanceof SyntaxError || isMissing(thrown)) return null
    throw thrown
  }
}

const isAlive = (holder: Holder): boolean => {
  if (holder.pid === process.pid) return false
  try {
    process.kill(holder.pid, 0)
  } catch (thrown) {
    return hasCode(thrown, 'EPERM')
  }
  return startOf(holder.pid) === holder.started
}

/** Field 22 of /proc/<pid>/stat, clock ticks since boot (man 5 proc); empty where there is no /proc. */
const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch (thrown) {
    if (isMissing(thrown)) return ''
    throw thrown
  }
}

const hasCode = (thrown: unknown, code: string): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === code
const isExists = (thrown: unknown): boolean => hasCode(thrown, 'EEXIST')
const isMissing = (thrown: unknown): boolean => hasCode(thrown, 'ENOENT') || hasCode(thrown, 'ESRCH')
