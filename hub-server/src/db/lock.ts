import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { HubError } from '../contracts/errors.ts'
import {
  holderFile,
  isBusy,
  isOfEarlierVersion,
  lockFile,
  lockName,
  readHolder,
  startOf,
  type Holder,
} from './lock-holder.ts'

/** A data folder that belongs to this process until it is given back. */
export interface FolderLock {
  /** Notes beside the lock where this hub answers, for those who may read the folder. */
  readonly announce: (where: { address: string; ownerKey: string }) => void
  readonly release: () => void
}

/** A launcher that looks at the lock holds it for a moment. */
const patienceMs = 1_000

/** What nobody refers to is collected, and its lock with it. */
const held = new Set<DatabaseSync>()

/**
 * Takes a data folder for this process alone: two processes on one PGlite folder lose rows without an error.
 * @throws HubError conflict when another hub is using it, or its disk gives no locks
 */
export const lockFolder = (folder: string): FolderLock => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = takeLock(folder)
  const file = holderFile(folder)
  const before = readHolder(file)
  if (before && isOfEarlierVersion(before)) {
    lock.close()
    throw inUse(folder, before)
  }
  held.add(lock)
  const me: Holder = { pid: process.pid, started: startOf(process.pid), lock: lockName }
  const write = (holder: Holder): void => {
    const fresh = `${file}.new`
    writeFileSync(fresh, JSON.stringify(holder), { mode: 0o600 })
    renameSync(fresh, file)
  }
  write(me)
  return {
    announce: (where) => write({ ...me, ...where }),
    release: () => {
      if (!held.delete(lock)) return
      rmSync(file, { force: true })
      // The file stays: somebody may have it open already, and would lock what is no longer there.
      lock.close()
    },
  }
}

const takeLock = (folder: string): DatabaseSync => {
  const file = lockFile(folder)
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { timeout: patienceMs })
    // Nothing is ever written, so there is no journal that a killed hub could leave.
    database.exec('pragma locking_mode = exclusive; pragma journal_mode = memory; begin exclusive')
    chmodSync(file, 0o600)
    return database
  } catch (thrown) {
    if (database?.isOpen) database.close()
    if (isBusy(thrown)) throw inUse(folder, readHolder(holderFile(folder)))
    throw new HubError('conflict', `The data folder ${folder} cannot be locked: ${reasonOf(thrown)}.`, {
      advice:
        'Choose a folder on a disk of this machine that the hub may write to (--data). Two hubs on one folder would ' +
        'lose what they are given, so none starts without a lock.',
      cause: thrown,
    })
  }
}

const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

const inUse = (folder: string, holder: Holder | null): HubError => {
  const who = holder ? ` (${holder.address ? `${holder.address}, ` : ''}process ${holder.pid})` : ''
  return new HubError('conflict', `The data folder ${folder} is in use by another hub${who}.`, {
    advice: 'Stop that hub first, here or in its container, or choose another folder with --data.',
  })
}
