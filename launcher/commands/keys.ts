import {
  keyOptions,
  keyTable,
  madeKeyText,
  readKeyOrder,
  revokedText,
  rotatedText,
  type KeyOrder,
} from '../../hub-server/src/access/command-words.ts'
import type { ApiKey } from '../../hub-server/src/contracts/access.ts'
import { ownerDoor, readWords, workspaceHeader } from '../access/owner-door.ts'
import { readArguments } from '../arguments.ts'
import { runHubCommand } from '../hub-command.ts'
import { askHub, type Door } from '../lists/rest.ts'
import { dataFolder, makePrivate } from '../paths.ts'
import { runningHub } from '../running-hub.ts'
import { say } from '../screen.ts'

const options = { ...keyOptions, data: { type: 'string' } } as const
/** As many as any order has; what is too many is told in the order's own words. */
const mostWords = 100

type Made = { key: ApiKey; secret: string }

/** `./hub keys`, `./hub keys new|rotate|revoke …`: asks the hub that runs, or else opens its database. */
export async function keys(args: string[], stop: AbortSignal): Promise<number> {
  const { values, positionals } = readArguments(args, options, mostWords)
  const { data: folder, ...words } = values
  const order = readWords(() => readKeyOrder(positionals, words))
  const data = dataFolder(folder)
  makePrivate(data)
  const hub = await runningHub(data, stop)
  if (hub === undefined) return runHubCommand(['keys', ...positionals, ...optionWords(words)], data, {}, stop)
  say(await obey(ownerDoor(hub), order, workspaceHeader(words.workspace), stop))
  return 0
}

function optionWords(words: Record<string, string | boolean | undefined>): string[] {
  return Object.entries(words).flatMap(([name, value]) => {
    if (value === undefined || value === false) return []
    return value === true ? [`--${name}`] : [`--${name}=${value}`]
  })
}

async function obey(door: Door, order: KeyOrder, headers: Record<string, string>, stop: AbortSignal): Promise<string> {
  const post = <T>(what: string, path: string, body: unknown): Promise<T> =>
    askHub<T>(door, what, path, { method: 'POST', headers, body }, stop)
  if (order.what === 'list') {
    const listed = await askHub<{ keys: ApiKey[] }>(door, 'Listing the keys', '/v1/keys', { headers }, stop)
    return keyTable(listed.keys)
  }
  if (order.what === 'new') {
    const { key, secret } = await post<Made>('Making the key', '/v1/keys', order.key)
    return madeKeyText(key, secret)
  }
  const path = `/v1/keys/${encodeURIComponent(order.id)}/${order.what}`
  if (order.what === 'revoke') return revokedText(await post<ApiKey>('Revoking the key', path, {}))
  const { overlapHours, id } = order
  const { key, secret } = await post<Made>('Rotating the key', path, { overlapHours })
  return `${madeKeyText(key, secret)}\n${rotatedText(id, overlapHours)}`
}
