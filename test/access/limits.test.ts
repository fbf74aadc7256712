import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServices } from '../../hub-server/src/db/testing/services.ts'
import { newFolder, startHub, type Hub } from '../hub/hub-process.ts'

const services = await startServices()
/** Of all of them: the keys of a database are made once, and stand where the first of them was. */
const data = newFolder()
afterAll(async () => {
  await services.stop()
  rmSync(data, { recursive: true })
})

const ways = [
  ['over one Redis', { REDIS_URL: services.redisUrl ?? '' }],
  ['without Redis, each with its share', {}],
] as const

/** A minute's requests, and a sixth of them at once. */
const [perMinute, burst] = [600, 100]

describe.skipIf(!services.databaseUrl || !services.redisUrl).each(ways)(
  'four processes on one database, %s',
  (_, redis) => {
    const hubs: Hub[] = []
    beforeAll(async () => {
      const env = {
        ...redis,
        DATABASE_URL: services.databaseUrl ?? '',
        REQUESTS_PER_MINUTE: String(perMinute),
        REQUESTS_PER_MINUTE_ADDRESS: '1000000',
      }
      for (let count = 0; count < 4; count++) hubs.push(await startHub({ env, data }))
    })
    afterAll(async () => {
      for (const hub of hubs.toReversed()) await hub.stop()
    })

    test('let through with one key no more than one of them would', async () => {
      const headers = { authorization: `Bearer ${hubs[0]?.keys.test}` }
      // Each has heard of the others by then: they say every five seconds that they are there.
      await new Promise((done) => setTimeout(done, 11_000))
      const began = performance.now()
      const answers = await Promise.all(
        hubs.flatMap(({ url }) => Array.from({ length: 100 }, () => fetch(`${url}/v1/me`, { headers }))),
      )
      const seconds = (performance.now() - began) / 1000
      const letIn = answers.filter(({ status }) => status === 200).length
      const refused = answers.filter(({ status }) => status === 429)
      expect(letIn + refused.length).toBe(400)
      expect(letIn).toBeLessThanOrEqual(burst + Math.ceil((seconds * perMinute) / 60))
      expect(letIn).toBeGreaterThan(burst / 2)
      expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
    })
  },
)
