import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { VendorRequest } from '../../hub-server/src/connectors/index.ts'
import { performRequest } from '../../hub-server/src/connectors/index.ts'
import type { BlockAnswer } from '../../hub-server/src/api/runs.ts'
import type { Connection } from '../../hub-server/src/contracts/connection.ts'
import { HubError } from '../../hub-server/src/contracts/errors.ts'
import { parseAllowances } from '../../hub-server/src/egress/allowance.ts'
import { createEgress } from '../../hub-server/src/egress/egress.ts'
import { createPolicy } from '../../hub-server/src/egress/policy.ts'
import { parseProxies } from '../../hub-server/src/egress/proxy.ts'
import { resolveHostBySystem, type ResolveHost } from '../../hub-server/src/egress/resolve-host.ts'
import { insideAddresses, insideHosts } from '../../hub-server/src/egress/testing/inside.ts'
import { startSocksProxy, type SmallProxy } from '../../hub-server/src/egress/testing/small-proxies.ts'
import { checkedPage } from '../../hub-server/src/gateway/vendor-auth.ts'
import { createFetcher, type Fetcher } from '../../hub-server/src/web/fetcher.ts'
import { startHub, type Hub } from '../hub/hub-process.ts'

interface WaysOut {
  readonly policed: Readonly<Record<string, readonly string[]>>
  readonly connectingPackages: Readonly<Record<string, readonly string[]>>
  readonly quietPackages: readonly string[]
}
// Written for eslint, which reads no types.
const waysOut: WaysOut = await import(new URL('../../hub-server/ways-out.mjs', import.meta.url).href)

/** Listens on every address of this machine, and counts who comes. */
let listener: Server
let port = 0
let reached = 0
/** A public website, as far as anybody can tell, that redirects to wherever its path says. */
let redirecting: Server
let redirectingPort = 0
let proxy: SmallProxy
const fetchers: Fetcher[] = []
let hub: Hub

const listen = async (server: Server, host: string): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return (server.address() as AddressInfo).port
}

beforeAll(async () => {
  listener = createServer((socket) => {
    reached++
    socket.on('error', () => undefined)
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi')
  })
  port = await listen(listener, '::')
  const answer: RequestListener = (request, response) => {
    // As sites send it: bytes of UTF-8 in a header.
    const location = Buffer.from(decodeURIComponent((request.url ?? '').slice(1))).toString('latin1')
    response.writeHead(302, { location }).end()
  }
  redirecting = createHttpServer(answer)
  redirectingPort = await listen(redirecting, '127.0.0.1')
  proxy = await startSocksProxy()
  hub = await startHub()
})
afterAll(async () => {
  for (const fetcher of fetchers) fetcher.close()
  listener.close()
  redirecting.close()
  await proxy.close()
  await hub.stop()
})

const signal = AbortSignal.timeout(200_000)
const options = { signal, respectRobots: false }

const fetcherWith = (
  allow: string,
  { resolveHost = resolveHostBySystem, proxies = '' }: { resolveHost?: ResolveHost; proxies?: string } = {},
): Fetcher => {
  const fetcher = createFetcher({
    mode: 'live',
    resolveHost,
    userAgent: 'AI-Now-Hub/1',
    policy: createPolicy({ allow: parseAllowances(allow), resolveHost }),
    proxies: parseProxies(proxies),
    limits: { minIntervalMs: 0 },
  })
  fetchers.push(fetcher)
  return fetcher
}

const request = (more: Partial<VendorRequest>): VendorRequest => ({
  connector: 'acme',
  operation: 'sendEmail',
  server: 'default',
  bucket: 'default',
  protocol: 'http',
  method: 'POST',
  url: '',
  headers: {},
  body: '{}',
  as: 'json',
  timeoutMs: 5_000,
  ...more,
})

/** How one way out is asked to go to a host, or to a name that the resolver leads somewhere. */
type Way = (host: string, resolveHost: ResolveHost) => Promise<unknown>

