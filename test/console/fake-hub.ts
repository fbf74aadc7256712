import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Connection, ConnectionInput, KeyTest } from '../../hub-server/src/contracts/connection.ts'
import type { Connectors } from '../../hub-server/src/contracts/connector.ts'
import type { Problem } from '../../hub-server/src/contracts/errors.ts'
import type { Me } from '../../hub-server/src/contracts/me.ts'
import { goodVendorKey, services, silentVendorKey } from './fake-services.ts'
import { servePage } from './serve-page.ts'

export const liveKey = 'ainow_live_c29tZSBrZXkgZm9yIHRoZSB0ZXN0cw'
export const testKey = 'ainow_test_YW5vdGhlciBrZXkgZm9yIHRlc3Rz'

const modeOf = (key: string | undefined): Connection['mode'] | undefined => {
  if (key === liveKey) return 'live'
  return key === testKey ? 'test' : undefined
}

interface Stored extends Connection {
  /** What a real hub would have sealed. */
  secret: string
  /** Nobody has come back from the vendor's page yet. */
  draft: boolean
}

const problem = (
  status: number,
  kind: Problem['kind'],
  title: string,
  detail: string,
  advice: string,
  errors?: Problem['errors'],
): Problem => ({
  type: `about:blank#${kind}`,
  status,
  kind,
  title,
  detail,
  advice,
  ...(errors && { errors }),
})

const meOf = (mode: Me['mode']): Me => ({
  workspace: { id: 'ws_1', name: 'My workspace' },
  mode,
  key: { id: 'key_1', name: `First ${mode} key` },
  permissions: [],
})

const shown = ({ secret: _secret, draft: _draft, ...connection }: Stored): Connection => connection

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return JSON.parse(Buffer.concat(chunks).toString('utf8') || 'null')
}

const isInput = (body: unknown): body is ConnectionInput =>
  typeof body === 'object' && body !== null && 'connector' in body && 'fields' in body

export type FakeHub = Awaited<ReturnType<typeof startFakeHub>>

/** As much of the hub as the page `/connect` uses, on loopback, without vendors: they are decided by the key's text. */
export const startFakeHub = async (dist: string) => {
  const stored = new Map<string, Stored>()
  const asked: { method: string; path: string; body: unknown }[] = []
  /** Answers that take the place of the next ones, by “METHOD /path”. */
  const planned = new Map<string, Problem>()
  let made = 0
  /** Whether whoever comes to the vendor's page goes away from it without an answer. */
  let personLeaves = false

  const save = (input: ConnectionInput, mode: Connection['mode'], old?: Stored): Stored => {
    const connector = services.find(({ id }) => id === input.connector)
    const fields = connector?.auth.fields ?? []
    const saved: Stored = {
      id: old?.id ?? `con_${++made}`,
      connector: input.connector,
      name: input.name ?? connector?.name ?? input.connector,
      mode,
      consent: connector?.auth.consent !== undefined,
      status: connector?.auth.consent ? 'needs_reconnect' : 'untested',
      fields: Object.fromEntries(
        Object.entries(input.fields).filter(([name]) => fields.some((each) => each.name === name && !each.secret)),
      ),
      secrets: fields.filter(({ name, secret }) => secret && input.fields[name]).map(({ name }) => name),
      createdAt: '2026-11-21T08:00:00.000Z',
      draft: !old && connector?.auth.consent !== undefined,
      secret: input.fields[fields.find(({ secret }) => secret)?.name ?? ''] ?? '',
    }
    stored.set(saved.id, saved)
    return saved
  }

  const tested = (connection: Stored): KeyTest => {
    const { name = '' } = services.find(({ id }) => id === connection.connector) ?? {}
    if (connection.secret === silentVendorKey) {
      connection.statusMessage =
        `${name} could not be reached: ${name} did not answer within 30 seconds. Try ` + 'again later.'
      return { ok: false, message: connection.statusMessage, connection: shown(connection) }
    }
    const ok = connection.secret === goodVendorKey
    const message = ok
      ? `${name} accepted the key. 1,200 credits are left.`
      : `${name} answered 401: the API key is not valid.`
    connection.status = ok ? 'working' : 'refused'
    connection.statusMessage = message
    connection.testedAt = '2026-11-21T08:15:00.000Z'
    return { ok, message, connection: shown(connection) }
  }

  const answer = async (request: IncomingMessage, path: string): Promise<[number, unknown]> => {
    const method = request.method ?? 'GET'
    const key = request.headers.authorization?.replace('Bearer ', '')
    const mode = modeOf(key)
    if (!mode)
      return [
        401,
        problem(
          401,
          'unauthorized',
          'The key was refused',
          'This key is not one of this hub’s.',
          'Use a key from keys.json in the hub’s data folder.',
        ),
      ]
    const body = ['POST', 'PUT'].includes(method) ? await bodyOf(request) : undefined
    asked.push({ method, path, body })
    const plan = planned.get(`${method} ${path}`)
    if (plan) {
      planned.delete(`${method} ${path}`)
      return [plan.status, plan]
    }
    const [, room, id, action] = path.split('/')
    const one = stored.get(id ?? '')
    if (room === 'me') return [200, meOf(mode)]
    if (room === 'connectors') return [200, { connectors: [...services], problems: [] } satisfies Connectors]
    if (room === 'connections' && !id && method === 'GET')
      return [200, { connections: [...stored.values()].filter(({ draft }) => !draft).map(shown) }]
    if (room === 'connections' && !id && method === 'POST' && isInput(body)) return [201, shown(save(body, mode))]
    if (one && method === 'PUT' && isInput(body)) return [200, shown(save(body, mode, one))]
    if (one && method === 'POST' && action === 'authorize') return [200, { url: `/vendor/${one.id}` }]
    if (one && method === 'POST' && action === 'test') return [200, tested(one)]
    if (one && method === 'DELETE') return (stored.delete(one.id), [204, undefined])
    return [404, problem(404, 'not_found', 'Not found', `There is no ${path}.`, 'Check the id or the address.')]
  }

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '/', 'http://hub')
    response.setHeader('content-security-policy', "default-src 'self'")
    if (pathname.startsWith('/vendor/') && personLeaves)
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Do you let AI-Now Hub in?</h1>')
    const letIn = stored.get(/^\/vendor\/(.+)$/.exec(pathname)?.[1] ?? '')
    if (letIn) {
      Object.assign(letIn, {
        draft: false,
        status: 'working',
        statusMessage: 'It accepts this account.',
        testedAt: '2026-11-21T08:15:00.000Z',
      })
      return void response.writeHead(303, { location: `/connect?connector=${letIn.connector}` }).end()
    }
    if (!pathname.startsWith('/v1/') || pathname.endsWith('/icon')) return servePage(dist, pathname, response)
    const [status, body] = await answer(request, pathname.slice('/v1'.length))
    response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' })
    response.end(body === undefined ? undefined : JSON.stringify(body))
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((thrown: unknown) => response.writeHead(500).end(String(thrown)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('The fake hub has no port')

  return {
    origin: `http://127.0.0.1:${address.port}`,
    /** Every request that carried a good key. */
    asked,
    /** The next such request is answered with this problem instead. */
    failOnce: (what: string, ...parts: Parameters<typeof problem>) => planned.set(what, problem(...parts)),
    put: (connector: string, parts: Partial<Stored>) => {
      const saved = save({ connector, fields: {} }, 'live')
      Object.assign(saved, { draft: false }, parts)
    },
    leaveVendor: () => void (personLeaves = true),
    clear: () => {
      personLeaves = false
      stored.clear()
      planned.clear()
      asked.length = 0
      made = 0
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
