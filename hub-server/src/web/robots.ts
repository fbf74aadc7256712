import { createRequire } from 'node:module'
import type { Robot } from 'robots-parser'
import { HubError } from '../contracts/errors.ts'
import { withDeadline } from './deadline.ts'
import type { FetchLimits } from './limits.ts'
import { createLru } from './lru.ts'
import { RobotsRefusal } from './webErrors.ts'

// Its types describe an ES module, and it is a CommonJS one: `import` is a type error where the value is right.
const robotsParser: (url: string, text: string) => Robot = createRequire(import.meta.url)('robots-parser')

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

interface Known {
  readonly answer: Promise<Robot | HubError>
  readonly until: number
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
 * RFC 9309: 2xx is parsed; 4xx means that there are no rules; a server's fault or no answer means that all is
 * disallowed until it can be read. 429 is a 4xx by number and a request to stay away by meaning.
 */
const rulesOf = (file: RobotsFile, url: URL): Robot | HubError => {
  if (file.status === 429 || file.status >= 500) return leftAlone(url.host, `HTTP ${file.status}`)
  const found = file.status >= 200 && file.status < 300
  return robotsParser(url.href, found ? file.text : '')
}

export const createRobots = ({ userAgent, limits, now, read }: RobotsOptions): RobotsRules => {
  const known = createLru<Known>(limits.robotsSites)
  const product = productOf(userAgent)

  const ask = async (url: URL): Promise<Robot | HubError> => {
    try {
      return rulesOf(await read(url), url)
    } catch (thrown) {
      if (!(thrown instanceof HubError)) throw thrown
      // Redirected too often: the RFC lets it count as absent.
      return thrown.kind === 'bad_response' ? robotsParser(url.href, '') : thrown
    }
  }

  const rulesFor = (origin: string): Promise<Robot | HubError> => {
    const cached = known.get(origin)
    if (cached && cached.until > now()) return cached.answer
    const answer = ask(new URL('/robots.txt', origin))
    known.set(origin, { answer, until: now() + limits.robotsMaxAgeMs })
    answer.then(
      (rules) => {
        if (!(rules instanceof HubError)) return
        // A queue that was full says nothing about the site.
        if (rules.kind === 'rate_limited') known.delete(origin)
        else known.set(origin, { answer, until: now() + limits.robotsRetryMs })
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
      if (rules.isAllowed(url.href, product) === false) throw new RobotsRefusal(url)
      const seconds = rules.getCrawlDelay(product) ?? 0
      return Math.min(Math.max(0, seconds * 1000), limits.maxCrawlDelayMs)
    },
  }
}
