import { holderFile, isLocked, readHolder } from '../hub-server/src/db/lock-holder.ts'
import type { DataFolder } from './paths.ts'
import { Problem } from './problem.ts'
import { answers, until } from './waiting.ts'

/** A hub that keeps its data in a folder of ours, and proves so by the lock of that folder. */
export type RunningHub = { address: string; pid: number; ownerKey: string }

/** Seconds that a hub which is just starting, or a backup that is being written, is waited for. */
const patience = 60

/**
 * The hub that runs with this data folder, on whichever port; undefined when none does.
 * @throws Problem when somebody holds the folder and no hub answers
 */
export async function runningHub(data: DataFolder, stop: AbortSignal): Promise<RunningHub | undefined> {
  const look = async (): Promise<{ hub?: RunningHub } | undefined> => {
    if (!isLocked(data.root)) return {}
    const { pid, address, ownerKey } = readHolder(holderFile(data.root)) ?? {}
    if (pid === undefined || address === undefined || ownerKey === undefined) return undefined
    return (await answers(`${address}/health`)) ? { hub: { address, pid, ownerKey } } : undefined
  }
  const holder = readHolder(holderFile(data.root))
  const who = holder === null ? 'the hub' : `process ${holder.pid}`
  const expectation =
    `Stop ${who}, here or in its container, or try again later: it holds the data folder ${data.root}, and no hub ` +
    'answered'
  return (await until(look, { expectation, within: patience, stop })).hub
}

/** @throws Problem that says where the hub of this data folder runs already */
export async function requireNotRunning(data: DataFolder, wanted: string, stop: AbortSignal): Promise<void> {
  const hub = await runningHub(data, stop)
  if (hub === undefined) return
  throw new Problem(
    `The hub already runs with the data folder ${data.root}: ${hub.address} (process ${hub.pid}).\n` +
      `Stop it first (Ctrl-C where it was started), or ${wanted}.`,
  )
}
