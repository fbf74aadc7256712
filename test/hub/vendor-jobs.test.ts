import { rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Run } from '../../hub-server/src/contracts/run.ts'
import { newFolder, startHub, type Hub } from './hub-process.ts'
import { builtIn } from '../vendors/stage.ts'
import { startSandboxProcess } from './sandbox-process.ts'

interface Logged {
  readonly method: string
  readonly path: string
}

/** A list is asked for every ten seconds, and is done at the second question. */
describe('a list at NeverBounce', () => {
  const data = newFolder()
  let sandbox: Awaited<ReturnType<typeof startSandboxProcess>>
  beforeAll(async () => {
    sandbox = await startSandboxProcess(builtIn)
  })
  afterAll(async () => {
    await sandbox.stop()
    rmSync(data, { recursive: true, force: true })
  })

  const start = (): Promise<Hub> => startHub({ data, env: { SANDBOX_URL: sandbox.url } })
  const made = async (): Promise<number> => {
    const answer = await fetch(`${sandbox.url}/_sandbox/requests?connector=neverbounce&limit=500`)
    const { requests } = (await answer.json()) as { requests: Logged[] }
    return requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/jobs/create')).length
  }
  const until = async (jobs: number): Promise<void> => {
    while ((await made()) < jobs) await pause(50)
  }
  const accept = async (hub: Hub, name: string): Promise<string> => {
    const items = Array.from({ length: 12 }, (_, at) => ({ email: `${name}${at}@acme.example` }))
    const options = { depth: 'services', providers: ['neverbounce'] }
    const { body } = await hub.call<{ run: Run }>('POST', '/v1/runs', {
      key: hub.keys.test,
      body: { block: 'verify-email', items, options },
    })
    return body.run.id
  }
  const ended = async (hub: Hub, id: string) => {
    for (;;) {
      const { body } = await hub.call<Run>('GET', `/v1/runs/${id}?wait=20s`, { key: hub.keys.test })
      if (body.status === 'done') return body
    }
  }

  test(
    'is given once, though the hub is killed while it waits, and one stopped by hand is ' + 'collected on resume',
    async () => {
      const undisturbed = await start()
      // The vendor's own limit is fifty lists a day: evenly spaced, the second would wait for half an hour.
      const limits = [{ calls: 100, per: '1s' }]
      await undisturbed.call('POST', '/v1/connections', {
        key: undisturbed.keys.test,
        body: { connector: 'neverbounce', fields: { apiKey: 'a-good-key' }, limits },
      })
      const usual = await ended(undisturbed, await accept(undisturbed, 'plain'))
      expect(usual).toMatchObject({ items: { done: 12 } })
      expect(await made()).toBe(1)

      const killed = await accept(undisturbed, 'killed')
      await until(2)
      await pause(500)
      await undisturbed.kill()
      const second = await start()
      const after = await ended(second, killed)
      expect(await made()).toBe(2)
      expect(after.usage.price).toBe(usual.usage.price)

      const stopped = await accept(second, 'stopped')
      await until(3)
      await pause(500)
      await second.call('POST', `/v1/runs/${stopped}/pause`, { key: second.keys.test })
      expect(await second.stop()).toBe(0)
      const third = await start()
      await third.call('POST', `/v1/runs/${stopped}/resume`, { key: third.keys.test, body: {} })
      const resumed = await ended(third, stopped)
      expect(await made()).toBe(3)
      expect(resumed.usage.price).toBe(usual.usage.price)
      expect(await third.stop()).toBe(0)
    },
    300_000,
  )
})
