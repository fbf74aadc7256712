import { readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ShownRow } from '../../hub-server/src/api/report.ts'
import type { Connection } from '../../hub-server/src/contracts/connection.ts'
import type { Event } from '../../hub-server/src/contracts/event.ts'
import type { Result } from '../../hub-server/src/contracts/result.ts'
import type { List, Pipeline, Run } from '../../hub-server/src/contracts/run.ts'
import type { Suppressed } from '../../hub-server/src/contracts/suppression.ts'
import { startServices } from '../../hub-server/src/db/testing/services.ts'
import { newFolder, startHub, type Hub } from '../hub/hub-process.ts'
import { copyWithoutLimits, startSandboxProcess, type SandboxProcess } from '../hub/sandbox-process.ts'
import type { Expected, ItemOutput, RunName } from './expected.ts'
import { openedFolder, openedPostgres, restoredFolder, restoredPostgres, unpackFixture, type Place } from './places.ts'
import { ask, factsOf, get, leadsOf, resultsOf, settled } from './reading.ts'

/**
 * Data of every version so far (make-fixture.ts makes them), opened with today's code: all of it is still there, and
 * goes on. Only what REST says is read, so that how it is stored may change.
 */
const versions = readdirSync(fileURLToPath(new URL('fixtures', import.meta.url)))
const program = fileURLToPath(new URL('hub.ts', import.meta.url))
const services = await startServices()
afterAll(() => services.stop())

const hasPostgres = services.databaseUrl !== undefined
const server = services.databaseUrl ?? ''
const ways: { way: string; isPossible: boolean; open: (version: string, folder: string) => Promise<Place> }[] = [
  { way: 'its own data folder', isPossible: true, open: async (_version, folder) => openedFolder(folder) },
  {
    way: 'its own PostgreSQL',
    isPossible: hasPostgres,
    open: (version, folder) => openedPostgres(version, folder, server),
  },
  { way: 'its backup, into PGlite', isPossible: true, open: async (version) => restoredFolder(version) },
  { way: 'its backup, into PostgreSQL', isPossible: hasPostgres, open: (version) => restoredPostgres(version, server) },
]

/** What a run that was stopped had not come to: told in other words by each version. */
const isOpen = ({ status, error }: Result<ItemOutput>): boolean => status === 'pending' || error?.kind === 'cancelled'

const connectors = newFolder()
copyWithoutLimits(connectors)
afterAll(() => rmSync(connectors, { recursive: true, force: true }))

