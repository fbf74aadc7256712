import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryOf, startHub, type Hub } from '../../hub/hub-process.ts'
import { diceOf, isLong, seed } from './dice.ts'
import { placesOf, unlisted, type Document } from './document.ts'
import { boundOf, quantile, seenOf, watchHealth } from './health.ts'
import { createSender, type Heard } from './send.ts'
import { rawShots, shotOf, type Shot, type Target } from './shots.ts'

const count = isLong ? 20_000 : 3_000
/** Requests at once. */
const atOnce = 8
/** Before memory is first looked at: a hub takes once what it needs, and each route has been asked by then. */
const warmUp = Math.max(2_000, count / 5)

let hub: Hub
let target: Target
beforeAll(async () => {
  hub = await startHub()
  const document = (await hub.call<Document>('GET', '/openapi.json')).body
  target = { document, places: [...placesOf(document), ...unlisted], keys: hub.keys, ids: await idsIn(hub) }
})
afterAll(() => hub.stop())

/** Of one thing of each kind. */
const idsIn = async ({ call, keys }: Hub): Promise<string[]> => {
  const make = async (path: string, body: unknown): Promise<unknown> =>
    (await call('POST', path, { key: keys.test, body })).body
  const made = [
    await make('/v1/connections', { connector: 'hunter', fields: { apiKey: 'k' } }),
    await make('/v1/lists', { name: 'A list', items: [{ email: 'anna@acme.example' }] }),
    await make('/v1/pipelines', { name: 'A line', steps: [{ block: 'score-lead' }] }),
    await make('/v1/blocks/score-lead', { items: [{ email: 'anna@acme.example' }, {}] }),
    await make('/v1/leads', { lead: { email: 'anna@acme.example', fullName: 'Anna Berg' } }),
    await make('/v1/leads', { lead: { email: 'bert@acme.example', fullName: 'Bert Cole' } }),
  ]
  const ids = [...JSON.stringify(made).matchAll(/"id":"([^"]+)"/g)].map(([, id = '']) => id)
  return [...new Set([...ids, 'hunter', 'verify-email', '1001'])]
}

/** So many shots, `atOnce` at a time; `heard` in the order of the shots. */
const fire = async (shots: readonly Shot[], send: (shot: Shot) => Promise<Heard>): Promise<Heard[]> => {
  const heard: Heard[] = []
  let next = 0
  const shoot = async (): Promise<void> => {
    for (let at = next++; at < shots.length; at = next++) {
      const shot = shots[at]
      if (shot) heard[at] = await send(shot)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, shoot))
  return heard
}

const nameOf = ({ method, path, headers, body }: Shot): string =>
  `${method} ${path.slice(0, 200)} ${JSON.stringify(headers).slice(0, 300)} ${String(body ?? '').slice(0, 300)}`

/** What is wrong with an answer, whatever was asked. */
const wrongIn = ({ status, headers, text }: Heard): string | undefined => {
  if (status === 0) return `no answer: ${text}`
  if (status === 503) return headers['retry-after'] === undefined ? `503 without Retry-After: ${text}` : undefined
  if (status >= 500) return `${status}: ${text}`
  if (/\bat (?:async )?\S+ \(|node_modules|\.ts:\d/.test(text)) return `shows its insides: ${text}`
  return undefined
}

const print = (text: string): void => void process.stderr.write(`${text}\n`)

test(
  `${count} mutated requests are answered, or refused in words (HOSTILE_SEED=${seed})`,
  async () => {
    const dice = diceOf(seed)
    const { send, sendRaw, close } = createSender(hub.url, atOnce)
    const shots = Array.from({ length: count }, () => shotOf(dice, target))
    const health = watchHealth(hub.url)
    const first = await fire(shots.slice(0, warmUp), send)
    const before = memoryOf(hub.pid)
    const heard = [...first, ...(await fire(shots.slice(warmUp), send))]
    const { took, wrong } = await health.stop()

    const wrongs = heard.flatMap((one, at) => {
      const said = one && wrongIn(one)
      const shot = shots[at]
      return said === undefined || !shot ? [] : [`${nameOf(shot)}\n  → ${said}`]
    })
    const refused = shots.filter((_shot, at) => heard[at]?.status === 503)
    const statuses = Object.entries(Object.groupBy(heard, (one) => String(one.status)))
    print(statuses.map(([status, all]) => `${status}: ${all?.length ?? 0}`).join(', '))
    print(seenOf(took))
    expect(wrongs.slice(0, 20), `${wrongs.length} wrong answers`).toEqual([])
    expect(refused.length / count).toBeLessThanOrEqual(0.01)
    for (const shot of refused) expect((await send(shot)).status, nameOf(shot)).not.toBe(503)
    expect(wrong).toEqual([])
    expect(quantile(took, 0.99)).toBeLessThan(boundOf(100))

    for (const raw of rawShots) {
      const answer = await sendRaw(raw)
      expect(answer.slice(0, 200), raw.slice(0, 80)).not.toMatch(/^HTTP\/1\.1 5/)
    }
    expect((await hub.call('GET', '/v1/me', { key: hub.keys.test })).status).toBe(200)
    expect(hub.output()).not.toContain('a request failed')
    close()
    let least = Infinity
    await expect
      .poll(
        async () => {
          // Collecting what is no longer needed takes some work to be done.
          await hub.call('GET', '/v1/connectors', { key: hub.keys.test })
          least = Math.min(least, memoryOf(hub.pid))
          return least
        },
        { timeout: 60_000 },
      )
      .toBeLessThan(before * 1.2)
    print(`memory: ${before.toFixed(0)} MB before, ${least.toFixed(0)} MB after`)
  },
  40 * 60_000,
)
