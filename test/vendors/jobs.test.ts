import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Connector } from '../../hub-server/src/connectors/index.ts'
import { loadConnectors } from '../../hub-server/src/connectors/index.ts'
import { newId } from '../../hub-server/src/db/id.ts'
import { testDatabases } from '../../hub-server/src/db/testing/databases.ts'
import { capabilities } from '../../hub-server/src/capabilities/index.ts'
import { gatewayOn } from '../../hub-server/src/gateway/testing/gatewayOn.ts'
import { startSandbox, type Sandbox } from '../../hub-server/src/sandbox/index.ts'
import { builtIn } from './stage.ts'

const scope = { workspace: 'ws_1', mode: 'test' as const }
const verifyEmail = capabilities.verifyEmail ?? expect.fail('no such capability')

/** Services that take a list, and where they take it. */
const lists: [string, string][] = [
  ['neverbounce', '/v4.2/jobs/create'],
  ['clearout', '/v2/email_verify/bulk'],
  ['snov', '/v2/email-verification/start'],
]

describe.each(testDatabases)('a list at a service, followed through kills on $kind', ({ open }) => {
  let sandbox: Sandbox
  let database: Awaited<ReturnType<typeof open>>
  let connectors: ReadonlyMap<string, Connector>

  beforeAll(async () => {
    sandbox = await startSandbox({ connectorsDir: builtIn })
    database = await open()
    connectors = (await loadConnectors({ builtIn })).connectors
    await database.db.insertInto('budget').values({ ...scope, kind: 'day', key: '', most: null, day: null }).execute()
  })
  afterAll(async () => {
    await database.remove()
    await sandbox.stop()
  })

  const submitted = async (connector: string, path: string): Promise<number> => {
    const answer = await fetch(`${sandbox.url}/_sandbox/requests?connector=${connector}&limit=500`)
    const { requests } = (await answer.json()) as { requests: { method: string; path: string; status: number }[] }
    return requests.filter((request) => request.method === 'POST' && request.path.endsWith(path)).length
  }

  /** A process that dies the nth time it waits, or never. */
  const processOf = (run: string, diesAt = Infinity) => {
    const gone = new Promise<never>(() => undefined)
    const died = Promise.withResolvers<void>()
    let waits = 0
    const sleep = async (): Promise<void> => {
      waits++
      if (waits === diesAt) died.resolve()
      await (waits >= diesAt ? gone : pause(1))
    }
    const { gateway, ledger, jobs } = gatewayOn(database.db, { connectors, clock: { now: () => performance.now(), sleep }, vendorBase: sandbox.vendorBase })
    const { signal } = new AbortController()
    const asking = { scope, run, signal, stop: signal, nameOf: (item: number) => `${run}/0/${item}`, cost: { get: () => undefined, set: () => undefined } }
    return {
      died: died.promise.then(jobs.close),
      usage: () => ledger.usageOf(scope, run),
      ask: (provider: string, emails: readonly string[], options: { maxAgeDays?: number } = {}) =>
        gateway.ask(asking, verifyEmail, emails.map((email) => ({ email })), { providers: [provider], items: [...emails.keys()], ...options }),
    }
  }
  const newRun = async (): Promise<string> => {
    const run = newId('run')
    await database.db.insertInto('budget').values({ ...scope, kind: 'run', key: run, most: null, day: null }).execute()
    return run
  }

  it.each(lists)('%s is given it once, and paid for it once', async (provider, path) => {
    const emails = Array.from({ length: 10 }, (_, at) => sandbox.population.person(at).email)
    const undisturbed = await newRun()
    const plain = await processOf(undisturbed).ask(provider, emails, { maxAgeDays: 0 })
    const usual = await submitted(provider, path)
    expect(usual).toBeGreaterThan(0)

    const run = await newRun()
    for (const diesAt of [1, 2]) {
      const killed = processOf(run, diesAt)
      void killed.ask(provider, emails, { maxAgeDays: 0 })
      await killed.died
      await database.db.updateTable('vendor_job').set({ leased_until: new Date(0) }).execute()
    }
    const last = processOf(run)
    const answers = await last.ask(provider, emails, { maxAgeDays: 0 })
    expect(answers.map(({ outputs }) => outputs)).toEqual(plain.map(({ outputs }) => outputs))
    expect(await submitted(provider, path)).toBe(2 * usual)
    const costs = await Promise.all([run, undisturbed].map(async (id) => (await database.db.selectFrom('budget').select(['spent', 'credits']).where('key', '=', id).executeTakeFirstOrThrow())))
    expect(costs[0]).toEqual(costs[1])
    expect(await database.db.selectFrom('vendor_job').select('id').execute()).toEqual([])
  })
})
