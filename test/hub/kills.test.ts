import { rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { startServices } from '../../hub-server/src/db/testing/services.ts'
import type { Results } from '../../hub-server/src/api/runs.ts'
import type { Lead } from '../../hub-server/src/contracts/lead.ts'
import type { Run } from '../../hub-server/src/contracts/run.ts'
import { newFolder, type Hub } from './hub-process.ts'
import { itemsOfRun, killOften, type Promised } from './killing.ts'
import { randomFrom } from './random.ts'

/** KILL_SEED=… repeats the moments of an earlier run (the machine's own pace not). */
const seed = Number(process.env.KILL_SEED ?? Math.floor(Math.random() * 1e9))
/** TOGETHER_LONG=yes: 50 and 15 times instead. */
const isLong = process.env.TOGETHER_LONG === 'yes'
process.stderr.write(`kills: KILL_SEED=${seed}\n`)

const services = await startServices()
afterAll(() => services.stop())

const places: { name: string; kills: number; env: Record<string, string> }[] = [
  { name: 'embedded', kills: isLong ? 50 : 10, env: {} },
  ...(services.databaseUrl && services.redisUrl
    ? [
        {
          name: 'on PostgreSQL and Redis',
          kills: isLong ? 15 : 8,
          env: { DATABASE_URL: services.databaseUrl, REDIS_URL: services.redisUrl },
        },
      ]
    : []),
]

describe.each(places)('a hub that is killed $kills times, $name', ({ kills, env, name }) => {
  const data = newFolder()
  afterAll(() => rmSync(data, { recursive: true, force: true }))

  test(`loses nothing that it had promised and does nothing twice (KILL_SEED=${seed})`, async () => {
    const { hub, promised } = await killOften({ data, env }, kills, randomFrom(seed))
    try {
      process.stderr.write(
        `kills, ${name}: ${promised.leads.size} leads acknowledged, ${promised.unanswered.size} unanswered, ` +
          `${promised.runs.size} runs accepted\n`,
      )
      expect(promised.refusals).toEqual([])
      expect(promised.leads.size).toBeGreaterThan(0)
      expect(promised.runs.size).toBeGreaterThan(0)
      for (const id of promised.runs.values()) await expectComplete(hub, id)
      await expectOneRunEach(hub, promised)
      await expectStoredOnce(hub, promised)
    } finally {
      expect(await hub.stop()).toBe(0)
    }
  }, 400_000)
})

/** Every run that was accepted ends, with one final result for each of its items. */
const expectComplete = async (hub: Hub, id: string): Promise<void> => {
  const key = hub.keys.test
  // bull gives a dead worker's job to another one after 30 to 60 seconds.
  for (let count = 0; count < 4; count++) {
    const { body } = await hub.call<Run>('GET', `/v1/runs/${id}?wait=50s`, { key })
    if (body.status === 'done') break
    await pause(100)
  }
  const { body: run } = await hub.call('GET', `/v1/runs/${id}`, { key })
  expect(run).toMatchObject({ status: 'done', items: { total: itemsOfRun, done: itemsOfRun, pending: 0, failed: 0 } })
  const { body } = await hub.call<Results>('GET', `/v1/runs/${id}/results?limit=1000`, { key })
  expect(body.results.map(({ item }) => item)).toEqual(Array.from({ length: itemsOfRun }, (_, index) => index))
  expect(body.results.filter(({ status, outputs }) => status !== 'done' || outputs.length !== 1)).toEqual([])
}

/** A request that was sent again after a crash, with its key, is no second run. */
const expectOneRunEach = async (hub: Hub, { runs }: Promised): Promise<void> => {
  const { body } = await hub.call<{ runs: Run[] }>('GET', '/v1/runs?limit=100', {
    key: hub.keys.test,
  })
  const long = body.runs.filter(({ items }) => items.total === itemsOfRun).map(({ id }) => id)
  const known = new Set(runs.values())
  expect(known.size).toBe(runs.size)
  expect(long.filter((id) => !known.has(id))).toEqual([])
}

const expectStoredOnce = async (hub: Hub, { leads }: Promised): Promise<void> => {
  const stored: Lead[] = []
  for (let cursor = ''; ;) {
    const { body } = await hub.call<{ leads: Lead[]; next?: string }>('GET', `/v1/leads?limit=500${cursor}`, {
      key: hub.keys.test,
    })
    stored.push(...body.leads)
    if (!body.next) break
    cursor = `&cursor=${body.next}`
  }
  const ids = new Map(stored.map(({ id, email }) => [email, id]))
  expect(stored.filter(({ id, email }) => ids.get(email) !== id)).toEqual([])
  expect(new Set(stored.map(({ id }) => id)).size).toBe(stored.length)
  expect([...leads].filter(([email, id]) => ids.get(email) !== id)).toEqual([])
}
