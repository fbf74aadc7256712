import { HubError } from '../contracts/errors.ts'
import { fence, FenceError, task } from '../fence/index.ts'
import { withDeadline } from './deadline.ts'
import type { FetchLimits } from './limits.ts'
import { createLru } from './lru.ts'
import type { RobotsSay } from './robots-say.ts'
import { RobotsRefusal } from './webErrors.ts'

const robotsSay = task<typeof import('./robots-say.ts').robotsSay>({
  from: import.meta.url,
  file: './robots-say',
  name: 'robotsSay',
  cpuMs: 1_000,
})

/** The file as the site answered for it, redirects followed. */
export interface RobotsFile {
  readonly status: number
  readonly text: string
}

export interface RobotsRules {
  /**
   * Milliseconds that the site wants between two requests (0 where it says nothing).
   * @throws RobotsRefusal where the page must not be read; the HubError that kept the hub from knowing, while the
   * file cannot be read (RFC 9309, 2.3.1.4: then everything counts as disallowed)
   */
  check(url: URL, signal: AbortSignal): Promise<number>
}

export interface RobotsOptions {
  readonly userAgent: string
  readonly limits: FetchLimits
  readonly now: () => number
  readonly read: (url: URL) => Promise<RobotsFile>
}

/** The text of a site's rules, empty where it has none; or why nobody could tell. */
type Rules = string | HubError

interface Known {
  readonly answer: Promise<Rules>
  readonly until: number
  /** Characters that are kept; those of a file under way are not known yet. */
  readonly size: number
}

/**
 * The name that robots.txt files call us by: "AI-Now-Hub" of "Mozilla/5.0 (compatible; AI-Now-Hub/0.1; +https://…)".
 */
const productOf = (userAgent: string): string =>
  (/compatible;\s*([^/;)\s]+)/i.exec(userAgent)?.[1] ?? userAgent.split('/')[0] ?? userAgent).trim()

const leftAlone = (host: string, why: string, cause?: unknown): HubError =>
  new HubError(
    'unavailable',
    `${host} could not say what robots may read (robots.txt: ${why}), so it is left alone for now.`,
    { cause },
  )

/**
 * RFC 9309: 2xx holds rules; 4xx means that there are no rules; a server's fault or no answer means that all is
 * disallowed until it can be read. 429 is a 4xx by number and a request to stay away by meaning.
 */
const rulesOf = (file: RobotsFile, url: URL): Rules => {
  if (file.status === 429 || file.status >= 500) return leftAlone(url.host, `HTTP ${file.status}`)
  return file.status >= 200 && file.status < 300 ? file.text : ''
}

/** What the rules say of one address. Behind the fence: long rules over a long address take seconds. */
const sayOf = async (text: string, url: URL, product: string): Promise<RobotsSay> => {
  if (text.trim() === '') return { isAllowed: true, crawlDelay: 0 }
  try {
    return await fence.run(robotsSay, { text, url: url.href, product })
  } catch (thrown) {
    if (!(thrown instanceof FenceError)) throw thrown
    throw leftAlone(url.host, `reading it ${thrown.message}`, thrown)
  }
}

export const createRobots = ({ userAgent, limits, now, read }: RobotsOptions): RobotsRules => {
  const known = createLru<Known>(limits.robotsChars, ({ size }) => size + 1_000)
  const product = productOf(userAgent)

  const ask = async (url: URL): Promise<Rules> => {
    try {
      return rulesOf(await read(url), url)
    } catch (thrown) {
      if (!(thrown instanceof HubError)) throw thrown
      // Redirected too often: the RFC lets it count as absent.
      return thrown.kind === 'bad_response' ? '' : thrown
    }
  }

  const rulesFor = (origin: string): Promise<Rules> => {
    const cached = known.get(origin)
    if (cached && cached.until > now()) return cached.answer
    const answer = ask(new URL('/robots.txt', origin))
    const until = now() + limits.robotsMaxAgeMs
    known.set(origin, { answer, until, size: 0 })
    answer.then(
      (rules) => {
        // A queue that was full says nothing about the site.
        if (rules instanceof HubError && rules.kind === 'rate_limited') known.delete(origin)
        else if (rules instanceof HubError) known.set(origin, { answer, until: now() + limits.robotsRetryMs, size: 0 })
        else known.set(origin, { answer, until, size: rules.length })
      },
      () => known.delete(origin),
    )
    return answer
  }

  return {
    async check(url, signal) {
      // Asked for all who wait, so one caller's cancellation must not end it: each leaves alone.
      const rules = await withDeadline(
        { ms: limits.maxWaitMs, signal, tooLate: () => leftAlone(url.host, 'no answer') },
        () => rulesFor(url.origin),
      )
      if (rules instanceof HubError) throw rules
      const { isAllowed, crawlDelay } = await sayOf(rules, url, product)
      if (!isAllowed) throw new RobotsRefusal(url)
      return Math.min(Math.max(0, crawlDelay * 1000), limits.maxCrawlDelayMs)
    },
  }
}
