import { existsSync } from 'node:fs'
import { bringUpHub, checkPorts } from '../bring-up.ts'
import { readKeys } from '../hub-process.ts'
import type { DataFolder } from '../paths.ts'
import { addressOf } from '../ports.ts'
import { Problem } from '../problem.ts'
import { answers } from '../waiting.ts'
import { askHub, type Door } from './rest.ts'

/** The port of `./hub up`. */
export const usualPort = 8787

/** A hub to speak to; `isOurs` when this command has started it and ends it with itself. */
export type Found = { door: Door; isOurs: boolean }

/**
 * The hub that runs on this port, or else one that is started there for this command.
 * @throws Problem when the one that runs does not know the key of the data folder
 */
export async function findHub(data: DataFolder, port: number, mode: 'test' | 'live', stop: AbortSignal): Promise<Found> {
  const address = addressOf(port)
  if (await answers(`${address}/health`)) {
    if (!existsSync(data.keys)) throw elsewhere(address, `There is no ${data.keys}`)
    const door = { address, key: readKeys(data)[mode] }
    await askHub(door, `Using the ${mode} key of ${data.keys}`, '/v1/me', {}, stop)
    return { door, isOurs: false }
  }
  await checkPorts(port, undefined)
  const hub = await bringUpHub(data, port, undefined, stop)
  return { door: { address: hub.address, key: hub.keys[mode] }, isOurs: true }
}

function elsewhere(address: string, what: string): Problem {
  return new Problem(`${what}, so the hub at ${address} keeps its data in another folder. Name that folder with --data, or another port with --port.`)
}
