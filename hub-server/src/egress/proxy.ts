import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { HubError } from '../contracts/errors.ts'
import { openSocketOfOperator } from './socket.ts'
import { ProxyFailure, tunnelByConnect, tunnelBySocks, type ProxyLogin } from './tunnel.ts'

/** A proxy that the operator named. */
export interface Proxy {
  readonly protocol: 'http' | 'socks5'
  readonly host: string
  readonly port: number
  readonly login?: ProxyLogin
  /** host:port, as people are told of it: without its log-in. */
  readonly name: string
}

const usualPorts = { http: 8080, socks5: 1080 } as const

/** By its place, never by its text: that holds a password. */
const notAProxy = (place: number): HubError =>
  new HubError('invalid_input', `Entry ${place} of SCRAPE_PROXIES is not the address of a proxy.`, {
    advice: 'Give http://user:password@host:port or socks5://user:password@host:port; special characters as %40.',
  })

const parsed = (entry: string, place: number): Proxy => {
  if (!/^(http|socks5):\/\//i.test(entry) || !URL.canParse(entry)) throw notAProxy(place)
  const url = new URL(entry)
  const protocol = url.protocol === 'http:' ? 'http' : 'socks5'
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (host === '' || (url.pathname !== '/' && url.pathname !== '') || url.search || url.hash) throw notAProxy(place)
  // URL drops a port that is the protocol's own one.
  const given = /:(\d+)\/?$/.exec(entry)?.[1]
  const port = Number(url.port || given || usualPorts[protocol])
  const login = url.username && { user: decoded(url.username, place), password: decoded(url.password, place) }
  return { protocol, host, port, name: `${host}:${port}`, ...(login && { login }) }
}

const decoded = (text: string, place: number): string => {
  try {
    return decodeURIComponent(text)
  } catch (thrown) {
    if (thrown instanceof URIError) throw notAProxy(place)
    throw thrown
  }
}

/** Where the setting is a file, what is in it. */
const contentOf = (setting: string): string => {
  const text = setting.trim()
  if (!/^(\.{0,2}\/|file:\/\/)/.test(text)) return text
  try {
    return readFileSync(text.startsWith('file:') ? new URL(text) : text, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'it cannot be read'
    throw new HubError('invalid_input', `The file that SCRAPE_PROXIES names cannot be read (${code}).`, {
      advice: 'Name a file that the hub may read, with one proxy on each line.',
    })
  }
}

/**
 * The proxies of a setting: a list with commas or line breaks between, or a file with one on each line (a line that
 * begins with # is a note).
 * @throws HubError invalid_input that tells which entry is wrong, and never what it holds
 */
export const parseProxies = (setting: string): readonly Proxy[] =>
  contentOf(setting)
    .split(/[,\r\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '' && !entry.startsWith('#'))
    .map((entry, at) => parsed(entry, at + 1))

/** Milliseconds: for the connection to the proxy, and for its own to the site. */
const connectMs = 5_000
const answerMs = 8_000

/**
 * A connection to a site through a proxy. The proxy is told an address that was checked here, never a name: what it
 * would look up itself, nobody has checked.
 * @throws ProxyFailure that names the proxy
 */
export const dialThrough = async (proxy: Proxy, address: string, port: number): Promise<Socket> => {
  const { protocol, name, login } = proxy
  const named = (failure: ProxyFailure): ProxyFailure =>
    new ProxyFailure(failure.blame, `The proxy ${name} cannot be used: ${failure.message}`, failure.advice)
  const over = await openSocketOfOperator(proxy, { signal: new AbortController().signal, timeoutMs: connectMs }).catch(
    (): never => {
      throw named(new ProxyFailure('proxy', 'It cannot be reached.'))
    },
  )
  const tunnel = protocol === 'http' ? tunnelByConnect : tunnelBySocks
  return tunnel(over, { host: address, port }, { timeoutMs: answerMs, ...(login && { login }) }).catch(
    (thrown: unknown): never => {
      throw thrown instanceof ProxyFailure ? named(thrown) : thrown
    },
  )
}
