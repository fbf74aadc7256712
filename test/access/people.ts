import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hub } from '../hub/hub-process.ts'

/** Who can read the data folder: what the launcher sends. */
export const machineKey = (hub: Hub): string => {
  const lock: { ownerKey: string } = JSON.parse(readFileSync(join(hub.data, 'hub.lock'), 'utf8'))
  return lock.ownerKey
}

export const asMachine = async <Body>(hub: Hub, method: string, path: string, body?: unknown): Promise<Body> => {
  const answer = await hub.call<Body>(method, path, { key: machineKey(hub), body })
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
  return answer.body
}

/** A browser in which somebody has signed in. */
export interface Browser {
  readonly person: string
  readonly cookie: string
  readonly csrf: string
  readonly headers: Readonly<Record<string, string>>
}

export const cookieIn = (response: Response): string => (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''

export const post = (hub: Hub, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${hub.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

/** Opens a link that signs in once. */
export const openLink = async (hub: Hub, link: string): Promise<Browser> => {
  const response = await post(hub, '/v1/session/link', { link: link.split('#')[1] })
  const body = (await response.json()) as { csrf: string; person: { id: string }; detail?: string }
  if (response.status !== 200) throw new Error(`the link does not sign in: ${body.detail}`)
  const cookie = cookieIn(response)
  return { person: body.person.id, cookie, csrf: body.csrf, headers: { cookie, 'hub-csrf': body.csrf } }
}

/** Invites somebody and signs in as that one. */
export const enter = async (hub: Hub, email: string, role: string): Promise<Browser> =>
  openLink(hub, (await asMachine<{ link: string }>(hub, 'POST', '/v1/people', { email, role })).link)
