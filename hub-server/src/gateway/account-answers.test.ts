import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSealer } from '../accounts/sealing.ts'
import type { Capability } from '../capabilities/capability.ts'
import { completeText } from '../capabilities/completeText.ts'
import { verifyEmail } from '../capabilities/verifyEmail.ts'
import type { Connector } from '../connectors/index.ts'
import { fixture } from '../connectors/testing/play.ts'
import { newId } from '../db/id.ts'
import { databaseForAll } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { createClaims, type Claims } from './claims.ts'
import type { AskOptions } from './ask.ts'
import { askingFor } from './testing/asking-for.ts'
import { gatewayOn } from './testing/gatewayOn.ts'
import { jobVendorForAll, until } from './testing/job-vendor.ts'
import { openBudget } from './testing/open-budget.ts'

const scope = { workspace: 'ws_1', mode: 'live' as const }
const prompts = [{ prompt: 'a', maxTokens: 100 }]
const list = ['a', 'b', 'c'].map((name) => ({ email: `${name}@acme.example` }))

const shared = await fixture('jobs')
/** The same service, at an address that each account has its own of. */
const ownServer: Connector = {
  ...shared,
  manifest: {
    ...shared.manifest,
    servers: { default: '=url' },
    auth: { ...shared.manifest.auth, fields: { ...shared.manifest.auth.fields, url: { label: 'Server' } } },
  },
}

