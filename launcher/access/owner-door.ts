import { askHub, type Door } from '../lists/rest.ts'
import { misuse } from '../problem.ts'
import type { RunningHub } from '../running-hub.ts'
import { personFor, WrongWords } from '../../hub-server/src/access/command-words.ts'
import type { Member } from '../../hub-server/src/contracts/access.ts'

/** How who may read the data folder speaks to the hub that runs with it. */
export function ownerDoor({ address, ownerKey }: Pick<RunningHub, 'address' | 'ownerKey'>): Door {
  return { address, key: ownerKey }
}

/** The workspace that is meant; without a word the first. */
export function workspaceHeader(workspace: string | undefined): Record<string, string> {
  return workspace === undefined ? {} : { 'hub-workspace': workspace }
}

/** @throws Problem (exit code 2) for words that cannot be meant */
export function readWords<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof WrongWords ? misuse(error.message) : error
  }
}

/** A link that signs somebody in once: who has the address, or else the owner. */
export async function makeSignInLink(
  door: Door,
  whose: { email?: string; workspace?: string },
  stop: AbortSignal,
): Promise<{ link: string; name: string }> {
  const headers = workspaceHeader(whose.workspace)
  const { people } = await askHub<{ people: Member[] }>(door, 'Reading who is here', '/v1/people', { headers }, stop)
  const { id, name } = readWords(() => personFor(people, whose.email))
  const path = `/v1/people/${encodeURIComponent(id)}/link`
  const { link } = await askHub<{ link: string }>(
    door,
    'Making the link',
    path,
    { method: 'POST', headers, body: {} },
    stop,
  )
  return { link, name }
}
