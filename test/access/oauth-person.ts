import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hub } from '../hub/hub-process.ts'

/** A person's browser at the hub: keeps cookies by their path and follows nothing by itself. */
export interface Browser {
  readonly get: (url: string) => Promise<Response>
  readonly post: (url: string, form: Record<string, string>, headers?: Record<string, string>) => Promise<Response>
  readonly json: <Body>(method: string, path: string, body?: unknown) => Promise<{ status: number; body: Body }>
}

interface Cookie {
  readonly value: string
  readonly path: string
}

export interface SessionAnswer {
  readonly csrf: string
  readonly person: { readonly id: string }
  readonly workspaces: readonly { readonly id: string; readonly role: string }[]
}

const createBrowser = (hub: Hub): Browser => {
  const cookies = new Map<string, Cookie>()
  const ask = async (url: string, init: RequestInit): Promise<Response> => {
    const { pathname } = new URL(url)
    const sent = [...cookies].filter(([, { path }]) => pathname.startsWith(path))
    const headers = new Headers(init.headers)
    headers.set('cookie', sent.map(([name, { value }]) => `${name}=${value}`).join('; '))
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const text of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
      cookies.set(name, { value, path: /path=([^;]+)/i.exec(text)?.[1] ?? '/' })
    }
    return answer
  }
  let csrf = ''
  return {
    get: (url) => ask(url, {}),
    post: (url, form, headers = { origin: new URL(hub.url).origin }) =>
      ask(url, { method: 'POST', body: new URLSearchParams(form), headers }),
    json: async <Body>(method: string, path: string, body?: unknown) => {
      const answer = await ask(`${hub.url}${path}`, {
        method,
        headers: { 'hub-csrf': csrf, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      const parsed = text === '' ? undefined : JSON.parse(text)
      if (typeof parsed?.csrf === 'string') csrf = parsed.csrf
      return { status: answer.status, body: parsed as Body }
    },
  }
}

/** What whoever may read the data folder may do. */
export const ownerKeyOf = ({ data }: Hub): string => {
  const lock: { ownerKey: string } = JSON.parse(readFileSync(join(data, 'hub.lock'), 'utf8'))
  return lock.ownerKey
}

interface Members {
  readonly people: readonly { readonly id: string; readonly role: string }[]
}

export const ownerOf = async (hub: Hub): Promise<string> => {
  const { body } = await hub.call<Members>('GET', '/v1/people', { key: ownerKeyOf(hub) })
  const owner = body.people.find(({ role }) => role === 'owner')
  if (!owner) throw new Error('nobody owns the hub')
  return owner.id
}

/** Signs somebody in by a link that is good once. */
export const signIn = async (hub: Hub, person: string): Promise<Browser & { session: SessionAnswer }> => {
  const { body } = await hub.call<{ link: string }>('POST', `/v1/people/${person}/link`, { key: ownerKeyOf(hub) })
  const browser = createBrowser(hub)
  const { body: session } = await browser.json<SessionAnswer>('POST', '/v1/session/link', {
    link: body.link.split('#')[1],
  })
  return { ...browser, session }
}

export const stranger = createBrowser
