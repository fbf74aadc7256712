import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { existsSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createRedisWake } from './redis.ts'
import { ownRedis } from './testing/own-redis.ts'
import type { Wake } from './wake.ts'

const missing = existsSync('/usr/bin/redis-server') ? '' : ': not run, redis-server is not installed'

describe.skipIf(missing)(`wake-ups through bull${missing}`, () => {
  let redis: Awaited<ReturnType<typeof ownRedis>>
  let open: Wake[] = []
  beforeAll(async () => {
    redis = await ownRedis()
  })
  afterEach(async () => {
    await Promise.all(open.map((wake) => wake.close()))
    open = []
  })
  afterAll(() => redis.remove())

  const wakeHere = (): Wake => {
    const wake = createRedisWake(redis.url, pino({ level: 'silent' }))
    open.push(wake)
    return wake
  }
  /** One process that sends, and another that works. */
  const pair = async () => {
    const heard: string[] = []
    const [api, worker] = [wakeHere(), wakeHere()]
    worker.listen((run) => void heard.push(run))
    await until(() => (api.send('first'), heard.includes('first')))
    await pause(50)
    heard.length = 0
    return { api, heard }
  }

  it('reach another process', async () => {
    const { api, heard } = await pair()
    api.send('run_1')
    await until(() => heard.includes('run_1'))
  })

  it('are one job for a run, however often it is sent, and leave nothing behind', async () => {
    const api = wakeHere()
    await until(async () => (api.send('run_0'), (await keysOf(redis.url)).includes('ainow:wake:run_0')))
    for (let count = 0; count < 100; count++) api.send('run_2')
    await until(async () => (await keysOf(redis.url)).includes('ainow:wake:run_2'))
    expect((await keysOf(redis.url)).filter((key) => key.includes('run_'))).toHaveLength(2)
    const heard: string[] = []
    wakeHere().listen((run) => void heard.push(run))
    await until(() => heard.length === 2)
    expect(heard.toSorted()).toEqual(['run_0', 'run_2'])
    await until(async () => (await keysOf(redis.url)).every((key) => !key.includes('run_')))
  })

  it('are over as soon as it is closed, connected or not', async () => {
    for (const wait of [0, 5, 50]) {
      const wake = wakeHere()
      wake.listen(() => undefined)
      wake.send('run_9')
      await pause(wait)
      await wake.close()
    }
  })

  it('come again after Redis has forgotten all', async () => {
    const { api, heard } = await pair()
    const client = new Redis(redis.url)
    await client.flushall()
    client.disconnect()
    await until(() => (api.send('run_3'), heard.includes('run_3')))
  })

  it('come again after Redis was away, and this process hears itself meanwhile', async () => {
    const { api, heard } = await pair()
    await redis.stop()
    const own: string[] = []
    api.listen((run) => void own.push(run))
    api.send('run_4')
    await until(() => own.includes('run_4'))
    await redis.start()
    await until(() => (api.send('run_5'), heard.includes('run_5')))
  })
})

const keysOf = async (url: string): Promise<string[]> => {
  const client = new Redis(url)
  try {
    return await client.keys('ainow:*')
  } finally {
    client.disconnect()
  }
}

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (let count = 0; count < 400; count++) {
    if (await holds()) return
    await pause(50)
  }
  expect.fail('it did not come to that')
}
