import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { HubError } from '../contracts/errors.ts'
import { hasCode, isAlive, isMissing, lockFile, readHolder, startOf, type Holder } from './lock-holder.ts'

/** A data folder that belongs to this process until it is given back. */
export interface FolderLock {
  /** Writes into the lock where this hub answers, for those who may read the folder. */
  readonly announce: (where: { address: string; ownerKey: string }) => void
  readonly release: () => void
}

/**
 * Takes a data folder for this process alone: two processes on one PGlite folder lose rows without an error.
 * The lock of a process that is gone (killed, machine restarted) is taken over.
 * @throws HubError conflict when another hub is using it
 */
export const lockFolder = (folder: string): FolderLock => {
  mkdirSync(folder, { recursive: true })
  const file = lockFile(folder)
  const mine = `${file}.${process.pid}`
  const me: Holder = { pid: process.pid, started: startOf(process.pid) }
  const write = (holder: Holder): void => writeFileSync(mine, JSON.stringify(holder), { mode: 0o600 })
  write(me)
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      if (linked(mine, file))
        return {
          announce: (where) => (write({ ...me, ...where }), renameSync(mine, file)),
          release: () => rmSync(file, { force: true }),
        }
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
    if (hasCode(thrown, 'EEXIST')) return false
    throw thrown
  }
}

/**
 * Removes a dead hub's lock. Another starting hub may have done so first: then what was taken is its lock, and goes
 * back.
 */
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

const inUse = (folder: string, { pid, address }: Holder) =>
  new HubError(
    'conflict',
    `The data folder ${folder} is in use by another hub (${address ? `${address}, ` : ''}process ${pid}).`,
    {
      advice: 'Stop that hub first, or choose another folder with --data.',
    },
  )