describe.each(testDatabases)('what was kept for an account, on $kind', ({ open }) => {
  const database = databaseForAll(open)
  const vendor = jobVendorForAll()
  const sealer = createSealer([randomBytes(32)])
  beforeAll(() => openBudget(database.db, scope, 'day'))
  beforeEach(async () => {
    vendor.reset()
    for (const table of ['answer', 'vendor_job', 'run_answer', 'connection', 'claim'] as const)
      await database.db.deleteFrom(table).execute()
  })

  const newRun = async (): Promise<string> => {
    const run = newId('run')
    await openBudget(database.db, scope, 'run', run)
    return run
  }

  /** A process of its own on the same accounts. */
  const start = (connector: Connector, claims?: Claims) => {
    const { gateway, connections } = gatewayOn(database.db, {
      connectors: new Map([['jobs', connector]]),
      clock: { now: () => performance.now(), sleep: () => pause(5) },
      vendorBase: () => vendor.url,
      sealer,
      ...(claims && { claims }),
    })
    const account = (url: string, key = 'k') => ({
      connector: 'jobs',
      name: 'Jobs',
      fields: { key, url },
      secretNames: ['key'],
    })
    return {
      connect: async (url: string) => (await connections.create(scope, account(url))).id,
      replace: (id: string, url: string, key?: string) => connections.replace(scope, id, account(url, key)),
      remove: (id: string) => connections.remove(scope, id),
      consent: (id: string) => connections.putToken(scope, id, '{}'),
      ask: async (
        capability: Capability = completeText,
        inputs: readonly unknown[] = prompts,
        { run: given, stop, ...options }: AskOptions & { run?: string; stop?: AbortSignal } = {},
      ) => {
        const run = given ?? (await newRun())
        const asking = askingFor({ scope, run, nameOf: (item) => `${run}/0/${item}`, ...(stop && { stop }) })
        const answers = await gateway.ask(asking, capability, inputs, { items: [...inputs.keys()], ...options })
        return answers.map(({ outputs }) => outputs[0])
      },
    }
  }

  it('is found again by the same account, also when that was saved again', async () => {
    const hub = start(ownServer)
    const id = await hub.connect('https://one.example')
    const first = await hub.ask()
    expect(await hub.ask()).toEqual(first)
    await hub.replace(id, 'https://one.example')
    expect(await hub.ask()).toEqual(first)
    expect(vendor.calls.length).toBe(1)
  })

  it('never comes back after the account was replaced: on the same connection, a new one, by consent', async () => {
    const hub = start(ownServer)
    const id = await hub.connect('https://one.example')
    const seen = [await hub.ask()]
    await hub.replace(id, 'https://two.example')
    seen.push(await hub.ask())
    await hub.replace(id, 'https://two.example', 'another key')
    seen.push(await hub.ask())
    await hub.consent(id)
    seen.push(await hub.ask())
    await hub.remove(id)
    await hub.connect('https://two.example')
    seen.push(await hub.ask())
    expect(new Set(seen.map((answer) => JSON.stringify(answer))).size).toBe(5)
    expect(vendor.calls.length).toBe(5)
  })

  it('is not waited for by who asks the new account meanwhile', async () => {
    const hub = start(ownServer)
    const id = await hub.connect('https://one.example')
    const answered = Promise.withResolvers<void>()
    vendor.before(() => answered.promise)
    const former = hub.ask()
    await until(() => vendor.calls.length === 1)
    await hub.replace(id, 'https://two.example')
    const latter = hub.ask()
    await until(() => vendor.calls.length === 2)
    answered.resolve()
    expect(await former).not.toEqual(await latter)
  })

  it('is not waited for by another process either', async () => {
    const [one, two] = ['one', 'two'].map((holder) => start(ownServer, createClaims(database.db, holder)))
    const id = (await one?.connect('https://one.example')) ?? ''
    const answered = Promise.withResolvers<void>()
    vendor.before(() => answered.promise)
    const former = one?.ask()
    await until(() => vendor.calls.length === 1)
    await two?.replace(id, 'https://two.example')
    const latter = two?.ask()
    await until(() => vendor.calls.length === 2)
    answered.resolve()
    expect(await former).not.toEqual(await latter)
  })

  it('is not what its run has paid for', async () => {
    const hub = start(ownServer)
    const run = await newRun()
    const id = await hub.connect('https://one.example')
    const first = await hub.ask(completeText, prompts, { run, maxAgeDays: 0 })
    expect(await hub.ask(completeText, prompts, { run, maxAgeDays: 0 })).toEqual(first)
    await hub.replace(id, 'https://two.example')
    expect(await hub.ask(completeText, prompts, { run, maxAgeDays: 0 })).not.toEqual(first)
    expect(vendor.calls.length).toBe(2)
  })

  it('is no job that the former server was given', async () => {
    const hub = start(ownServer)
    const id = await hub.connect('https://one.example')
    const stopping = new AbortController()
    const former = hub.ask(verifyEmail, list, { stop: stopping.signal })
    await until(() => vendor.submits() === 1)
    stopping.abort()
    await former
    await hub.replace(id, 'https://two.example')
    vendor.all('done')
    expect(await hub.ask(verifyEmail, list)).toMatchObject(list.map(() => ({ status: 'deliverable' })))
    expect(vendor.submits()).toBe(2)
  })

  it('stays, where every account is answered the same', async () => {
    const hub = start(shared)
    const id = await hub.connect('https://one.example')
    const [first] = await hub.ask(verifyEmail, list.slice(0, 1))
    await hub.replace(id, 'https://two.example', 'another key')
    expect(await hub.ask(verifyEmail, list.slice(0, 1))).toEqual([first])
    await hub.remove(id)
    await hub.connect('https://three.example')
    expect(await hub.ask(verifyEmail, list.slice(0, 1))).toEqual([first])
    expect(vendor.calls.length).toBe(1)
  })

  it('a user’s own connector that is described otherwise is asked anew', async () => {
    const own: Connector = { ...shared, builtIn: false }
    const operation = own.operations.get('completeText') ?? expect.fail('There is no completeText.')
    const otherwise = { ...operation, manifest: { ...operation.manifest, read: { text: "=text & '!'" } } }
    await start(own).connect('https://one.example')
    const first = await start(own).ask()
    expect(await start({ ...own, manifest: { ...own.manifest, description: 'Other words' } }).ask()).toEqual(first)
    await start({ ...own, operations: new Map([...own.operations, ['completeText', otherwise]]) }).ask()
    expect(vendor.calls.length).toBe(2)
  })
})
