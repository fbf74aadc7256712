import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, beforeEach, expect } from 'vitest'
import { createSuppression } from '../../compliance/suppression.ts'
import { loadConnectors } from '../../connectors/index.ts'
import { databaseForAll } from '../../db/testing/database-for.ts'
import type { TestDatabase } from '../../db/testing/databases.ts'
import { usageOf } from '../../reporting/usage.ts'
import type { Clock } from '../rate-limiter.ts'
import { askingFor } from './asking-for.ts'
import { gatewayOn } from './gatewayOn.ts'
import { openBudget } from './open-budget.ts'
import { serveForAll } from './serve-for-all.ts'

export type Answerer = (request: IncomingMessage, response: ServerResponse) => void

export const scope = { workspace: 'ws_1', mode: 'test' as const }
/** Pauses between attempts are not waited for. */
const clock: Clock = { now: () => Date.now(), sleep: () => pause(1) }
/** Micro-USD for a look-up at ZeroBounce, by its connector.yaml. */
export const price = 9900
export const addresses = (count: number, name: string) =>
  Array.from({ length: count }, (_, n) => ({ email: `${name}${n}@acme.example` }))
/** ZeroBounce alone, asked anew. */
export const uncached = { providers: ['zerobounce'], maxAgeDays: 0 }

export const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

/** A gateway on a database of its own, and one server that plays the vendors, scripted by the test, in one describe. */
export const scriptedGateway = (open: TestDatabase['open']) => {
  /** It counts what reached it. */
  const vendor = { calls: [] as string[], answer: ((_request, response) => response.end()) as Answerer }
  const bodies = new WeakMap<IncomingMessage, string>()
  const server = serveForAll((request, response) => {
    vendor.calls.push(`${request.method} ${request.url}`)
    const chunks: Buffer[] = []
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        bodies.set(request, Buffer.concat(chunks).toString())
        vendor.answer(request, response)
      })
  })
  const database = databaseForAll(open)
  beforeAll(() => openBudget(database.db, scope, 'day'))
  beforeEach(() => {
    vendor.calls.length = 0
  })

  const start = async (
    vendorBase: (connector: string, server: string) => string = (connector) => `${server.url}/${connector}`,
  ) => {
    const suppression = createSuppression(database.db)
    const { connectors } = await loadConnectors({
      builtIn: fileURLToPath(new URL('../../../connectors', import.meta.url)),
    })
    // Without its published limits batches of any size are the faster way.
    const zerobounceConnector = connectors.get('zerobounce') ?? expect.fail('There is no zerobounce.')
    const manifest = { ...zerobounceConnector.manifest, limits: [] }
    const { gateway } = gatewayOn(database.db, {
      connectors: new Map([...connectors, ['zerobounce', { ...zerobounceConnector, manifest }]]),
      clock,
      vendorBase,
      suppressed: suppression.suppressed,
    })
    const run = `run_${Math.random()}`
    const costs = new Map<number, number>()
    const stopping = new AbortController()
    const asking = askingFor({
      scope,
      run,
      stop: stopping.signal,
      nameOf: (item) => `${run}/0/${item}`,
      cost: { get: (item) => costs.get(item), set: (item, price) => void costs.set(item, price) },
    })
    await openBudget(database.db, scope, 'run', run)
    const inBudget = (kind: 'run' | 'day', values: { most?: number | null; open?: boolean }) =>
      database.db
        .updateTable('budget')
        .set(values)
        .where('kind', '=', kind)
        .where('key', '=', kind === 'run' ? run : '')
        .execute()
    return {
      gateway,
      asking,
      run,
      inBudget,
      stop: () => stopping.abort(),
      usage: () => usageOf(database.db, scope, run),
      db: database.db,
      suppression,
    }
  }

  const zerobounce: Answerer = (request, response) => {
    const email = new URL(request.url ?? '', 'http://x').searchParams.get('email')
    json(response, 200, { address: email, status: 'valid', sub_status: '', free_email: false, did_you_mean: null })
  }

  const zerobounceInBatches: Answerer = (request, response) => {
    const { email_batch: asked } = JSON.parse(bodies.get(request) || '{}') as {
      email_batch?: { email_address: string }[]
    }
    if (!asked) return zerobounce(request, response)
    json(response, 200, {
      email_batch: asked.map(({ email_address: address }) => ({ address, status: 'valid', sub_status: '' })),
      errors: [],
    })
  }
  return { vendor, bodies, start, zerobounce, zerobounceInBatches }
}
