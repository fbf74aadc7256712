import { afterEach, describe, expect, it } from 'vitest'
import type { HubError } from '../contracts/errors.ts'
import { createFetcher, type Fetcher } from './fetcher.ts'
import { clockAt } from './testing/clock-at.ts'
import { page, redirect, robotsTxt, startSites, type Answer, type LoopbackSites } from './testing/loopbackSites.ts'
import { RobotsRefusal } from './webErrors.ts'

const done: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const end of done.splice(0)) await end()
})

interface Setup {
  sites: LoopbackSites
  fetcher: Fetcher
  /** Milliseconds that were slept. */
  slept: number[]
  clock: { ms: number }
  read: (path: string, respectRobots?: boolean) => Promise<string>
}

const siteWith = async (
  robots: Answer | undefined,
  limits = {},
  userAgent = 'AI-Now-Hub/0.1 (+https://hub.example)',
): Promise<Setup> => {
  const sites = await startSites({
    'acme.example': {
      ...(robots && { '/robots.txt': robots }),
      '/': page('<p>home'),
      '/team': page('<p>team'),
      '/team/open': page('<p>open'),
      '/to-team': redirect('/team'),
      '/rules': robotsTxt('User-agent: *\nDisallow: /team'),
    },
  })
  const { slept, clock, now, sleep } = clockAt(1_000_000)
  const fetcher = createFetcher({
    mode: 'test',
    resolveHost: sites.resolveHost,
    userAgent,
    policy: sites.policy,
    limits,
    sleep,
    now,
  })
  done.push(() => fetcher.close(), sites.close)
  const read = async (path: string, respectRobots = true) =>
    (await fetcher.fetchPage(`http://acme.example${path}`, { signal: new AbortController().signal, respectRobots }))
      .html
  return { sites, fetcher, slept, clock, read }
}
const timesAsked = ({ sites }: Setup) => sites.asked.filter((path) => path.endsWith('/robots.txt')).length
const refusal = (promise: Promise<unknown>): Promise<HubError> =>
  promise.then(
    () => expect.fail('was read'),
    (error: HubError) => error,
  )

describe('robots.txt', () => {
  it('is kept: the longest rule wins, and redirects do not lead around it', async () => {
    const { read, sites } = await siteWith(robotsTxt('User-agent: *\nDisallow: /team\nAllow: /team/open'))
    expect(await read('/')).toBe('<p>home')
    expect(await read('/team/open')).toBe('<p>open')
    expect(await refusal(read('/team'))).toBeInstanceOf(RobotsRefusal)
    expect(await refusal(read('/to-team'))).toMatchObject({ kind: 'forbidden' })
    expect(sites.asked).not.toContain('acme.example/team')
  })

  it('is not asked for when the person switched it off', async () => {
    const setup = await siteWith(robotsTxt('User-agent: *\nDisallow: /'))
    expect(await setup.read('/team', false)).toBe('<p>team')
    expect(timesAsked(setup)).toBe(0)
  })

  it.each(['AI-Now-Hub/0.1', 'Mozilla/5.0 (compatible; AI-Now-Hub/0.1; +https://hub.example)'])(
    'is read for our own name: %s',
    async (userAgent) => {
      const { read } = await siteWith(
        robotsTxt('User-agent: *\nDisallow:\n\nUser-agent: ai-now-hub\nDisallow: /'),
        {},
        userAgent,
      )
      expect(await refusal(read('/'))).toBeInstanceOf(RobotsRefusal)
    },
  )

  it('is asked for once a day', async () => {
    const setup = await siteWith(robotsTxt('User-agent: *\nDisallow: /team'))
    await Promise.all([setup.read('/'), setup.read('/team/open').catch(() => undefined), setup.read('/')])
    expect(timesAsked(setup)).toBe(1)
    setup.clock.ms += 86_400_001
    await setup.read('/')
    expect(timesAsked(setup)).toBe(2)
  })

  it.each([undefined, page('no', {}, 403), page('no', {}, 401)])(
    'a missing or closed one allows everything',
    async (robots) => {
      expect(await (await siteWith(robots)).read('/team')).toBe('<p>team')
    },
  )

  it('one that redirects is followed; one that redirects for ever counts as missing', async () => {
    expect(await refusal((await siteWith(redirect('/rules'))).read('/team'))).toBeInstanceOf(RobotsRefusal)
    expect(await (await siteWith(redirect('/robots.txt'))).read('/team')).toBe('<p>team')
  })

  it.each([500, 503, 429])('a site that answers %i is left alone for a while, then asked again', async (status) => {
    let broken = true
    const setup = await siteWith((request, response) =>
      (broken ? page('', {}, status) : robotsTxt(''))(request, response),
    )
    expect(await refusal(setup.read('/'))).toMatchObject({ kind: 'unavailable' })
    broken = false
    expect(await refusal(setup.read('/'))).toMatchObject({ kind: 'unavailable' })
    expect(timesAsked(setup)).toBe(1)
    setup.clock.ms += 60_001
    expect(await setup.read('/')).toBe('<p>home')
  })

  it('one that never comes does not hold the page for ever', async () => {
    const { read } = await siteWith(() => undefined, { firstByteMs: 100 })
    expect(await refusal(read('/'))).toMatchObject({ kind: 'timeout' })
  })

  it('may ask for pauses, up to ten seconds', async () => {
    const { read, slept } = await siteWith(robotsTxt('User-agent: *\nCrawl-delay: 3'))
    await read('/')
    await read('/')
    expect(slept).toEqual([3_000, 3_000])
    const slow = await siteWith(robotsTxt('User-agent: *\nCrawl-delay: 86400'))
    await slow.read('/')
    expect(slow.slept).toEqual([10_000])
  })
})
