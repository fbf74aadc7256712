import type { IncomingHttpHeaders } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { getDomain } from 'tldts'
import { HubError } from '../contracts/errors.ts'
import type { Mode } from '../contracts/scope.ts'
import type { EgressPolicy } from '../egress/policy.ts'
import type { Proxy } from '../egress/proxy.ts'
import type { ResolveHost } from '../egress/resolve-host.ts'
import { decodeHtml } from './charset.ts'
import { isHtml, mayBeHtml, notHtml } from './contentKind.ts'
import { closeConnections, connectionsThrough, directConnections } from './connections.ts'
import { withDeadline } from './deadline.ts'
import { download, type Downloaded, type DownloadOptions } from './download.ts'
import { defaultLimits, type FetchLimits } from './limits.ts'
import { createLru } from './lru.ts'
import { createPoliteness } from './politeness.ts'
import { createProxyPool, type ProxyPool, type Route } from './proxy-pool.ts'
import { createRobots } from './robots.ts'
import { findTarget, webUrl } from './target.ts'
import { cancelled } from './webErrors.ts'

/** A page as it was answered, whatever its status. */
export interface Page {
  /** After redirects. */
  readonly url: string
  readonly status: number
  readonly contentType: string
  readonly charset: string
  /** Empty where an error's body is no HTML. */
  readonly html: string
  /** The addresses that led here, the given one first; empty without redirects. */
  readonly redirects: string[]
  /** Of the body, after decompression. */
  readonly bytes: number
}

export interface FetchOptions {
  readonly signal: AbortSignal
  /** Whether pages that robots.txt closes are refused and its crawl-delay kept. */
  readonly respectRobots: boolean
  /** An earlier answer is good enough if it is not older. Without it, the page is always read anew. */
  readonly maxAgeMs?: number
}

/** What a block reads the web with. */
export interface PageReader {
  /**
   * Reads one web page.
   * @throws RobotsRefusal; HubError invalid_input, unsupported (no web page), not_found (no such name), forbidden
   * (a private address), wrong_mode, rate_limited (too many wait), timeout, unavailable, bad_response, cancelled
   */
  fetchPage(url: string, options: FetchOptions): Promise<Page>
}

export interface Fetcher extends PageReader {
  /** Ends what is under way and closes the connections. */
  close(): void
}

