import { describe, expect, it } from 'vitest'
import { HubError } from '../contracts/errors.ts'
import { createAgents } from '../egress/agents.ts'
import { createPolicy } from '../egress/policy.ts'
import { parseProxies } from '../egress/proxy.ts'
import { ProxyFailure } from '../egress/tunnel.ts'
import { createProxyPool, type ProxyPool } from './proxy-pool.ts'

const setup = (count: number) => {
  const clock = { ms: 1_000_000 }
  const pool = createProxyPool({
    proxies: parseProxies(Array.from({ length: count }, (_, at) => `http://p${at}:1`).join(',')),
    connect: () => createAgents(createPolicy({ allow: [] })),
    now: () => clock.ms,
    close: () => undefined,
  })
  return { clock, pool }
}
const used = (pool: ProxyPool, site: string): Promise<string> => pool.through(site, ({ name }) => Promise.resolve(name))
const failing = (pool: ProxyPool, site: string, broken: string, blame: 'proxy' | 'site' = 'proxy'): Promise<string> =>
  pool.through(site, async ({ name }) => {
    if (name === broken) throw new ProxyFailure(blame, `${name} is broken.`)
    return name
  })

describe('a pool of proxies', () => {
  it('gives sites to its proxies in turn, and each site keeps its own for a while', async () => {
    const { pool, clock } = setup(3)
    const first = [await used(pool, 'a'), await used(pool, 'b'), await used(pool, 'c'), await used(pool, 'd')]
    expect(first).toEqual(['p0:1', 'p1:1', 'p2:1', 'p0:1'])
    clock.ms += 599_000
    expect([await used(pool, 'a'), await used(pool, 'b'), await used(pool, 'c')]).toEqual(first.slice(0, 3))
    clock.ms += 2_000
    expect(await used(pool, 'a')).not.toBe('p0:1')
  })

  it('goes on with another proxy where one does not work, and leaves that alone for longer and longer', async () => {
    const { pool, clock } = setup(2)
    expect(await failing(pool, 'a', 'p0:1')).toBe('p1:1')
    expect([await used(pool, 'b'), await used(pool, 'c')]).toEqual(['p1:1', 'p1:1'])
    clock.ms += 5_001
    // Its turn comes again, and it fails again: now for ten seconds.
    expect(await failing(pool, 'd', 'p0:1')).toBe('p1:1')
    clock.ms += 5_001
    expect(await used(pool, 'e')).toBe('p1:1')
    clock.ms += 5_000
    expect(await used(pool, 'f')).toBe('p0:1')
    expect(await used(pool, 'g')).toBe('p1:1')
  })

  it('never goes without a proxy: where none works it says so, and why', async () => {
    const { pool, clock } = setup(2)
    const asked: string[] = []
    const all = pool.through('a', async ({ name }) => {
      asked.push(name)
      throw new ProxyFailure('proxy', `The proxy ${name} cannot be used.`)
    })
    await expect(all).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/^None of the proxies in SCRAPE_PROXIES works just now.*p0:1.*p1:1/) as string,
      retryAfter: 5,
    })
    expect(asked).toEqual(['p0:1', 'p1:1'])
    await expect(used(pool, 'b')).rejects.toMatchObject({ kind: 'unavailable' })
    clock.ms += 5_001
    expect(await used(pool, 'b')).toBe('p0:1')
  })

  it('lets one page try a proxy after its pause', async () => {
    const { pool, clock } = setup(1)
    await expect(failing(pool, 'a', 'p0:1')).rejects.toMatchObject({ kind: 'unavailable' })
    clock.ms += 5_001
    const goOn = Promise.withResolvers<void>()
    const trial = pool.through('b', async ({ name }) => {
      await goOn.promise
      return name
    })
    await expect(used(pool, 'c')).rejects.toMatchObject({ kind: 'unavailable' })
    goOn.resolve()
    expect(await trial).toBe('p0:1')
    expect(await used(pool, 'c')).toBe('p0:1')
  })

  it('holds nothing against a proxy for a dead site, but for five of them in a row', async () => {
    const { pool } = setup(2)
    for (const site of ['a', 'a', 'a', 'a', 'a', 'a'])
      await expect(failing(pool, site, 'p0:1', 'site')).rejects.toThrow('p0:1 is broken.')
    expect(await used(pool, 'a')).toBe('p0:1')
    for (let at = 0; at < 10; at++) await failing(pool, `s${at}`, 'p0:1', 'site').catch(() => undefined)
    expect(await used(pool, 'a')).toBe('p1:1')
  })

  it('passes on what is not the proxy’s fault', async () => {
    const { pool } = setup(2)
    const refused = new HubError('forbidden', 'no')
    await expect(pool.through('a', () => Promise.reject(refused))).rejects.toBe(refused)
    expect(await used(pool, 'a')).toBe('p0:1')
  })
})
