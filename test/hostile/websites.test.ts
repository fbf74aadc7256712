import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BlockAnswer } from '../../hub-server/src/api/runs.ts'
import { startHub, type Hub } from '../hub/hub-process.ts'
import { randomFrom } from '../hub/random.ts'
import { evilPages } from './evil/pages.ts'
import { evilTexts } from './evil/texts.ts'

/** Evil websites, read by a whole hub: it answers others all the while, and its event loop is never held for long. */
const seed = Number(process.env.HOSTILE_SEED ?? 1)
const any = randomFrom(seed)
const length = 300_000
const sites = mkdtempSync(join(tmpdir(), 'hub-evil-sites-'))
const hosts: string[] = []
let hub: Hub

/** A website of one page, with its robots.txt. */
const addSite = (html: string, robots: string): void => {
  const host = `evil-${hosts.length}.test`
  const folder = join(sites, host)
  mkdirSync(folder)
  writeFileSync(join(folder, 'index.html'), html)
  writeFileSync(join(folder, 'robots.txt'), robots)
  hosts.push(host)
}

const evilRobots: Readonly<Record<string, string>> = {
  'rules by the thousand': ['User-agent: *', ...Array.from({ length: 20_000 }, (_, n) => `Disallow: /p${n}*/x$`)].join(
    '\n',
  ),
  'one rule of stars': `User-agent: *\nDisallow: /${'*a'.repeat(100_000)}$\n`,
  'groups by the thousand': Array.from({ length: 20_000 }, (_, n) => `User-agent: bot${n}\n`).join(''),
  'a line without an end': `User-agent: ${'x'.repeat(400_000)}`,
  'line ends alone': '\r\n'.repeat(200_000),
}

beforeAll(async () => {
  for (const make of Object.values(evilPages)) addSite(make(length, any), 'User-agent: *\nAllow: /\n')
  for (const robots of Object.values(evilRobots)) addSite('<p>a@b.example', robots)
  for (const make of Object.values(evilTexts)) addSite('<p>a@b.example', `User-agent: *\nDisallow: ${make(100_000)}`)
  hub = await startHub({ env: { SANDBOX_SITES: sites, LOG_LEVEL: 'warn' } })
})
afterAll(async () => {
  await hub.stop()
  rmSync(sites, { recursive: true })
})

/** Asks for the hub's health all the while. @returns how long each answer took, in milliseconds */
const watchHealth = (signal: AbortSignal): Promise<number[]> =>
  (async () => {
    const took: number[] = []
    while (!signal.aborted) {
      const began = performance.now()
      expect((await hub.call('GET', '/health')).status).toBe(200)
      took.push(performance.now() - began)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return took.sort((one, other) => one - other)
  })()

test('evil websites are each read or refused, and nobody else waits for them', { timeout: 600_000 }, async () => {
  const ended = new AbortController()
  const health = watchHealth(ended.signal)
  for (let from = 0; from < hosts.length; from += 40) {
    const items = hosts.slice(from, from + 40).map((website) => ({ website }))
    const { status, body } = await hub.call<BlockAnswer<object>>('POST', '/v1/blocks/scrape-website', {
      key: hub.keys.test,
      body: { items, options: { maxPages: 1 }, async: true },
    })
    expect(status).toBe(202)
    const { body: run } = await hub.call('GET', `/v1/runs/${body.run.id}?wait=50s`, { key: hub.keys.test })
    expect(run).toMatchObject({ status: 'done', items: { pending: 0, total: items.length } })
  }
  ended.abort()
  const took = await health
  const [p99, worst] = [took[Math.floor(took.length * 0.99)] ?? 0, took.at(-1) ?? 0]
  process.stdout.write(
    `${hosts.length} evil websites, seed ${seed}: /health was answered ${took.length} times meanwhile, p99 ` +
      `${Math.round(p99)} ms (aim 100), the slowest ${Math.round(worst)} ms\n`,
  )
  expect(hub.output()).not.toContain('the event loop was held up')
  expect(p99).toBeLessThan(1_000)
})
