import http, { type IncomingMessage } from 'node:http'
import { isIPv6, type Socket } from 'node:net'
import { HubError } from '../contracts/errors.ts'

/** A log-in at a proxy. */
export interface ProxyLogin {
  readonly user: string
  readonly password: string
}

export interface TunnelOptions {
  readonly login?: ProxyLogin
  /** Milliseconds until the other side must have answered. */
  readonly timeoutMs: number
}

/**
 * A proxy did not do its part. `blame`: whether it is the proxy itself (it is not there, refuses the log-in, speaks
 * another protocol) or what it was asked for (it could not, or would not, connect to the site).
 */
export class ProxyFailure extends HubError {
  readonly blame: 'proxy' | 'site'

  constructor(blame: 'proxy' | 'site', message: string, advice?: string) {
    super('unavailable', message, { ...(advice !== undefined && { advice }) })
    this.blame = blame
  }
}

const loginRefused = (): ProxyFailure =>
  new ProxyFailure('proxy', 'It refuses the log-in.', 'Check the user name and the password in SCRAPE_PROXIES.')

/** What the proxy's answer to CONNECT says (RFC 9110, 9.3.6); any 2xx is a yes. */
const refusalOf = ({ statusCode = 0 }: IncomingMessage): ProxyFailure | undefined => {
  if (statusCode >= 200 && statusCode < 300) return undefined
  if (statusCode === 407 || statusCode === 401) return loginRefused()
  return new ProxyFailure('site', `It answered ${statusCode} when it was asked to connect.`)
}

/**
 * Asks an HTTP proxy (CONNECT) for a connection to somewhere, over one to the proxy that stands already.
 * @throws ProxyFailure
 */
export const tunnelByConnect = async (
  over: Socket,
  to: { readonly host: string; readonly port: number },
  { login, timeoutMs }: TunnelOptions,
): Promise<Socket> => {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const authority = `${isIPv6(to.host) ? `[${to.host}]` : to.host}:${to.port}`
  const basic = login && Buffer.from(`${login.user}:${login.password}`).toString('base64')
  const asked = http.request({
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...(basic !== undefined && { 'proxy-authorization': `Basic ${basic}` }) },
    createConnection: () => over,
    timeout: timeoutMs,
  })
  asked.once('connect', (answer: IncomingMessage, socket: Socket, head: Buffer) => {
    const refused = refusalOf(answer)
    if (refused) return reject(refused)
    if (head.length > 0) socket.unshift(head)
    resolve(socket)
  })
  asked.once('timeout', () => asked.destroy(new ProxyFailure('site', 'It did not connect in time.')))
  asked.once('error', (thrown) =>
    reject(thrown instanceof ProxyFailure ? thrown : new ProxyFailure('proxy', 'It does not answer as a proxy does.')),
  )
  asked.end()
  try {
    const socket = await promise
    socket.setTimeout(0)
    return socket
  } catch (thrown) {
    over.destroy()
    throw thrown
  }
}

/** What socks says when the proxy was there and did not connect (RFC 1928, 6). */
const refusedSite = /rejected connection|timed out/i

/**
 * Asks a SOCKS5 proxy (RFC 1928, 1929) for a connection to somewhere, over one to the proxy that stands already.
 * @throws ProxyFailure
 */
export const tunnelBySocks = async (
  over: Socket,
  to: { readonly host: string; readonly port: number },
  { login, timeoutMs }: TunnelOptions,
): Promise<Socket> => {
  const { SocksClient } = await import('socks')
  try {
    const { socket } = await SocksClient.createConnection({
      command: 'connect',
      destination: { host: to.host, port: to.port },
      // The connection stands: the host is not looked at.
      proxy: { host: '127.0.0.1', port: 1080, type: 5, ...(login && { userId: login.user, password: login.password }) },
      existing_socket: over,
      timeout: timeoutMs,
    })
    return socket
  } catch (thrown) {
    over.destroy()
    // Its errors carry the proxy's password: only what they say goes on.
    const said = thrown instanceof Error ? thrown.message : ''
    if (/authentication/i.test(said)) throw loginRefused()
    if (refusedSite.test(said)) throw new ProxyFailure('site', 'It could not connect.')
    throw new ProxyFailure('proxy', 'It does not answer as a proxy does.')
  }
}