const vendor =
  (more: (host: string) => Partial<VendorRequest>): Way =>
  (host, resolveHost) =>
    performRequest(request(more(host)), { signal, egress: createEgress({ allow: [], resolveHost }) })
const message = JSON.stringify({ to: 'ann@acme.com', from: 'me@acme.com', subject: 'Hello', text: 'Hi' })

/** Every way out of the hub for what somebody else names; hub-server/ways-out.mjs says which file it is in. */
const ways: Readonly<Record<string, Way>> = {
  website: (host, resolveHost) => fetcherWith('', { resolveHost }).fetchPage(`http://${host}:${port}/`, options),
  'website after a redirect': (host, resolveHost) => {
    const start: ResolveHost = (name) =>
      name === 'start.com' ? Promise.resolve([{ address: '127.0.0.1', family: 4 }]) : resolveHost(name)
    return fetcherWith(`start.com:${redirectingPort}`, { resolveHost: start }).fetchPage(
      `http://start.com:${redirectingPort}/${encodeURIComponent(`http://${host}:${port}/`)}`,
      options,
    )
  },
  'website through a proxy': (host, resolveHost) =>
    fetcherWith('', { resolveHost, proxies: `socks5://127.0.0.1:${proxy.port}` }).fetchPage(
      `http://${host}:${port}/`,
      options,
    ),
  HTTP: vendor((host) => ({ url: `http://${host}:${port}/` })),
  'address from an answer': vendor((host) => ({ method: 'GET', url: `https://${host}:${port}/page/2` })),
  'token endpoint': vendor((host) => ({ operation: 'auth', url: `https://${host}:${port}/token` })),
  'stand-in of a file': vendor((host) => ({ protocol: 'mmdb', url: `http://${host}:${port}`, body: '8.8.8.8' })),
  SMTP: vendor((host) => ({ protocol: 'smtp', method: 'SEND', url: `smtp://u:p@${host}:${port}`, body: message })),
  'SMTP log-in': vendor((host) => ({ protocol: 'smtp', method: 'VERIFY', url: `smtp://u:p@${host}:${port}` })),
  SMTPS: vendor((host) => ({ protocol: 'smtp', method: 'SEND', url: `smtps://u:p@${host}:${port}`, body: message })),
  file: vendor((host) => ({ protocol: 'mmdb', url: `file://${host}/etc/passwd`, body: '8.8.8.8' })),
  'consent page': (host, resolveHost) =>
    checkedPage(createPolicy({ allow: [], resolveHost }), `https://${host}:${port}/oauth/authorize`),
}

/** What an attempt ended with; a `TypeError` of `new URL` is as good as a refusal: nothing left. */
const outcome = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'an answer',
    (thrown: unknown) => {
      if (thrown instanceof HubError) return thrown.kind
      return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown)
    },
  )

const refusals = new Set(['forbidden', 'invalid_input', 'wrong_mode', 'unsupported', 'bad_response', 'ERR_INVALID_URL'])

it('tries every file that lets something out, and knows of every package whether it does', () => {
  expect(new Set(Object.values(waysOut.policed).flat())).toEqual(new Set(Object.keys(ways)))
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(new URL('../../hub-server/package.json', import.meta.url), 'utf8'),
  )
  const known = [...Object.keys(waysOut.connectingPackages), ...waysOut.quietPackages]
  expect(known.toSorted()).toEqual(Object.keys(dependencies).toSorted())
})

it('has a listener that counts: the same ways reach it where they are allowed to', async () => {
  const before = reached
  const egress = createEgress({ allow: parseAllowances('127.0.0.1,::1') })
  await performRequest(request({ url: `http://127.0.0.1:${port}/` }), { signal, egress })
  await performRequest(request({ url: `http://[::1]:${port}/` }), { signal, egress })
  await outcome(fetcherWith(`127.0.0.1:${port}`).fetchPage(`http://127.0.0.1:${port}/`, options))
  await outcome(
    performRequest(request({ protocol: 'smtp', method: 'VERIFY', url: `smtp://127.0.0.1:${port}` }), {
      signal,
      egress,
    }),
  )
  expect(reached - before).toBe(4)
})

