import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sendEmail } from '../capabilities/sendEmail.ts'
import { loadConnectors } from '../connectors/index.ts'
import { databaseForAll } from '../db/testing/database-for.ts'
import { anyDatabase } from '../db/testing/databases.ts'
import { askingFor } from './testing/asking-for.ts'
import { gatewayOn } from './testing/gatewayOn.ts'
import { openBudget } from './testing/open-budget.ts'
import { serveForAll } from './testing/serve-for-all.ts'

// docs/sending.md, row by row: what becomes of a message by how the service answers.

/** A service that takes e-mail; it counts the messages that it took, whatever it answers. */
const service = { calls: 0, taken: 0, script: [] as Step[] }
type Step = (response: ServerResponse, request: IncomingMessage) => void

const take: Step = (response) => {
  service.taken++
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"m1"}')
}
const refuse =
  (status: number, headers: Record<string, string> = {}): Step =>
  (response) =>
    void response.writeHead(status, headers).end('{}')
const takeThen =
  (step: Step): Step =>
  (response, request) => {
    service.taken++
    step(response, request)
  }

const folder = mkdtempSync(join(tmpdir(), 'hub-send-'))
const describeService = (id: string, errors: string): void => {
  mkdirSync(join(folder, id))
  writeFileSync(
    join(folder, id, 'connector.yaml'),
    `format: 1
id: ${id}
name: ${id}
docs: https://vendor.example/docs
auth: { fields: { apiKey: { label: API key, secret: true } }, send: { bearer: =apiKey } }
servers: { default: "https://api.vendor.example" }
${errors}
operations:
  sendEmail:
    one: { post: /messages, timeout: 1s, json: { to: =to, text: =text } }
    read: { id: =id }
`,
  )
}

const scope = { workspace: 'ws_1', mode: 'test' as const }
const mail = { to: 'a@acme.example', from: 'me@acme.example', subject: 'Hello', text: 'Hi' }

describe('a message and the answer to it', () => {
  const database = databaseForAll(anyDatabase.open)
  const vendor = serveForAll((request, response) => {
    service.calls++
    request.resume().on('end', () => (service.script.shift() ?? take)(response, request))
  })
  let send: (connector?: string, base?: string) => Promise<{ status: string; error?: { kind: string } }>
  beforeAll(async () => {
    describeService('plain', '')
    describeService(
      'other-words',
      'errors: [ { status: 503, kind: unavailable, outcome: uncertain }, { status: 500, kind: unavailable, outcome: ' +
        'refused } ]',
    )
    await openBudget(database.db, scope, 'day')
    const { connectors, problems } = await loadConnectors({ builtIn: folder })
    expect(problems).toEqual([])
    let nth = 0
    send = async (connector = 'plain', base = vendor.url) => {
      const clock = { now: () => Date.now(), sleep: () => pause(1) }
      const { gateway } = gatewayOn(database.db, { connectors, clock, vendorBase: () => base })
      const asking = askingFor({ scope, run: null, nameOf: () => `item/${nth++}` })
      const [answer] = await gateway.ask(asking, sendEmail, [mail], { providers: [connector], items: [0] })
      return answer ?? expect.fail('no answer')
    }
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  beforeEach(() => Object.assign(service, { calls: 0, taken: 0, script: [] }))

  it.each([
    ['503', [refuse(503), refuse(503)]],
    ['503 with Retry-After', [refuse(503, { 'retry-after': '1' })]],
    ['429', [refuse(429), refuse(429)]],
    ['521, no connection from the vendor’s front to its service', [refuse(521)]],
  ])('%s took nothing: it is sent again, and goes out once', async (_name, script) => {
    service.script = [...script]
    expect(await send()).toMatchObject({ status: 'done' })
    expect(service).toMatchObject({ calls: script.length + 1, taken: 1 })
  })

  it('a service that stays at 503 is told so after three tries: failed, not uncertain', async () => {
    service.script = Array<Step>(10).fill(refuse(503))
    expect(await send()).toMatchObject({ status: 'failed', error: { kind: 'unavailable' } })
    expect(service).toMatchObject({ calls: 3, taken: 0 })
  })

  it.each([
    ['500', refuse(500)],
    ['502', refuse(502)],
    ['504', refuse(504)],
    ['520', refuse(520)],
    [
      'a connection that breaks',
      (_response: ServerResponse, request: IncomingMessage) => void request.socket.destroy(),
    ],
    [
      'a connection that is reset',
      (_response: ServerResponse, request: IncomingMessage) => void request.socket.resetAndDestroy(),
    ],
    ['silence', () => undefined],
    [
      'an answer that breaks off',
      (response: ServerResponse) =>
        void response.writeHead(200, { 'content-length': '100' }).write('{"id"', () => response.destroy()),
    ],
    [
      'an answer that never ends',
      (response: ServerResponse) => void response.writeHead(200, { 'content-length': '100' }).write('{"id"'),
    ],
    ['a good status and no JSON', (response: ServerResponse) => void response.writeHead(200).end('<html>')],
  ])('%s may have taken it: a person decides', async (_name, step) => {
    service.script = [takeThen(step)]
    expect(await send()).toMatchObject({ status: 'uncertain' })
    expect(service).toMatchObject({ calls: 1, taken: 1 })
  })

  it.each([
    [400, 'invalid_input'],
    [401, 'unauthorized'],
    [402, 'quota_exceeded'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [408, 'timeout'],
    [409, 'conflict'],
    [422, 'invalid_input'],
  ])('%i is a refusal: %s', async (status, kind) => {
    service.script = [refuse(status)]
    expect(await send()).toMatchObject({ status: 'failed', error: { kind } })
    expect(service).toMatchObject({ calls: 1, taken: 0 })
  })

  it('nobody listens, or the connection ends before anything was written: nothing has left', async () => {
    expect(await send('plain', 'http://127.0.0.1:9')).toMatchObject({
      status: 'failed',
      error: { kind: 'unavailable' },
    })
    const closing = (socket: Socket): void => void socket.destroy()
    const tls = createServer().on('connection', closing)
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve))
    expect(await send('plain', `https://127.0.0.1:${(tls.address() as AddressInfo).port}`)).toMatchObject({
      status: 'failed',
      error: { kind: 'unavailable' },
    })
    tls.close()
  })

  it('a connector may say otherwise of its vendor', async () => {
    service.script = [takeThen(refuse(503))]
    expect(await send('other-words')).toMatchObject({ status: 'uncertain' })
    expect(service).toMatchObject({ calls: 1, taken: 1 })
    service.script = [refuse(500)]
    expect(await send('other-words')).toMatchObject({ status: 'done' })
    expect(service).toMatchObject({ calls: 3, taken: 2 })
  })
})