export interface FetcherOptions {
  readonly mode: Mode
  readonly resolveHost: ResolveHost
  /** e.g. "AI-Now-Hub/0.1 (+https://…)": robots.txt files are read for the name before the slash. */
  readonly userAgent: string
  /** Whom a page, and what it redirects to, may be read from. */
  readonly policy: EgressPolicy
  /** Where there are any, nothing is read without one of them. */
  readonly proxies?: readonly Proxy[]
  readonly limits?: Partial<FetchLimits>
  /** Milliseconds. */
  readonly now?: () => number
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

type Followed = Downloaded & { url: URL; redirects: string[] }
type Body = Pick<DownloadOptions, 'maxBytes' | 'larger' | 'wants'>

const redirecting = new Set([301, 302, 303, 307, 308])

/** Where a redirect leads; undefined where the answer is none. */
const locationOf = (url: URL, { status, headers }: Downloaded): URL | undefined => {
  if (!redirecting.has(status) || !headers.location) return undefined
  const text = Buffer.from(headers.location, 'latin1').toString('utf8')
  if (!URL.canParse(text, url.href))
    throw new HubError('bad_response', `${url.host} redirects to something that is no address.`)
  return new URL(text, url)
}

const isRedirect = (status: number, headers: IncomingHttpHeaders): boolean =>
  redirecting.has(status) && headers.location !== undefined

const directly = (policy: EgressPolicy): ProxyPool => {
  const route: Route = { name: '', agents: directConnections(policy) }
  return { through: (_site, work) => work(route), close: () => closeConnections(route.agents) }
}

const throughProxies = (policy: EgressPolicy, proxies: readonly Proxy[], now: () => number): ProxyPool =>
  createProxyPool({
    proxies,
    now,
    connect: (proxy) => connectionsThrough(policy, proxy),
    close: closeConnections,
  })

/**
 * @returns a reader of web pages that keeps to robots.txt, to one request per site at a time, and to public addresses
 */
export const createFetcher = ({
  mode,
  resolveHost,
  userAgent,
  policy,
  proxies = [],
  now = Date.now,
  ...options
}: FetcherOptions): Fetcher => {
  const limits: FetchLimits = { ...defaultLimits, ...(mode === 'test' && { minIntervalMs: 0 }), ...options.limits }
  const sleep = options.sleep ?? ((ms, signal) => pause(ms, undefined, { signal }))
  const routes = proxies.length > 0 ? throughProxies(policy, proxies, now) : directly(policy)
  const closing = new AbortController()
  const politeness = createPoliteness({ ...limits, now, sleep })
  const cache = createLru<{ page: Page; at: number }>(limits.cacheChars, ({ page }) => page.html.length + 1_000)
  const headers = {
    'user-agent': userAgent,
    accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.5',
    'accept-language': 'en,*;q=0.5',
  }

  /**
   * One exchange in the site's turn, its name looked up and its address checked anew; waiting for the turn takes none
   * of `ms`.
   */
  const exchange = (
    url: URL,
    intervalMs: number,
    ms: number,
    body: Body,
    signal: AbortSignal,
  ): Promise<Downloaded & { tookMs: number }> => {
    const site = getDomain(url.hostname) ?? url.hostname
    const tooLate = () =>
      new HubError('timeout', `${url.host}${url.pathname} took longer than ${limits.totalMs / 1000} s.`)
    let left = ms
    return routes.through(site, async ({ name, agents }) => {
      const leave = await politeness.enter(name === '' ? site : `${site} through ${name}`, intervalMs, signal)
      const began = now()
      try {
        const answer = await withDeadline({ ms: left, signal, tooLate }, async (stop) => {
          const target = await findTarget(url, { mode, policy, resolveHost })
          return download(target, { agents, headers, signal: stop, firstByteMs: limits.firstByteMs, ...body })
        })
        return { ...answer, tookMs: ms - left + now() - began }
      } finally {
        left -= now() - began
        leave()
      }
    })
  }

  const follow = async (
    start: URL,
    body: Body,
    mayRead: (url: URL) => Promise<number>,
    signal: AbortSignal,
  ): Promise<Followed> => {
    const redirects: string[] = []
    let url = start
    let left = limits.totalMs
    for (;;) {
      const intervalMs = Math.max(limits.minIntervalMs, await mayRead(url))
      const answer = await exchange(url, intervalMs, left, body, signal)
      left -= answer.tookMs
      const next = locationOf(url, answer)
      if (!next) return { ...answer, url, redirects }
      redirects.push(url.href)
      next.hash ||= url.hash
      if (redirects.includes(next.href))
        throw new HubError('bad_response', `${start.host} redirects in a circle.`, {
          advice: 'Open the address in a browser and give the one that it ends at.',
        })
      if (redirects.length > limits.maxRedirects)
        throw new HubError('bad_response', `${start.host} redirects more than ${limits.maxRedirects} times.`)
      url = webUrl(next.href)
    }
  }

  const robots = createRobots({
    userAgent,
    limits,
    now,
    read: async (url) => {
      const body: Body = {
        maxBytes: limits.robotsMaxBytes,
        larger: 'cut',
        wants: (status) => status >= 200 && status < 300,
      }
      const { status, body: text } = await follow(url, body, () => Promise.resolve(0), closing.signal)
      return { status, text: text.toString('utf8').replace(/^\uFEFF/, '') }
    },
  })

  const pageBody: Body = {
    maxBytes: limits.maxBytes,
    larger: 'refuse',
    wants: (status, { 'content-type': type, ...rest }) => !isRedirect(status, rest) && mayBeHtml(type),
  }

  const readPage = async (start: URL, respectRobots: boolean, signal: AbortSignal): Promise<Page> => {
    const mayRead = respectRobots ? (url: URL) => robots.check(url, signal) : () => Promise.resolve(0)
    const { status, headers: answered, body, url, redirects } = await follow(start, pageBody, mayRead, signal)
    const type = answered['content-type']
    const html = mayBeHtml(type) && isHtml(type, body)
    if (!html && status >= 200 && status < 300) throw notHtml(url, type)
    const text = html ? decodeHtml(body, type) : { html: '', charset: 'utf-8' }
    return { url: url.href, status, contentType: type ?? '', ...text, redirects, bytes: body.length }
  }

  return {
    async fetchPage(address, { signal, respectRobots, maxAgeMs = 0 }) {
      const start = webUrl(address)
      const key = `${respectRobots ? 'asked' : 'unasked'} ${start.href}`
      const earlier = cache.get(key)
      if (earlier && maxAgeMs > 0 && now() - earlier.at <= maxAgeMs) return earlier.page
      const page = await readPage(start, respectRobots, AbortSignal.any([signal, closing.signal]))
      if (maxAgeMs > 0 && page.status < 400) cache.set(key, { page, at: now() })
      return page
    },
    close() {
      closing.abort(cancelled())
      routes.close()
    },
  }
}
