import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Asked, Block, BlockContext } from '../blocks/block.ts'
import { capabilityBlocks } from '../blocks/capability.ts'
import { loadBlocks } from '../blocks/registry.ts'
import { contextWith, plainProvider } from '../blocks/testing/context.ts'
import type { Capability } from '../capabilities/capability.ts'
import { HubError } from '../contracts/errors.ts'
import type { Result } from '../contracts/result.ts'
import { checked } from '../contracts/validate.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { openLeads } from '../leads/store.ts'
import { rowsOf } from './runs.ts'
import { runsOn } from './testing/runs-on.ts'

const at = new Date('2026-11-21T10:00:00Z')
const cancelled = () => new HubError('cancelled', 'The run was stopped before this call was made.')

/**
 * What the services of this test say: by the capability, of an input. The first of several enrichers knows every
 * third.
 */
const sayings: Record<string, (input: Record<string, unknown>, provider: string) => unknown[]> = {
  verifyEmail: ({ email }) => [{ status: String(email).includes('1') ? 'undeliverable' : 'deliverable' }],
  enrichPerson: ({ email }, provider) =>
    provider === 'one' && !String(email).includes('3')
      ? []
      : [{ fullName: `Person of ${String(email)}`, title: `Head, says ${provider}`, confidence: 0.9 }],
  findEmail: () => [],
  enrichCompany: () => [],
  searchPeople: ({ domain }) => [1, 2].map((n) => ({ fullName: `Person ${n}`, title: 'Head', company: { domain } })),
  sendEmail: ({ to }) => [{ id: `message to ${String(to)}` }],
  searchRecords: () => [],
  upsertRecords: (input) => [{ id: `record ${JSON.stringify(input)}`, outcome: 'created' }],
  describeFields: () => [],
}

/**
 * Services that keep what they have answered; at one moment somebody pauses the run, and the call under way is the
 * last.
 */
const services = (stopAt: number, stop: () => Promise<unknown>) => {
  const kept = new Map<string, Asked<unknown>>()
  let calls = 0
  const call = async (signal: AbortSignal): Promise<void> => {
    if (signal.aborted) throw cancelled()
    if (++calls !== stopAt) return
    await stop()
    await new Promise<void>((resolve) =>
      signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
    )
  }
  const askOne = async (
    capability: Capability,
    input: Record<string, unknown>,
    provider: string,
    signal: AbortSignal,
  ): Promise<Asked<unknown>> => {
    const key = JSON.stringify([capability.name, provider, input])
    const known = kept.get(key)
    if (known) return known
    try {
      await call(signal)
    } catch (thrown) {
      if (!(thrown instanceof HubError)) throw thrown
      return { status: 'failed', outputs: [], error: thrown.toValue(), at }
    }
    const answer: Asked<unknown> = {
      status: 'done',
      outputs: sayings[capability.name]?.(input, provider) ?? [],
      provider,
      connection: provider,
      at,
    }
    kept.set(key, answer)
    return answer
  }
  const pages = new Map<string, Awaited<ReturnType<BlockContext['fetchPage']>>>()
  return {
    calls: () => calls,
    askAll: async (
      capability: Capability,
      inputs: readonly unknown[],
      provider: string,
      signal: AbortSignal,
    ): Promise<Asked<unknown>[]> => {
      const answers: Asked<unknown>[] = []
      for (const input of inputs)
        answers.push(await askOne(capability, input instanceof Object ? { ...input } : {}, provider, signal))
      return answers
    },
    fetchPage: async (url: string, signal: AbortSignal) => {
      const known = pages.get(url)
      if (known && !signal.aborted) return known
      await call(signal)
      const { host, pathname } = new URL(url)
      const html =
        `<html lang="en"><title>${host}</title><body><a href="/contact">Contact</a> <a ` +
        `href="mailto:info${pathname.length}@${host}">write</a></body></html>`
      const page = {
        url,
        status: pathname === '/' || pathname === '/contact' ? 200 : 404,
        contentType: 'text/html',
        charset: 'utf-8',
        html,
        redirects: [],
        bytes: html.length,
      }
      pages.set(url, page)
      return page
    },
  }
}

interface Case {
  readonly block: string
  readonly options?: object
  readonly items: readonly object[]
}

const range = (count: number) => Array.from({ length: count }, (_, n) => n)
const people = range(40).map((n) => ({ email: `person${n}@acme${n}.example` }))
const cases: readonly Case[] = [
  { block: 'verify-email', items: people },
  { block: 'verifyEmail', items: people },
  { block: 'enrich-lead', options: { want: ['title'] }, items: people },
  { block: 'find-leads', items: range(25).map((n) => ({ domain: `acme${n}.example` })) },
  { block: 'scrape-website', items: range(20).map((n) => ({ website: `https://acme${n}.example` })) },
  {
    block: 'send-message',
    options: { channel: 'email', from: 'me@acme.example', subject: 'Hello', text: 'Hi' },
    items: people,
  },
  {
    block: 'sync-crm',
    options: { crm: 'one' },
    items: people.map((person, n) => ({ ...person, fullName: `Person ${n}` })),
  },
]