describe.each(versions)('data of %s', (version) => {
  let folder = ''
  let expected: Expected
  beforeAll(async () => {
    ;({ folder, expected } = await unpackFixture(version))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  describe.each(ways)('from $way', ({ isPossible, open }) => {
    describe.skipIf(!isPossible)('is kept, and goes on', () => {
      let place: Place
      let sandbox: SandboxProcess
      let hub: Hub
      beforeAll(async () => {
        sandbox = await startSandboxProcess(connectors)
        place = await open(version, folder)
        const soonAfter = new Date(Date.parse(expected.madeAt) + 60_000).toISOString()
        hub = await startHub({
          data: place.data,
          program,
          env: { SANDBOX_URL: sandbox.url, LOG_LEVEL: 'warn', FIXTURE_AT: soonAfter, ...place.env },
        })
      })
      afterAll(async () => {
        await hub.stop()
        await sandbox.stop()
        await place.drop()
        rmSync(place.data, { recursive: true, force: true })
      })

      const asRemembered = (run: RunName): readonly Result<ItemOutput>[] => expected.results[expected.named[run]] ?? []

      test('the keys are those of then', () => {
        expect(hub.keys).toEqual(expected.keys)
      })

      test('each lead, in its mode', async () => {
        for (const key of ['test', 'live'] as const) {
          const before = key === 'test' ? expected.leads : expected.liveLeads
          const found = new Map((await leadsOf(hub, key)).map((lead) => [lead.id, lead]))
          expect(found.size).toBe(before.length)
          for (const { updatedAt: _, ...lead } of before) expect(found.get(lead.id)).toMatchObject(lead)
        }
      })

      test('each fact, with its source, its time and how sure it is', async () => {
        for (const [lead, facts] of Object.entries(expected.facts)) {
          const found = await factsOf(hub, lead)
          for (const { field, value, source, at, confidence, legalBasis } of facts)
            expect(found).toContainEqual(
              expect.objectContaining({ field, value, source, at, confidence, ...(legalBasis && { legalBasis }) }),
            )
        }
      })

      test('an id that was merged away leads to the one that stayed', async () => {
        for (const [from, to] of Object.entries(expected.redirects))
          expect(await get(hub, `/v1/leads/${from}`)).toMatchObject({ id: to })
      })

      test('each run and each result', async () => {
        for (const { id, block, status, items, usage } of expected.runs) {
          const isCancelled = status === 'cancelled'
          const { total, done, skipped, uncertain } = items
          expect(await get(hub, `/v1/runs/${id}`)).toMatchObject({
            id,
            block,
            status,
            usage,
            items: isCancelled ? { total, done, skipped, uncertain } : items,
          })
          const found = await resultsOf(hub, id)
          expect(found.length).toBe(total)
          const before = expected.results[id] ?? []
          expect(found.filter((_, item) => !isOpen(before[item] ?? expect.fail('no such item')))).toMatchObject(
            before.filter((result) => !isOpen(result)),
          )
        }
      })

      test('lists, pipelines, the budget of a day, and what the calls came to', async () => {
        expect((await get<{ lists: List[] }>(hub, '/v1/lists')).lists).toMatchObject(expected.lists)
        expect((await get<{ pipelines: Pipeline[] }>(hub, '/v1/pipelines')).pipelines).toMatchObject(expected.pipelines)
        expect(await get(hub, '/v1/budget')).toMatchObject({ budget: expected.budget })
        const { rows } = await get<{ rows: ShownRow[] }>(hub, `/v1/report?by=run&from=${expected.madeAt.slice(0, 10)}`)
        for (const { run, calls, price } of expected.report)
          if (run) expect(rows.find((row) => row.run?.id === run)).toMatchObject({ calls, price })
      })

      test('the events, in their order', async () => {
        const { events } = await get<{ events: Event[] }>(hub, '/v1/events?limit=1000')
        expect(events.slice(0, expected.events.length)).toMatchObject(expected.events)
      })

      test('accounts open, in their mode, and those who must not be contacted are known', async () => {
        for (const [key, before] of [
          ['test', expected.connections],
          ['live', expected.liveConnections],
        ] as const) {
          const { connections } = await get<{ connections: Connection[] }>(hub, '/v1/connections', key)
          expect(connections.map(({ id, connector }) => ({ id, connector }))).toEqual(
            before.map(({ id, connector }) => ({ id, connector })),
          )
        }
        for (const { id } of expected.connections)
          expect(await ask(hub, 'POST', `/v1/connections/${id}/test`)).toMatchObject({ ok: true })
        // Under the very key that was sealed then.
        expect(Object.keys(await keysSeen(sandbox, 'hunter'))).toContain('fixture-hunter')
        const { results } = await ask<{ results: Suppressed[] }>(hub, 'POST', '/v1/suppression/check', {
          entries: expected.suppressed,
        })
        expect(results.map(({ suppressed }) => suppressed)).toEqual(expected.suppressed.map(() => true))
        expect(await get(hub, '/v1/suppression')).toMatchObject(expected.suppression)
      })

      test('a request that was sent then is still the same request', async () => {
        for (const name of ['verified', 'paused by its budget'] as const) {
          const { body, run } = expected.requests[name] ?? expect.fail(`nothing was sent as ${name}`)
          const again = await ask<{ run: Run }>(hub, 'POST', '/v1/runs', body, 'test', {
            'idempotency-key': name,
          })
          expect(again.run.id).toBe(run)
          const other = await hub.call('POST', '/v1/runs', {
            key: hub.keys.test,
            body: { ...body, items: [{ email: 'other@acme.example' }] },
            headers: { 'idempotency-key': name },
          })
          expect(other.status).toBe(409)
        }
      })

      test('a run that was killed with its hub goes on by itself, and each item has its answer', async () => {
        const run = await settled(hub, expected.named.killed)
        expect(run).toMatchObject({ status: 'done', items: { total: 300, done: 300 } })
        await expectAnswered(hub, run.id)
      })

      test.each<{ name: RunName; what: string; body: object }>([
        { name: 'paused by its budget', what: 'resume', body: { budget: 10 } },
        { name: 'paused by hand', what: 'resume', body: {} },
        { name: 'cancelled', what: 'retry', body: {} },
      ])('a run that was $name goes on, and pays for what is open and nothing else', async ({ name, what, body }) => {
        await settled(hub, expected.named.killed)
        const open = asRemembered(name).filter(isOpen).length
        const before = await answeredBy(sandbox, 'hunter')
        await ask(hub, 'POST', `/v1/runs/${expected.named[name]}/${what}`, what === 'resume' ? body : undefined)
        const run = await settled(hub, expected.named[name])
        expect(run).toMatchObject({ status: 'done', items: { done: run.items.total } })
        await expectAnswered(hub, run.id)
        expect((await answeredBy(sandbox, 'hunter')) - before).toBe(open)
      })

      test('what was paid for is not paid for again', async () => {
        const items = asRemembered('verified').flatMap(({ status, outputs: [output] }) =>
          status === 'done' ? [{ email: output?.email }] : [],
        )
        const before = await answeredBy(sandbox, 'hunter')
        const { run } = await ask<{ run: Run }>(hub, 'POST', '/v1/runs', {
          block: 'verify-email',
          options: { depth: 'services', providers: ['hunter'] },
          items,
        })
        expect(await settled(hub, run.id)).toMatchObject({
          status: 'done',
          items: { done: items.length },
          usage: { calls: 0, cached: items.length },
        })
        expect(await answeredBy(sandbox, 'hunter')).toBe(before)
      })

      test('a CRM is written nothing that it was written before', async () => {
        const { body } = expected.requests.synced ?? expect.fail('nothing was synced')
        const { run } = await ask<{ run: Run }>(hub, 'POST', '/v1/runs', body)
        await settled(hub, run.id)
        const ids = (results: readonly Result<ItemOutput>[]) => results.map(({ outputs: [output] }) => output?.crm)
        const before = ids(asRemembered('synced')) as { id: string }[]
        expect(before.length).toBeGreaterThan(0)
        expect(ids(await resultsOf(hub, run.id))).toMatchObject(before.map(({ id }) => ({ id, outcome: 'unchanged' })))
        expect(await answeredBy(sandbox, 'hubspot', '/objects')).toBe(0)
      })

      test(
        'a message that was sent is never sent again, and one of which nobody knows when a ' + 'person says so',
        async () => {
          const uncertain = asRemembered('sent')
            .filter(({ status }) => status === 'uncertain')
            .map(({ item }) => item)
          expect(uncertain.length).toBeGreaterThan(0)
          expect(uncertain.length).toBeLessThan(asRemembered('sent').length)
          await ask(hub, 'POST', `/v1/runs/${expected.named.sent}/decide`, { items: uncertain, decision: 'again' })
          const run = await settled(hub, expected.named.sent)
          expect(run.items).toMatchObject({ done: run.items.total, uncertain: 0 })
          expect(await answeredBy(sandbox, 'sendgrid')).toBe(uncertain.length)
        },
      )

      test('a pipeline and a list of then run today', async () => {
        const { body } = expected.requests['through a pipeline'] ?? expect.fail('no pipeline ran')
        const { run } = await ask<{ run: Run }>(hub, 'POST', '/v1/runs', body)
        const before = expected.runs.find(({ id }) => id === expected.named['through a pipeline'])
        expect(await settled(hub, run.id)).toMatchObject({ status: 'done', items: before?.items })
        expect((await leadsOf(hub, 'test')).length).toBe(expected.leads.length)
      })
    })
  })
})

/** Every item was asked about: nothing says that it was not. */
const expectAnswered = async (hub: Hub, run: string): Promise<void> => {
  for (const { outputs } of await resultsOf(hub, run))
    expect(outputs).toEqual([expect.objectContaining({ verifiedBy: 'hunter', verdict: expect.any(String) })])
}

type Counts = Record<string, Record<string, Record<string, { successes: number }>> | undefined>

/** Key → route → counts, at a vendor. */
const keysSeen = async ({ control }: SandboxProcess, connector: string) =>
  ((await control('GET', 'counts')) as Counts)[connector] ?? {}

/** Calls that a vendor answered; only those whose route has such a word in it. */
const answeredBy = async (sandbox: SandboxProcess, connector: string, word = ''): Promise<number> =>
  Object.values(await keysSeen(sandbox, connector))
    .flatMap((routes) => Object.entries(routes))
    .reduce(
      (sum, [route, { successes }]) => sum + (route.includes(word) && !/account|scopes/.test(route) ? successes : 0),
      0,
    )
