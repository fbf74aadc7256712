import { HubError } from '../contracts/errors.ts'
import type { Agents } from '../egress/agents.ts'
import type { Proxy } from '../egress/proxy.ts'
import { ProxyFailure } from '../egress/tunnel.ts'
import { createLru } from './lru.ts'

/** One way to reach websites. */
export interface Route {
  /** The proxy's host:port. */
  readonly name: string
  readonly agents: Agents
}

export interface ProxyPool {
  /**
   * Does something with a site through its proxy; through another one where that proxy turns out not to work.
   * @throws HubError unavailable where no proxy works: nothing is read directly then; what `work` throws
   */
  readonly through: <Out>(site: string, work: (route: Route) => Promise<Out>) => Promise<Out>
  readonly close: () => void
}

export interface ProxyPoolOptions {
  readonly proxies: readonly Proxy[]
  readonly connect: (proxy: Proxy) => Agents
  /** Milliseconds. */
  readonly now: () => number
  /** Of a connection that was opened for a proxy. */
  readonly close: (agents: Agents) => void
}

/** How long a site stays with one proxy: a visit of one person, not a page each from everywhere. Milliseconds. */
const stayMs = 600_000
/** Sites whose proxy is remembered. */
const sitesKept = 10_000
/** A proxy that failed is left alone so long, then twice as long, and so on. Milliseconds. */
const firstPauseMs = 5_000
const longestPauseMs = 600_000
/** So many sites in a row that it could not connect to, and none that it could: then it is the proxy. */
const sitesLost = 5

interface Member extends Route {
  readonly proxy: Proxy
  failures: number
  /** Until then nobody is sent to it. */
  pausedUntil: number
  readonly lost: Set<string>
  /** Why it failed last. */
  why: string
  /** Its place in the turn of those that sites are given to. */
  lastGiven: number
}

const noneWorks = (members: readonly Member[], now: number): HubError => {
  const first = Math.min(...members.map(({ pausedUntil }) => pausedUntil))
  const reasons = members.map(({ why }) => why).slice(0, 3)
  return new HubError(
    'unavailable',
    `None of the proxies in SCRAPE_PROXIES works just now, and without one nothing is read. ${reasons.join(' ')}`,
    {
      advice: 'Check the proxies, or take SCRAPE_PROXIES away to read websites directly.',
      retryAfter: Math.max(1, Math.ceil((first - now) / 1_000)),
    },
  )
}

/** Sites are given to the proxies in turn, and stay with theirs for a while. */
export const createProxyPool = ({ proxies, connect, now, close }: ProxyPoolOptions): ProxyPool => {
  const members = proxies.map((proxy): Member => ({
    proxy,
    name: proxy.name,
    agents: connect(proxy),
    failures: 0,
    pausedUntil: 0,
    lost: new Set(),
    why: '',
    lastGiven: 0,
  }))
  const stays = createLru<{ readonly member: Member; readonly until: number }>(sitesKept)
  let given = 0

  const memberFor = (site: string, tried: ReadonlySet<Member>): Member | undefined => {
    const working = members.filter((member) => member.pausedUntil <= now() && !tried.has(member))
    const stay = stays.get(site)
    if (stay && stay.until > now() && working.includes(stay.member)) return stay.member
    const others = working.filter((member) => member !== stay?.member)
    const [next] = (others.length > 0 ? others : working).toSorted((a, b) => a.lastGiven - b.lastGiven)
    if (!next) return undefined
    next.lastGiven = ++given
    stays.set(site, { member: next, until: now() + stayMs })
    return next
  }

  const pause = (member: Member): void => {
    const ms = Math.min(longestPauseMs, firstPauseMs * 2 ** member.failures)
    member.failures++
    member.lost.clear()
    member.pausedUntil = now() + ms
  }

  /** Whether another proxy may be tried: this one has not even begun. */
  const noteFailure = (member: Member, site: string, thrown: unknown): boolean => {
    if (!(thrown instanceof ProxyFailure)) return false
    member.why = thrown.message
    if (thrown.blame === 'proxy') {
      pause(member)
      return true
    }
    member.lost.add(site)
    if (member.lost.size >= sitesLost) pause(member)
    return false
  }

  return {
    through: async (site, work) => {
      const tried = new Set<Member>()
      for (;;) {
        const member = memberFor(site, tried)
        if (!member) throw noneWorks(members, now())
        tried.add(member)
        // After its pause one page tries it, and the others wait for what becomes of that.
        if (member.failures > 0) member.pausedUntil = now() + firstPauseMs
        try {
          const out = await work(member)
          Object.assign(member, { failures: 0, pausedUntil: 0 })
          member.lost.clear()
          return out
        } catch (thrown) {
          if (!noteFailure(member, site, thrown)) throw thrown
        }
      }
    },
    close: () => members.forEach(({ agents }) => close(agents)),
  }
}
