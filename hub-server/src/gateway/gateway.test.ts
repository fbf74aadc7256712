import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createConnections } from '../access/connections.ts'
import { createSealer } from '../access/sealing.ts'
import { sendEmail } from '../capabilities/sendEmail.ts'
import { verifyEmail } from '../capabilities/verifyEmail.ts'
import { createAgents, loadConnectors } from '../connectors/index.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { createAnswers } from './answers.ts'
import type { ProviderAnswer } from './ask-provider.ts'
import { createGateway } from './gateway.ts'
import { createLedger } from './ledger.ts'
import { createLimiter, type Clock } from './limiter.ts'
import { createProviders } from './providers.ts'
import { createSend } from './send.ts'
import { createSingleFlight } from './single-flight.ts'
import { createSlots } from './slots.ts'
import { createTokens } from './tokens.ts'

type Answerer = (request: IncomingMessage, response: ServerResponse) => void

/** One server that plays the vendors, scripted by the test; it counts what reached it. */
const vendor = { calls: [] as string[], answer: ((_request, response) => response.end()) as Answerer, url: '' }
const server = createServer((request, response) => {
  vendor.calls.push(`${request.method} ${request.url}`)
  request.resume().on('end', () => vendor.answer(request, response))
})
const json = (response: ServerResponse, status: number, body: unknown) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const scope = { workspace: 'ws_1', mode: 'test' as const }
const mail = { to: 'a@acme.example', from: 'me@acme.example', subject: 'Hello', text: 'Hi' }
/** Pauses between attempts are not waited for. */
const clock: Clock = { now: () => Date.now(), sleep: () => pause(1) }

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  vendor.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe.each(testDatabases)('the gateway on $kind', ({ open }) => {
  let database: Awaited<ReturnType<typeof open>>
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.remove())
  beforeEach(() => {
    vendor.calls.length = 0
  })

  const start = async (vendorBase: (connector: string, server: string) => string = (connector) => `${vendor.url}/${connector}`) => {
    const { connectors } = await loadConnectors({ builtIn: fileURLToPath(new URL('../../connectors', import.meta.url)) })
    const connections = createConnections(database.db, createSealer([randomBytes(32)]))
    const ledger = createLedger(database.db)
    const send = createSend({ ledger, limiter: createLimiter(clock), slots: createSlots(), agents: createAgents(), clock })
    const parts = { answers: createAnswers(database.db), tokens: createTokens(connections), flights: createSingleFlight<ProviderAnswer>(), clock, send, vendorBase }
    const gateway = createGateway(createProviders({ connectors: () => connectors, connections }), { test: parts, live: parts })
    let cached = 0
    const run = `run_${Math.random()}`
    const asking = { scope, run, signal: new AbortController().signal, onCached: (count: number) => void (cached += count) }
    return { gateway, ledger, asking, run, cached: () => cached }
  }

  const zerobounce: Answerer = (request, response) => {
    const email = new URL(request.url ?? '', 'http://x').searchParams.get('email')
    json(response, 200, { address: email, status: 'valid', sub_status: '', free_email: false, did_you_mean: null })
  }

  it('asks once for one address, however often and however written it is asked for at once, and then never again', async () => {
    vendor.answer = zerobounce
    const { gateway, asking, run, ledger, cached } = await start()
    const inputs = ['One@acme.example', 'one@acme.example', ' one@acme.example'].map((email) => ({ email }))
    const options = { providers: ['zerobounce'] }
    const [many, again] = await Promise.all([gateway.ask(asking, verifyEmail, inputs.slice(0, 1), options), gateway.ask(asking, verifyEmail, inputs.slice(1, 2), options)])
    const later = await gateway.ask(asking, verifyEmail, inputs, options)
    expect([...many, ...again, ...later].map(({ outputs }) => outputs[0]?.status)).toEqual(Array(5).fill('deliverable'))
    expect(vendor.calls.length).toBe(1)
    expect(cached()).toBeGreaterThanOrEqual(3)
    expect(await ledger.usageOf(run)).toMatchObject({ calls: 1, credits: 1 })
  })

  it('keeps nothing and asks anew when the cache is off', async () => {
    vendor.answer = zerobounce
    const { gateway, asking } = await start()
    for (let count = 0; count < 2; count++) await gateway.ask(asking, verifyEmail, [{ email: 'two@acme.example' }], { providers: ['zerobounce'], maxAgeDays: 0 })
    expect(vendor.calls.length).toBe(2)
  })

  it('goes on to the next provider after an error or an answer that is not good enough', async () => {
    vendor.answer = (request, response) =>
      request.url?.startsWith('/zerobounce') ? json(response, 200, { error: 'Invalid API key or your account ran out of credits' }) : json(response, 200, { data: { status: 'valid', score: 90, email: 'x' }, meta: {} })
    const { gateway, asking } = await start()
    const [answer] = await gateway.ask(asking, verifyEmail, [{ email: 'three@acme.example' }])
    expect(answer).toMatchObject({ status: 'done', provider: 'hunter', outputs: [{ status: 'deliverable' }] })
  })

  it('repeats a read that failed for a moment, and says what happened when it stays so', async () => {
    let left = 1
    vendor.answer = (request, response) => (left-- > 0 ? json(response, 503, {}) : zerobounce(request, response))
    const { gateway, asking } = await start()
    expect(await gateway.ask(asking, verifyEmail, [{ email: 'four@acme.example' }], { providers: ['zerobounce'] })).toMatchObject([{ status: 'done' }])
    vendor.answer = (_request, response) => json(response, 503, {})
    expect(await gateway.ask(asking, verifyEmail, [{ email: 'five@acme.example' }], { providers: ['zerobounce'] })).toMatchObject([{ status: 'failed', error: { kind: 'unavailable', provider: 'zerobounce' } }])
  })

  it('takes a kept connection that the service closed meanwhile for no outage', async () => {
    vendor.answer = zerobounce
    const { gateway, asking, run, ledger } = await start()
    const options = { providers: ['zerobounce'] }
    await gateway.ask(asking, verifyEmail, [{ email: 'seven@acme.example' }], options)
    vendor.answer = (request, response) => {
      vendor.answer = zerobounce
      request.socket.resetAndDestroy()
      response.destroy()
    }
    expect(await gateway.ask(asking, verifyEmail, [{ email: 'eight@acme.example' }], options)).toMatchObject([{ status: 'done' }])
    expect(await ledger.usageOf(run)).toMatchObject({ calls: 2 })
  })

  it('settles every ledger row it has sent', async () => {
    vendor.answer = zerobounce
    const { gateway, asking, run } = await start()
    await gateway.ask(asking, verifyEmail, [{ email: 'six@acme.example' }], { providers: ['zerobounce'] })
    const rows = await database.db.selectFrom('ledger').select(['state', 'http_status', 'price']).where('run', '=', run).execute()
    expect(rows).toEqual([{ state: 'settled', http_status: 200, price: expect.any(Number) }])
  })

  it.each([
    ['a server’s failure', (_request: IncomingMessage, response: ServerResponse) => void json(response, 502, {})],
    ['a connection that breaks', (_request: IncomingMessage, response: ServerResponse) => void response.destroy()],
    ['an accepted one without an id', (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(202).end()],
  ])('never sends a message twice after %s: a person decides', async (_name, answer) => {
    vendor.answer = answer
    const { gateway, asking } = await start()
    expect(await gateway.ask(asking, sendEmail, [mail], { providers: ['sendgrid'] })).toMatchObject([{ status: 'uncertain' }])
    expect(vendor.calls.length).toBe(1)
  })

  it('sends again what was refused for being too fast, and every one of two equal messages', async () => {
    let left = 1
    vendor.answer = (_request, response) => (left-- > 0 ? void response.writeHead(429).end('{}') : void response.writeHead(202, { 'x-message-id': 'm1' }).end())
    const { gateway, asking } = await start()
    expect(await gateway.ask(asking, sendEmail, [mail, mail], { providers: ['sendgrid'] })).toMatchObject([{ status: 'done', outputs: [{ id: 'm1' }] }, { status: 'done' }])
    expect(vendor.calls.length).toBe(3)
  })

  it('knows that nothing was sent where nobody listens', async () => {
    const { gateway, asking } = await start(() => 'http://127.0.0.1:9')
    expect(await gateway.ask(asking, sendEmail, [mail], { providers: ['sendgrid'] })).toMatchObject([{ status: 'failed', error: { kind: 'unavailable' } }])
  })

  it('says who can be asked, what it costs, and what to connect', async () => {
    const { gateway, asking } = await start()
    expect(() => gateway.providers.check('verifyEmail', ['hunter', 'nobody'])).toThrow(/no provider “nobody”/)
    expect(() => gateway.providers.check('verifyEmail', ['sendgrid'])).toThrow(/cannot do this/)
    await expect(gateway.ask(asking, verifyEmail, [{ email: 'x@acme.example' }], { maxPrice: 0.000001 })).rejects.toMatchObject({ kind: 'over_budget' })
    await expect(gateway.ask({ ...asking, scope: { ...scope, mode: 'live' } }, verifyEmail, [{ email: 'x@acme.example' }])).rejects.toMatchObject({ kind: 'not_connected' })
  })
})
