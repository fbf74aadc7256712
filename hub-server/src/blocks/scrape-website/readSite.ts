import { createHash } from 'node:crypto'
import { getDomain } from 'tldts'
import { HubError } from '../../contracts/errors.ts'
import { fence, FenceError, task } from '../../fence/index.ts'
import type { Fetcher, Page } from '../../web/fetcher.ts'
import { RobotsRefusal } from '../../web/webErrors.ts'
import type { PageFacts } from './extract/types.ts'
import { createPlan } from './plan.ts'
import type { PageReading } from './read-page.ts'
import type { Website } from './website.ts'

export interface ReadPage {
  readonly url: string
  readonly facts: PageFacts
}

export interface SiteReading {
  /** Where the website is, after redirects. */
  readonly start: string
  /** In the order of reading, the start page first. */
  readonly pages: ReadPage[]
  /** How many pages robots.txt closes. */
  readonly closed: number
  /** How many pages could not be read. */
  readonly unread: number
  /** How many entries of lists longer than any real one were not taken. */
  readonly leftOut: number
}

export interface ReadOptions {
  readonly maxPages: number
  readonly respectRobots: boolean
  readonly signal: AbortSignal
  readonly fetchPage: Fetcher['fetchPage']
}

/** Frames and forwardings are part of the page that holds them; more than this is a maze. */
const MAX_PARTS = 6
/** Requests that give no page (missing, closed, the same again) before the rest is left. */
const MAX_MISSES = 6
/** A site this slow is not waited for any further. */
const MAX_TIMEOUTS = 2

const readPage = task<typeof import('./read-page.ts').readPage>({
  from: import.meta.url,
  file: './read-page',
  name: 'readPage',
  cpuMs: 1_500,
})

/** @throws HubError bad_response when the page takes more time or memory than any real one does */
const read = async ({ url, html, contentType }: Page): Promise<PageReading> => {
  try {
    return await fence.run(readPage, { url, html, contentType })
  } catch (thrown) {
    if (!(thrown instanceof FenceError)) throw thrown
    const { host, pathname } = new URL(url)
    throw new HubError('bad_response', `Reading ${host}${pathname} ${thrown.message}.`, {
      advice: 'Open the page in a browser: it is made so that programs cannot read it.',
      cause: thrown,
    })
  }
}

const siteOf = (url: string): string => getDomain(url, { allowPrivateDomains: true }) ?? new URL(url).hostname

/** What an HTTP status means for who wants to read the page; undefined for a page. */
const statusError = ({ url, status }: Page): HubError | undefined => {
  if (status >= 200 && status < 400) return undefined
  const { host, pathname } = new URL(url)
  const said = `${host}${pathname} answered with HTTP ${status}`
  if (status === 404 || status === 410)
    return new HubError('not_found', `${said}: there is no such page.`, { advice: 'Check the address.' })
  if (status === 429) return new HubError('rate_limited', `${said}: too many requests.`, { advice: 'Try again later.' })
  if (status >= 500) return new HubError('unavailable', `${said}: the site has a fault.`)
  return new HubError('forbidden', `${said}: the site does not let programs read it.`, {
    advice: 'Read it in a browser, or ask a data provider instead (Enrich Lead).',
  })
}

const worthAnotherTry = new Set(['not_found', 'unavailable', 'timeout', 'bad_response'])

/** The start page at the first address that answers. @throws what went wrong at the first one */
const readStart = async ({ candidates }: Website, open: (url: string) => Promise<Page>): Promise<Page> => {
  const roots = candidates
    .slice(0, 1)
    .map((url) => new URL('/', url).href)
    .filter((root) => !candidates.includes(root))
  let first: HubError | undefined
  for (const url of [...candidates, ...roots]) {
    try {
      const page = await open(url)
      const error = statusError(page)
      if (!error) return page
      throw error
    } catch (thrown) {
      if (!(thrown instanceof HubError) || thrown instanceof RobotsRefusal || !worthAnotherTry.has(thrown.kind))
        throw thrown
      first ??= thrown
    }
  }
  throw first ?? new HubError('invalid_input', 'No website is given.')
}

/**
 * Reads a website: the given page with its frames and forwardings, then contact, team, imprint and about, one page at
 * a time.
 * @throws RobotsRefusal when the given page is closed to robots, HubError when it cannot be read; pages after it are
 * only counted
 */
export const readSite = async (
  website: Website,
  { maxPages, respectRobots, signal, fetchPage }: ReadOptions,
): Promise<SiteReading> => {
  const open = (url: string) => fetchPage(url, { signal, respectRobots })
  const contents = new Set<string>()
  const pages: ReadPage[] = []
  const first = await readStart(website, open)
  const sites = new Set(
    [website.host, first.url].map((place) => siteOf(place.includes('://') ? place : `http://${place}`)),
  )
  const sameSite = (url: string) => sites.has(siteOf(url))
  const plan = createPlan(first.url, () => pages.find(({ facts }) => facts.language)?.facts.language)
  const count = { parts: 0, misses: 0, closed: 0, unread: 0, timeouts: 0, leftOut: 0 }

  /** Whether the page was a new one. */
  const take = async (page: Page): Promise<boolean> => {
    const digest = createHash('sha1').update(page.html).digest('base64')
    if (contents.has(digest)) return false
    contents.add(digest)
    const { facts, parts, leftOut } = await read(page)
    count.leftOut += leftOut
    plan.learn(page, facts.links, parts, sameSite)
    pages.push({ url: page.url, facts })
    return true
  }

  const visit = async (url: string, part: boolean): Promise<'read' | 'missed'> => {
    const page = await open(url)
    const error = statusError(page)
    if (error) throw error
    if (part) sites.add(siteOf(page.url))
    const fresh = page.url === url || plan.arrived(url, page.url)
    return fresh && sameSite(page.url) && (await take(page)) ? 'read' : 'missed'
  }

  const note = (thrown: unknown, guessed: boolean): void => {
    if (!(thrown instanceof HubError) || thrown.kind === 'cancelled') throw thrown
    count.misses++
    if (thrown instanceof RobotsRefusal) count.closed++
    else if (!guessed) count.unread++
    if (thrown.kind === 'timeout') count.timeouts++
  }

  for (const url of [first.url, ...first.redirects]) plan.arrived(url, url)
  await take(first)
  while (count.misses < MAX_MISSES && count.timeouts < MAX_TIMEOUTS) {
    const next = plan.next()
    if (!next) break
    if (next.part ? count.parts >= MAX_PARTS : pages.length - count.parts >= maxPages) {
      if (next.part) continue
      break
    }
    try {
      const outcome = await visit(next.url, next.part)
      if (outcome === 'missed') count.misses++
      else if (next.part) count.parts++
    } catch (thrown) {
      note(thrown, next.guessed)
    }
  }
  return { start: first.url, pages, closed: count.closed, unread: count.unread, leftOut: count.leftOut }
}
