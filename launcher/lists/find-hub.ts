import { existsSync } from 'node:fs'
import { bringUpHub, checkPorts } from '../bring-up.ts'
import { readKeys } from '../hub-process.ts'
import type { DataFolder } from '../paths.ts'
import { addressOf, answersAsHub, portNear } from '../ports.ts'
import { Problem } from '../problem.ts'
import { runningHub } from '../running-hub.ts'
import { say } from '../screen.ts'
import type { Mode } from './contract.ts'
import { askHub, Unreachable, type Door } from './rest.ts'

/** The port of `./hub up`. */
export const usualPort = 8787

/** A hub to speak to; `isOurs` when this command has started it and ends it with itself. */
export type Found = { door: Door; isOurs: boolean }

/**
 * The hub of this data folder: the one that runs, on whichever port, or else one that is started for this command.
 * @param port where the user wants it; undefined when any will do
 * @throws Problem when another hub, or something else, has the port that the user wants
 */
export async function findHub(
  data: DataFolder,
  port: number | undefined,
  mode: Mode,
  stop: AbortSignal,
): Promise<Found> {
  const running =
    (await addressInLock(data, port, stop)) ?? (await addressByKey(data, port ?? usualPort, port !== undefined, stop))
  if (running !== undefined) return { door: await doorOf(data, running, mode, stop), isOurs: false }
  const own = port ?? (await portNear(usualPort))
  await checkPorts(own, undefined)
  const hub = await bringUpHub(data, own, undefined, stop)
  return { door: { address: hub.address, key: readKeys(data)[mode] }, isOurs: true }
}

async function addressInLock(
  data: DataFolder,
  port: number | undefined,
  stop: AbortSignal,
): Promise<string | undefined> {
  const hub = await runningHub(data, stop)
  if (hub !== undefined && port !== undefined && hub.address !== addressOf(port))
    say(`The hub of ${data.root} runs at ${hub.address}, not on port ${port}: that one is used.`)
  return hub?.address
}

/** A hub with its database elsewhere (DATABASE_URL) locks no folder: it is ours if it knows our key. */
async function addressByKey(
  data: DataFolder,
  port: number,
  isWanted: boolean,
  stop: AbortSignal,
): Promise<string | undefined> {
  const address = addressOf(port)
  if (!(await answersAsHub(address))) return undefined
  try {
    await doorOf(data, address, 'test', stop)
    return address
  } catch (error) {
    if (isWanted || !(error instanceof Problem) || error instanceof Unreachable) throw error
    return undefined
  }
}

async function doorOf(data: DataFolder, address: string, mode: Mode, stop: AbortSignal): Promise<Door> {
  if (!existsSync(data.keys)) throw elsewhere(address, `There is no ${data.keys}`)
  const door = { address, key: readKeys(data)[mode] }
  await askHub(door, `Using the ${mode} key of ${data.keys}`, '/v1/me', {}, stop)
  return door
}

function elsewhere(address: string, what: string): Problem {
  return new Problem(
    `${what}, so the hub at ${address} keeps its data in another folder. Name that folder with --data, or another ` +
      'port with --port.',
  )
}
