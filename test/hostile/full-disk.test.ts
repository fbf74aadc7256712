import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { BlockAnswer } from '../../hub-server/src/api/runs.ts'
import type { Problem } from '../../hub-server/src/contracts/errors.ts'
import type { Run } from '../../hub-server/src/contracts/run.ts'
import { startHub, type Hub } from '../hub/hub-process.ts'
import { mayMount, smallDisk } from './small-disk.ts'

/** The database has some 45 MB when it is new. */
const megabytes = 160

const onDisk = async (least: number) => {
  const disk = smallDisk(megabytes) ?? expect.fail('no disk can be mounted')
  const start = () => startHub({ data: disk.folder, env: { LEAST_FREE_SPACE: String(least) } })
  const hub = await start()
  onTestFinished(async () => {
    await hub.kill()
    disk.remove()
  })
  return { disk, hub, start }
}

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

const runOf = async (hub: Hub, run: string): Promise<Run> =>
  (await hub.call<Run>('GET', `/v1/runs/${run}?wait=5s`, { key: hub.keys.test })).body

/** Milliseconds until it has ended, and its exit code. */
const stopped = async (hub: Hub): Promise<{ code: number | null; ms: number }> => {
  const began = performance.now()
  const code = await hub.stop()
  return { code, ms: performance.now() - began }
}

test.skipIf(!mayMount())('on a full disk the hub refuses writes, reads on, and goes on by itself', async () => {
  const { disk, hub, start } = await onDisk(40)
  expect((await store(hub, 'before@acme.example')).status).toBe(200)
  const run = await startRun(hub, 2_000)
  disk.fill()
  await pause(500)

  const answer = await fetch(`${hub.url}/v1/leads`, {
    method: 'POST',
    headers: { authorization: `Bearer ${hub.keys.test}`, 'content-type': 'application/json' },
    body: '{"lead":{"email":"meanwhile@acme.example"}}',
  })
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30'])
  expect(await answer.json()).toMatchObject({
    kind: 'unavailable',
    detail: expect.stringContaining('nearly full'),
    advice: expect.stringContaining('Free some space'),
  })
  for (let look = 0; look < 20; look++) {
    const [leads, health] = await Promise.all([
      hub.call('GET', '/v1/leads', { key: hub.keys.test }),
      hub.call('GET', '/health'),
    ])
    expect([leads.status, health.status]).toEqual([200, 200])
    expect(leads.text).toContain('before@acme.example')
    await pause(200)
  }
  expect(['queued', 'running']).toContain((await runOf(hub, run)).status)

  disk.free()
  await expect.poll(async () => (await store(hub, 'after@acme.example')).status, { timeout: 30_000 }).toBe(200)
  let last = await runOf(hub, run)
  while (last.status === 'running' || last.status === 'queued') last = await runOf(hub, run)
  expect(last).toMatchObject({ status: 'done', items: { total: 2_000, done: 2_000 } })

  disk.fill()
  await pause(500)
  const { code, ms } = await stopped(hub)
  expect(code).toBe(0)
  expect(ms).toBeLessThan(12_000)

  disk.free()
  const again = await start()
  onTestFinished(() => again.kill())
  const { text } = await again.call('GET', '/v1/leads?limit=100', { key: again.keys.test })
  for (const email of ['before@acme.example', 'after@acme.example']) expect(text).toContain(email)
  expect(text).not.toContain('meanwhile@acme.example')
})

test.skipIf(!mayMount())(
  'a disk that fills up unseen ends PostgreSQL, and neither the hub nor what it has',
  async () => {
    // Nothing is kept free: what the hub looks at says that there is space, until PostgreSQL finds none.
    const { disk, hub } = await onDisk(0)
    expect((await store(hub, 'before@acme.example')).status).toBe(200)
    disk.fill()
    const statuses = new Set<number>()
    for (let count = 0; count < 400 && !statuses.has(503); count++)
      statuses.add((await store(hub, `meanwhile${count}@acme.example`)).status)
    expect([...statuses].filter((status) => status !== 200)).toEqual([503])

    disk.free()
    await expect.poll(async () => (await store(hub, 'after@acme.example')).status, { timeout: 30_000 }).toBe(200)
    const { text } = await hub.call('GET', '/v1/leads?limit=500', { key: hub.keys.test })
    for (const email of ['before@acme.example', 'after@acme.example']) expect(text).toContain(email)

    disk.fill()
    for (let count = 0; count < 50; count++) await store(hub, `at-last${count}@acme.example`)
    const { ms } = await stopped(hub)
    expect(ms).toBeLessThan(12_000)
  },
)

test.skipIf(!mayMount())('a panic of PostgreSQL does not hold the process up, and the database is opened anew', () => {
  const disk = smallDisk(100) ?? expect.fail('no disk can be mounted')
  onTestFinished(() => disk.remove())
  const script = fileURLToPath(new URL('panic.ts', import.meta.url))
  // Without what ends PGlite's loop it goes round for good: only a kill from outside stops it.
  const { stdout, stderr } = spawnSync(process.execPath, [script, disk.folder], { encoding: 'utf8', timeout: 180_000 })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({
    ended: 'broken',
    meanwhile: expect.stringMatching(/broke down: could not write to file .*No space left/),
    keys: ['after', 'before'],
  })
})