describe.each(Object.keys(ways))('by the way out “%s”', (name) => {
  const way = ways[name] ?? expect.fail('no such way')

  it('no spelling of an inside address is reached', async () => {
    expect(new Set(insideHosts).size).toBeGreaterThanOrEqual(150)
    const [before, asked] = [reached, proxy.asked.length]
    const answers = new Map<string, string>()
    for (const host of insideHosts) answers.set(host, await outcome(way(host, resolveHostBySystem)))
    expect([...answers].filter(([, kind]) => !refusals.has(kind))).toEqual([])
    expect([reached - before, proxy.asked.length - asked]).toEqual([0, 0])
  })

  it('no name that leads inside is followed, beside a public address either', async () => {
    const [before, asked] = [reached, proxy.asked.length]
    const answers = new Map<string, string>()
    for (const address of insideAddresses) {
      const inside = { address, family: address.includes(':') ? (6 as const) : (4 as const) }
      for (const found of [[inside], [{ address: '192.88.98.1', family: 4 as const }, inside]])
        answers.set(`${found.length} ${address}`, await outcome(way('rebind.com', () => Promise.resolve(found))))
    }
    expect([...answers].filter(([, kind]) => !refusals.has(kind))).toEqual([])
    expect([reached - before, proxy.asked.length - asked]).toEqual([0, 0])
  })
})

describe('a whole hub, by a live key', () => {
  const call = <Body>(method: string, path: string, body?: unknown) =>
    hub.call<Body>(method, path, { key: hub.keys.live, ...(body !== undefined && { body }) })
  const tested = async (connector: string, fields: Record<string, string>) => {
    const { body: made } = await call<Connection>('POST', '/v1/connections', { connector, fields })
    const { body } = await call<Connection>('POST', `/v1/connections/${made.id}/test`)
    return { id: made.id, said: JSON.stringify(body) }
  }
  const few = ['127.0.0.1', '[::1]', '0x7f.1', 'localhost', '169.254.169.254', '10.0.0.5', '[::ffff:127.0.0.1]']

  it.each(few)('an account at %s reaches nobody, and hears the same whether anybody listens', async (host) => {
    const before = reached
    for (const at of [port, 9]) {
      const model = await tested('openai', { apiKey: 'sk-x', baseUrl: `http://${host}:${at}/v1` })
      expect(model.said).toMatch(/EGRESS_ALLOW|whatever its settings/)
      const mail = await tested('smtp', { host, port: String(at), user: 'u', password: 'p' })
      // A mail server's host takes no brackets.
      expect(mail.said).toMatch(/EGRESS_ALLOW|whatever its settings|is not the name or the address of a server/)
      for (const { id } of [model, mail]) await call('DELETE', `/v1/connections/${id}`)
    }
    expect(reached).toBe(before)
  })

  it('a database file outside its folder is not opened, and not told of', async () => {
    for (const file of ['/etc/passwd', '/nowhere/x.mmdb', '/dev/zero', `http://127.0.0.1:${port}`]) {
      const { body: made } = await call<Connection>('POST', '/v1/connections', {
        connector: 'maxmind',
        fields: { source: 'file', file },
      })
      const { body } = await call<BlockAnswer>('POST', '/v1/capabilities/locateIp', {
        items: [{ ip: '8.8.8.8' }],
        options: { providers: ['maxmind'] },
      })
      expect(body.results[0]?.error).toMatchObject({ kind: 'forbidden' })
      await call('DELETE', `/v1/connections/${made.id}`)
    }
    expect(memoryMb()).toBeLessThan(600)
  })

  const memoryMb = (): number => {
    const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${hub.pid}/status`, 'utf8')) ?? []
    return Number(kilobytes) / 1024
  }
})