describe.each(testDatabases)('a run that is stopped in the middle, on $kind', ({ open }) => {
  let database: Awaited<ReturnType<typeof open>>
  let blocks: Block[]
  beforeAll(async () => {
    database = await open()
    blocks = [...(await loadBlocks()).values(), ...capabilityBlocks().values()]
  })
  afterAll(() => database.remove())

  const opened: { close: () => Promise<void> }[] = []
  // What a test that failed left open must not work on the next one's runs.
  afterEach(() => Promise.all(opened.splice(0).map(({ close }) => close())))

  let workspaces = 0
  /** @param stopAt the call after which nothing more is asked; then the run is done to its end */
  const results = async (
    { block, options, items }: Case,
    stopAt: number,
    how: 'pause' | 'cancel' | 'close',
  ): Promise<{ results: Result[]; calls: number; met: Result[] }> => {
    const scope = { workspace: `ws_${workspaces++}`, mode: 'test' as const }
    const { db } = database
    let id = ''
    const doors: { runs?: Awaited<ReturnType<typeof runsOn>>; closing?: Promise<void> } = {}
    const stop = async (): Promise<void> => {
      if (how === 'pause') await doors.runs?.runs.pause(scope, id)
      else if (how === 'cancel') await doors.runs?.runs.cancel(scope, id)
      else doors.closing = doors.runs?.close()
    }
    const vendors = services(stopAt, stop)
    const open = async () => {
      const fresh = await runsOn({
        db,
        blocks,
        concurrency: 1,
        openContext: (execution): BlockContext => ({
          ...contextWith({ scope, run: id, signal: execution.stop, now: () => at }),
          leads: openLeads(db, scope),
          providers: (_capability, names) =>
            Promise.resolve((names.length > 0 ? names : ['one', 'two']).map((name) => plainProvider(name, name))),
          notWritten: (_provider, records) => Promise.resolve(records.map(() => [])),
          locked: (_connector, entries, work) => work(entries),
          ask: async (capability, inputs, how = {}) => {
            const answers = await vendors.askAll(capability, inputs, how.providers?.[0] ?? 'one', execution.stop)
            return answers.map((answer) => ({
              ...answer,
              outputs: answer.outputs.map((output) =>
                checked(capability.output, output, `What ${capability.name} gives`),
              ),
            }))
          },
          fetchPage: (url) => vendors.fetchPage(url, execution.stop),
          resolveMx: (domain) => Promise.resolve([{ exchange: `mx.${domain}`, priority: 1 }]),
        }),
      })
      opened.push(fresh)
      return fresh
    }
    const first = await open()
    doors.runs = first
    // Known to the stop before any call is made.
    id = await first.runs.start(scope, { block, options: options ?? {}, source: { rows: rowsOf(items) } })
    const ended = await first.runs.get(scope, id, how === 'close' && Number.isFinite(stopAt) ? 0 : 40_000)
    if (!Number.isFinite(stopAt)) {
      await first.close()
      return { results: (await first.runs.results(scope, id, 0, 100)).results, calls: vendors.calls(), met: [] }
    }
    if (how === 'close') await expect.poll(() => doors.closing !== undefined).toBe(true)
    else expect(ended.status).toBe(how === 'pause' ? 'paused' : 'cancelled')
    await (doors.closing ?? first.close())
    const met = (await first.runs.results(scope, id, 0, 100)).results
    const stopped = await first.runs.get(scope, id)
    expect(stopped.status).not.toBe('done')
    expect(stopped.items.pending).toBe(met.filter(({ status }) => status === 'pending').length)
    const second = await open()
    if (how === 'pause') await second.runs.resume(scope, id)
    if (how === 'cancel') await second.runs.retry(scope, id)
    expect(await second.runs.get(scope, id, 120_000)).toMatchObject({
      status: 'done',
      items: { pending: 0, failed: 0 },
    })
    await second.close()
    return { results: (await second.runs.results(scope, id, 0, 100)).results, calls: vendors.calls(), met }
  }

  describe.each(cases)('of $block', (one) => {
    it.each([
      ['pause', 3],
      ['cancel', 7],
      ['close', 12],
    ] as const)(
      'by %s at call %i comes to what an undisturbed one does, and asks nothing twice',
      async (how, stopAt) => {
        const undisturbed = await results(one, Infinity, how)
        expect(undisturbed.results.map(({ status }) => status)).toEqual(one.items.map(() => 'done'))
        const { results: again, calls, met } = await results(one, stopAt, how)
        // What has a result when it is stopped has the right one already; the others have none.
        for (const [item, result] of met.entries())
          if (result.status !== 'pending') expect(result).toEqual(undisturbed.results[item])
        expect(met.some(({ status }) => status === 'pending')).toBe(true)
        expect(JSON.stringify(again)).not.toMatch(/stopped|cancelled/i)
        expect(again).toEqual(undisturbed.results)
        expect(calls).toBe(undisturbed.calls)
      },
    )
  })
})
