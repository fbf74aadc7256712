import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Connector } from '../../hub-server/src/connectors/index.ts'
import { loadConnectors } from '../../hub-server/src/connectors/index.ts'
import { newId } from '../../hub-server/src/db/id.ts'
import { testDatabases } from '../../hub-server/src/db/testing/databases.ts'
import { capabilities } from '../../hub-server/src/capabilities/index.ts'
import { askingFor } from '../../hub-server/src/gateway/testing/asking-for.ts'
import { gatewayOn } from '../../hub-server/src/gateway/testing/gatewayOn.ts'
import { openBudget } from '../../hub-server/src/gateway/testing/open-budget.ts'
import { startSandbox, type Sandbox } from '../../hub-server/src/sandbox/index.ts'
import { builtIn } from './stage.ts'

const scope = { workspace: 'ws_1', mode: 'test' as const }
const verifyEmail = capabilities.verifyEmail ?? expect.fail('no such capability')

/** Services that take a list, and where they take it. */
const lists: [string, string][] = [
  ['neverbounce', '/v4.2/jobs/create'],
  ['clearout', '/email_verify/bulk'],
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
    await openBudget(database.db, scope, 'day')
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

  /** Waiting takes no time: the hubs' clock and the sandbox's are put forward alike. */
  let ahead = 0
  const now = (): number => Date.now() + ahead
  const pass = async (ms: number): Promise<void> => {
    ahead += ms
    await fetch(`${sandbox.url}/_sandbox/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ advance: ms }),
    })
  }

  /** A process; one that is killed dies as it waits for its job. */
  const processOf = (provider: string, run: string, isKilled = false) => {
    const everyMs = connectors.get(provider)?.operations.get('verifyEmail')?.many?.job?.everyMs
    const died = Promise.withResolvers<void>()
    const sleep = async (ms: number): Promise<void> => {
      if (!isKilled || ms !== everyMs) return pass(ms)
      died.resolve()
      await new Promise<never>(() => undefined)
    }
    const { gateway, jobs } = gatewayOn(database.db, {
      connectors,
      clock: { now, sleep },
      vendorBase: sandbox.vendorBase,
    })
    const asking = askingFor({ scope, run, nameOf: (item) => `${run}/0/${item}` })
    const options = { providers: [provider], maxAgeDays: 0 }
    return {
      died: died.promise.then(jobs.close),
      ask: (emails: readonly string[]) =>
        gateway.ask(
          asking,
          verifyEmail,
          emails.map((email) => ({ email })),
          { ...options, items: [...emails.keys()] },
        ),
    }
  }
  const newRun = async (): Promise<string> => {
    const run = newId('run')
    await openBudget(database.db, scope, 'run', run)
    return run
  }

  it.each(lists)('%s is given it once, and paid for it once', async (provider, path) => {
    const emails = Array.from({ length: 10 }, (_, at) => sandbox.population.person(at).email)
    const [undisturbed, run] = [await newRun(), await newRun()]
    const plain = await processOf(provider, undisturbed).ask(emails)
    const usual = await submitted(provider, path)
    expect(usual).toBe(1)

    // Killed before it asks for the result the first time, then after that.
    for (let kill = 0; kill < 2; kill++) {
      const killed = processOf(provider, run, true)
      void killed.ask(emails)
      await killed.died
      await database.db
        .updateTable('vendor_job')
        .set({ leased_until: new Date(0) })
        .execute()
    }
    const answers = await processOf(provider, run).ask(emails)
    expect(answers.map(({ outputs }) => outputs)).toEqual(plain.map(({ outputs }) => outputs))
    expect(await submitted(provider, path)).toBe(2 * usual)
    const costOf = (id: string) =>
      database.db.selectFrom('budget').select(['spent', 'credits']).where('key', '=', id).executeTakeFirstOrThrow()
    expect(await costOf(run)).toEqual(await costOf(undisturbed))
    expect(await database.db.selectFrom('vendor_job').select('id').execute()).toEqual([])
  })
})
