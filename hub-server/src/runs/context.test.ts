import { setTimeout as pause } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { completeText } from '../capabilities/completeText.ts'
import { fixture } from '../connectors/testing/play.ts'
import { newId } from '../db/id.ts'
import { databaseForAll } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { gatewayOn } from '../gateway/testing/gatewayOn.ts'
import { jobVendorForAll } from '../gateway/testing/job-vendor.ts'
import { openBudget } from '../gateway/testing/open-budget.ts'
import { createContexts } from './context.ts'

const scope = { workspace: 'ws_1', mode: 'test' as const }
/** Micro-USD for one text, by the fixture. */
const price = 3_000

describe.each(testDatabases)('what an item of a run may cost, on $kind', ({ open }) => {
  const database = databaseForAll(open)
  const vendor = jobVendorForAll()
  beforeAll(() => openBudget(database.db, scope, 'day'))

  it('counts over its steps, over what it became on the way, and over a restart', async () => {
    const run = newId('run')
    await openBudget(database.db, scope, 'run', run)
    const clock = { now: () => performance.now(), sleep: () => pause(1) }
    const connectors = new Map([['jobs', await fixture('jobs')]])
    const nowhere = { fetchPage: () => Promise.reject(new Error('no web')), resolveMx: () => Promise.resolve([]) }
    /** Each time a hub that was just started. */
    const ask = async (step: number, names: readonly string[]) => {
      const { gateway } = gatewayOn(database.db, { connectors, clock, vendorBase: () => vendor.url })
      const { signal } = new AbortController()
      const execution = {
        scope,
        run,
        itemBudget: 2.5 * price,
        patient: false,
        signal,
        stop: signal,
        spent: new Map<string, number>(),
      }
      const context = createContexts(database.db, gateway, { test: nowhere, live: nowhere })(
        execution,
        step,
        (index) => names[index] ?? '',
      )
      const inputs = names.map((name) => ({ prompt: `${step} ${name}`, maxTokens: 10 }))
      const answers = await context.ask(completeText, inputs, {
        providers: ['jobs'],
        maxAgeDays: 0,
        items: [...names.keys()],
      })
      return answers.map(({ status, error }) => error?.kind ?? status)
    }
    expect(await ask(0, ['0', '1'])).toEqual(['done', 'done'])
    // Both of these came from the first item, which may be asked about once more.
    expect((await ask(1, ['0.0', '0.1', '1.0'])).sort()).toEqual(['done', 'done', 'over_budget'])
    expect(await ask(2, ['0.0.0', '1.0.0', '2'])).toEqual(['over_budget', 'over_budget', 'done'])
  })
})
