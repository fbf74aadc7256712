import { setTimeout as pause } from 'node:timers/promises'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Capability } from '../capabilities/capability.ts'
import { completeText } from '../capabilities/completeText.ts'
import { searchRecords } from '../capabilities/records.ts'
import { fixture } from '../connectors/testing/play.ts'
import { newId } from '../db/id.ts'
import { databaseForAll } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { usageOf } from '../reporting/usage.ts'
import { askingFor } from './testing/asking-for.ts'
import { gatewayOn } from './testing/gatewayOn.ts'
import { jobVendorForAll } from './testing/job-vendor.ts'
import { openBudget } from './testing/open-budget.ts'

const scope = { workspace: 'ws_1', mode: 'test' as const }
const prompt = (text: string) => ({ prompt: text, maxTokens: 100 })

describe.each(testDatabases)('answers that are wanted afresh, on $kind', ({ open }) => {
  const database = databaseForAll(open)
  const vendor = jobVendorForAll()
  beforeAll(() => openBudget(database.db, scope, 'day'))
  beforeEach(() => vendor.reset())

  const newRun = async (): Promise<string> => {
    const run = newId('run')
    await openBudget(database.db, scope, 'run', run)
    return run
  }
  /** In a process of its own: nothing is known but what stands in the database. */
  const ask = async (
    run: string,
    capability: Capability,
    inputs: readonly unknown[],
    { step = 0, raw = false } = {},
  ) => {
    const clock = { now: () => performance.now(), sleep: () => pause(1) }
    const { gateway } = gatewayOn(database.db, {
      connectors: new Map([['jobs', await fixture('jobs')]]),
      clock,
      vendorBase: () => vendor.url,
    })
    const asking = askingFor({ scope, run, nameOf: (item) => `${run}/${step}/${item}` })
    const answers = await gateway.ask(asking, capability, inputs, {
      providers: ['jobs'],
      maxAgeDays: 0,
      items: [...inputs.keys()],
      raw,
    })
    return {
      texts: answers.map(({ outputs }) => (outputs[0] as { text?: string } | undefined)?.text),
      usage: await usageOf(database.db, scope, run),
      answers,
    }
  }

  it(
    'are paid for once within a run: whoever takes it up after a kill has what was paid for, and asks ' +
      'for the rest',
    async () => {
      const run = await newRun()
      const before = await ask(run, completeText, [prompt('a'), prompt('b')])
      const after = await ask(run, completeText, [prompt('a'), prompt('b'), prompt('c')])
      expect(after.texts.slice(0, 2)).toEqual(before.texts)
      expect(vendor.calls.length).toBe(3)
      expect(after.usage).toMatchObject({ calls: 3, cached: 2, credits: 9 })
      expect(after.answers.map(({ status, provider }) => [status, provider])).toEqual(Array(3).fill(['done', 'jobs']))
    },
  )

  it('are each their own item’s and step’s, and no other run’s', async () => {
    const run = await newRun()
    await ask(run, completeText, [prompt('a')])
    await ask(run, completeText, [prompt('z'), prompt('a')])
    expect(vendor.calls.length).toBe(3)
    await ask(run, completeText, [prompt('a')], { step: 1 })
    await ask(await newRun(), completeText, [prompt('a')])
    expect(vendor.calls.length).toBe(5)
  })

  it('are asked again for the vendor’s own words, where those were not kept', async () => {
    const run = await newRun()
    await ask(run, completeText, [prompt('a')])
    expect((await ask(run, completeText, [prompt('a')], { raw: true })).answers[0]?.raw).toBeDefined()
    expect(vendor.calls.length).toBe(2)
  })

  it('are not kept where they cost nothing: what a CRM holds changes', async () => {
    const run = await newRun()
    const search = { object: 'contact', where: [{ field: 'email', is: 'equal', value: 'a@acme.example' }], limit: 10 }
    await ask(run, searchRecords, [search])
    await ask(run, searchRecords, [search])
    expect(vendor.calls.length).toBe(2)
  })
})
