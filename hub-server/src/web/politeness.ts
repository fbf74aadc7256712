import { HubError } from '../contracts/errors.ts'
import { withDeadline } from './deadline.ts'

export interface Politeness {
  /**
   * Waits for a site's turn: one request at a time, `intervalMs` between two starts. The answer gives the turn back.
   * @throws HubError rate_limited when too many wait already or the wait gets too long; cancelled
   */
  enter(site: string, intervalMs: number, signal: AbortSignal): Promise<() => void>
}

export interface PolitenessOptions {
  readonly maxWaiting: number
  readonly maxWaitMs: number
  readonly now: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

interface Site {
  /** Resolves when all who came before are through. */
  tail: Promise<void>
  waiting: number
  lastStart: number
}

/** Sites that nobody waits for are forgotten past this many. */
const REMEMBERED = 1_000

export const createPoliteness = ({ maxWaiting, maxWaitMs, now, sleep }: PolitenessOptions): Politeness => {
  const sites = new Map<string, Site>()

  const siteOf = (name: string): Site => {
    const known = sites.get(name)
    if (known) return known
    if (sites.size >= REMEMBERED) {
      for (const [other, { waiting }] of sites) if (waiting === 0) sites.delete(other)
    }
    const fresh: Site = { tail: Promise.resolve(), waiting: 0, lastStart: Number.NEGATIVE_INFINITY }
    sites.set(name, fresh)
    return fresh
  }

  const busy = (name: string) =>
    new HubError('rate_limited', `Too many requests wait for ${name} already.`, {
      advice: 'A site is read one page at a time. Try again in a few minutes.',
      retryAfter: 60,
    })

  return {
    async enter(name, intervalMs, signal) {
      const site = siteOf(name)
      if (site.waiting >= maxWaiting) throw busy(name)
      const before = site.tail
      const through = Promise.withResolvers<void>()
      site.tail = before.then(() => through.promise)
      site.waiting++
      let inside = true
      const leave = () => {
        if (!inside) return
        inside = false
        site.waiting--
        through.resolve()
      }
      try {
        await withDeadline({ ms: maxWaitMs, signal, tooLate: () => busy(name) }, async (stop) => {
          await before
          stop.throwIfAborted()
          const wait = site.lastStart + intervalMs - now()
          if (wait > 0) await sleep(wait, stop)
        })
        site.lastStart = now()
        return leave
      } catch (thrown) {
        leave()
        throw thrown
      }
    },
  }
}
