import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { BlockAnswer } from '../../hub-server/src/api/runs.ts'
import type { Problem } from '../../hub-server/src/contracts/errors.ts'
import type { Run } from '../../hub-server/src/contracts/run.ts'
import { startServices, type Services } from '../../hub-server/src/db/testing/services.ts'
import { newFolder, startHub, type Hub } from '../hub/hub-process.ts'
import { expectProblem } from '../hub/plain-words.ts'
import { startOddHub } from './odd-process.ts'

const store = (hub: Hub, email: string) =>
  hub.call<Problem>('POST', '/v1/leads', { key: hub.keys.test, body: { lead: { email } } })

const startRun = async (hub: Hub, items: number): Promise<string> => {
  const body = {
    items: Array.from({ length: items }, (_, item) => ({ email: `lead${item}@acme.example` })),
    options: { depth: 'services', providers: ['zerobounce'] },
    async: true,
  }
  const { body: answer } = await hub.call<BlockAnswer>('POST', '/v1/blocks/verify-email', { key: hub.keys.test, body })
  return answer.run.id
}

const expectDone = async (hub: Hub, run: string, items: number): Promise<void> => {
  const look = async () => (await hub.call<Run>('GET', `/v1/runs/${run}?wait=5s`, { key: hub.keys.test })).body
  await expect.poll(look, { timeout: 120_000 }).toMatchObject({ status: 'done', items: { done: items } })
}

describe('PostgreSQL', () => {
  let services: Services
  /** Of both hubs: the keys of a database are made once. */
  const data = newFolder()
  beforeAll(async () => {
    services = await startServices()
  })
  afterAll(async () => {
    await services.stop()
    rmSync(data, { recursive: true, force: true })
  })

  const start = async (): Promise<Hub | undefined> => {
    if (!services.databaseUrl) return undefined
    const hub = await startHub({ data, env: { DATABASE_URL: services.databaseUrl } })
    onTestFinished(async () => {
      await hub.stop()
    })
    return hub
  }

  test('that is stopped under a run: whoever asks is told, and the run goes on when it is back', async ({ skip }) => {
    const hub = (await start()) ?? skip('PostgreSQL is not installed')
    const run = await startRun(hub, 1_000)
    await services.stopPostgres()
    expectProblem(await store(hub, 'meanwhile@acme.example'), {
      status: 503,
      kind: 'unavailable',
      names: /database does not answer.*tries again by itself/,
    })
    await services.startPostgres()
    await expect.poll(async () => (await store(hub, 'after@acme.example')).status, { timeout: 60_000 }).toBe(200)
    await expectDone(hub, run, 1_000)
  })

  test('whose connections all are taken: the same, in other words', async ({ skip }) => {
    const hub = (await start()) ?? skip('PostgreSQL is not installed')
    const others: pg.Client[] = []
    const take = async (): Promise<boolean> => {
      const client = new pg.Client({ connectionString: services.databaseUrl })
      client.on('error', () => undefined)
      return client.connect().then(
        () => others.push(client) > 0,
        () => false,
      )
    }
    const takeAll = async (): Promise<void> => {
      while (await take());
    }
    await takeAll()
    // The hub's own go to whoever is quicker.
    for (let round = 0; round < 5; round++) {
      await others[0]?.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()
          and query not like '%pg_terminate%' and application_name = '' and query <> ''`,
      )
      await takeAll()
    }
    expectProblem(await store(hub, 'meanwhile@acme.example'), {
      status: 503,
      kind: 'unavailable',
      names: /takes no more connections.*max_connections/,
    })
    await Promise.all(others.map((client) => client.end().catch(() => undefined)))
    await expect.poll(async () => (await store(hub, 'after@acme.example')).status, { timeout: 60_000 }).toBe(200)
  })
})

const canFreeze = spawnSync('chattr', ['-V']).error === undefined && process.getuid?.() === 0

test.skipIf(!canFreeze)('a data folder that becomes read-only: reads go on, and writes when it is mended', async () => {
  const data = newFolder()
  const hub = await startHub({ data })
  const folders = [data, join(data, 'database'), join(data, 'database', 'pg_wal')]
  onTestFinished(async () => {
    spawnSync('chattr', ['-i', ...folders])
    await hub.stop()
    rmSync(data, { recursive: true, force: true })
  })
  expect((await store(hub, 'before@acme.example')).status).toBe(200)
  expect(spawnSync('chattr', ['+i', ...folders]).status).toBe(0)
  await pause(500)
  expectProblem(await store(hub, 'meanwhile@acme.example'), {
    status: 503,
    kind: 'unavailable',
    names: /cannot be written to.*goes on by itself/,
  })
  const { status, text } = await hub.call('GET', '/v1/leads', { key: hub.keys.test })
  expect([status, text.includes('before@acme.example')]).toEqual([200, true])
  spawnSync('chattr', ['-i', ...folders])
  await expect.poll(async () => (await store(hub, 'after@acme.example')).status, { timeout: 30_000 }).toBe(200)
})

test('with few files to open the hub lives through more connections than it may have, and answers again', async () => {
  const data = newFolder()
  const hub = await startOddHub(['sh', '-c', 'ulimit -n 200; exec "$0" "$@"'], { HUB_DATA: data })
  onTestFinished(async () => {
    hub.signal('SIGKILL')
    await hub.gone
    rmSync(data, { recursive: true, force: true })
  })
  const url = new URL(await hub.ready)
  const sockets = Array.from({ length: 400 }, (): Socket =>
    connect(Number(url.port), url.hostname).on('error', () => undefined),
  )
  await pause(2_000)
  for (const socket of sockets) socket.destroy()
  const health = async () => (await fetch(`${url.origin}/health`)).status
  await expect.poll(health, { timeout: 20_000 }).toBe(200)
  hub.signal('SIGTERM')
  expect(await hub.gone).toBe(0)
})
