import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Capability } from '../../capabilities/capability.ts'
import { enrichPerson } from '../../capabilities/enrichPerson.ts'
import { searchPeople } from '../../capabilities/searchPeople.ts'
import { verifyEmail } from '../../capabilities/verifyEmail.ts'
import { loadConnectors, type Connector } from '../../connectors/index.ts'
import type { Request } from '../../connectors/compiled/connector.ts'
import type { ErrorKind } from '../../contracts/errors.ts'
import { databaseForAll } from '../../db/testing/database-for.ts'
import { anyDatabase } from '../../db/testing/databases.ts'
import { askingFor } from '../testing/asking-for.ts'
import { gatewayOn } from '../testing/gatewayOn.ts'
import { openBudget } from '../testing/open-budget.ts'
import { serveForAll } from '../testing/serve-for-all.ts'

const builtIn = fileURLToPath(new URL('../../../connectors', import.meta.url))
const scope = { workspace: 'ws_1', mode: 'test' as const }
/** What a good vendor answers: the first answer of an example. */
const answerOf = (example: string): unknown =>
  (JSON.parse(readFileSync(`${builtIn}/${example}.json`, 'utf8')) as { exchanges: { answer: { body: unknown } }[] })
    .exchanges[0]?.answer.body

type Fault = (request: IncomingMessage, response: ServerResponse, body: string) => void
const json =
  (status: number, body: unknown): Fault =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const text =
  (type: string, content: string): Fault =>
  (_request, response) =>
    void response.writeHead(200, { 'content-type': type }).end(content)

/** Time limits of seconds, as tenths: so that no test waits for a slow vendor. */
const hurriedMs = 400
const hurried = (connector: Connector): Connector => {
  const soon = (request: Request): Request => ({ ...request, timeoutMs: hurriedMs })
  const operations = [...connector.operations].map(
    ([key, one]) =>
      [
        key,
        {
          ...one,
          ...(one.one?.request && { one: { ...one.one, request: soon(one.one.request) } }),
          ...(one.many?.request && { many: { ...one.many, request: soon(one.many.request) } }),
        },
      ] as const,
  )
  return { ...connector, operations: new Map(operations) }
}

describe('the waterfall', () => {
  /** The first vendor of each test does this; every other one is well. */
  let fault: Fault
  let first = ''
  const calls: string[] = []
  const well: Readonly<Record<string, unknown>> = {
    '/v2/email-verifier': answerOf('hunter/examples/verifyEmail.hit'),
    '/v2/people/find': answerOf('hunter/examples/enrichPerson.hit'),
    '/v2/domain-search': answerOf('hunter/examples/searchPeople.hit'),
  }
  const vendors = serveForAll((request, response) => {
    const [, connector = '', path = ''] = /^\/([^/]+)([^?]*)/.exec(request.url ?? '') ?? []
    calls.push(connector)
    const chunks: Buffer[] = []
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () =>
        (connector === first ? fault : json(200, well[path]))(request, response, Buffer.concat(chunks).toString()),
      )
  })
  const database = databaseForAll(anyDatabase.open)
  let connectors: ReadonlyMap<string, Connector>
  beforeAll(async () => {
    await openBudget(database.db, scope, 'day')
    connectors = new Map(
      [...(await loadConnectors({ builtIn })).connectors].map(([id, connector]) => [id, hurried(connector)]),
    )
  })
  beforeEach(() => {
    calls.length = 0
  })

  /** Waiting takes no time. */
  let ahead = 0
  const clock = {
    now: () => Date.now() + ahead,
    sleep: (ms: number) => {
      ahead += ms
      return Promise.resolve()
    },
  }
  const ask = async (
    capability: Capability,
    inputs: readonly unknown[],
    providers: readonly string[],
    base = vendors.url,
  ) => {
    const vendorBase = (connector: string): string => `${connector === first ? base : vendors.url}/${connector}`
    const { gateway } = gatewayOn(database.db, { connectors, clock, vendorBase })
    const asking = askingFor({ scope, run: null })
    first = providers[0] ?? ''
    return gateway.ask(asking, capability, inputs, { providers, maxAgeDays: 0 })
  }

  const drips: Fault = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const timer = setInterval(() => response.write(' '), 50)
    response.on('close', () => clearInterval(timer))
  }
  const faults: [string, ErrorKind, Fault][] = [
    ['is down', 'unavailable', json(503, {})],
    ['breaks the connection', 'unavailable', (_request, response) => void response.destroy()],
    ['never answers', 'timeout', () => undefined],
    ['answers a byte at a time', 'timeout', drips],
    ['limits the rate', 'rate_limited', json(429, {})],
    ['answers HTML', 'bad_response', text('text/html', '<!doctype html><title>Just a moment…</title>')],
    ['answers half of its JSON', 'bad_response', text('application/json', '{"status":"val')],
    ['answers a text for a list', 'bad_response', json(200, 'all is well')],
    ['answers nothing', 'bad_response', text('application/json', '')],
    ['answers an empty object', 'bad_response', json(200, {})],
  ]
  const waterfalls: [Capability, string, string, unknown][] = [
    [verifyEmail, 'zerobounce', 'hunter', { email: 'ann@acme.example' }],
    [enrichPerson, 'people-data-labs', 'hunter', { email: 'ann@acme.example' }],
    [enrichPerson, 'fullcontact', 'hunter', { email: 'ann@acme.example' }],
    [searchPeople, 'people-data-labs', 'hunter', { domain: 'acme.com', limit: 25 }],
  ]
  describe.each(waterfalls)('$name at %s', (capability, bad, next, input) => {
    it.each(faults)('goes on when the first %s (%s)', async (_what, kind, doing) => {
      fault = doing
      const alone = await ask(capability, [input], [bad])
      expect(alone).toMatchObject([{ status: 'failed', error: { kind, provider: bad } }])
      expect(calls.length).toBeLessThanOrEqual(6)
      const [answer] = await ask(capability, [input], [bad, next])
      expect(answer).toMatchObject({ status: 'done', provider: next })
      expect(answer?.outputs.length).toBeGreaterThan(0)
    })

    it('goes on when nobody listens', async () => {
      const [answer] = await ask(capability, [input], [bad, next], 'http://127.0.0.1:9')
      expect(answer).toMatchObject({ status: 'done', provider: next })
    })
  })

  it.each<[string, ErrorKind, unknown]>([
    ['a status of another type', 'bad_response', { address: 'ann@acme.example', status: 7, sub_status: '' }],
    ['a word that is not known', 'bad_response', { address: 'ann@acme.example', status: 'splendid', sub_status: '' }],
  ])('takes %s for no answer (%s)', async (_what, kind, body) => {
    fault = json(200, body)
    expect(await ask(verifyEmail, [{ email: 'ann@acme.example' }], ['zerobounce'])).toMatchObject([
      { status: 'failed', error: { kind } },
    ])
    expect(await ask(verifyEmail, [{ email: 'ann@acme.example' }], ['zerobounce', 'hunter'])).toMatchObject([
      { status: 'done', provider: 'hunter' },
    ])
  })

  it('splits a batch that is refused whole, and asks the next one about the refused row alone', async () => {
    const emails = ['a', 'b', 'wrong', 'd', 'e'].map((name) => `${name}@acme.example`)
    fault = (request, response, body) => {
      const asked = body
        ? (JSON.parse(body) as { email_batch: { email_address: string }[] }).email_batch.map((one) => one.email_address)
        : [new URL(request.url ?? '', vendors.url).searchParams.get('email') ?? '']
      if (asked.some((email) => email.startsWith('wrong')))
        return json(400, { error: 'Invalid row' })(request, response, body)
      const answers = asked.map((email) => ({ address: email, status: 'valid', sub_status: '' }))
      return json(200, body ? { email_batch: answers, errors: [] } : answers[0])(request, response, body)
    }
    const items = emails.map((email) => ({ email }))
    const alone = await ask(verifyEmail, items, ['zerobounce'])
    expect(alone.map(({ status, error }) => error?.kind ?? status)).toEqual([
      'done',
      'done',
      'invalid_input',
      'done',
      'done',
    ])
    expect(calls.length).toBeLessThanOrEqual(2 * emails.length)
    const both = await ask(verifyEmail, items, ['zerobounce', 'hunter'])
    expect(both.map(({ provider }) => provider)).toEqual([
      'zerobounce',
      'zerobounce',
      'hunter',
      'zerobounce',
      'zerobounce',
    ])
  })

  it.each<[string, () => string]>([
    ['that is always the same', () => 'again'],
    ['that is always another', () => randomBytes(8).toString('hex')],
  ])('ends a list whose cursor %s, though its pages are empty, and asks the next one', async (_what, cursor) => {
    fault = (request, response, body) =>
      json(200, { status: 200, data: [], scroll_token: cursor(), total: 1_000_000 })(request, response, body)
    const input = { domain: 'acme.com', limit: 25 }
    expect(await ask(searchPeople, [input], ['people-data-labs'])).toMatchObject([
      { status: 'failed', error: { kind: 'bad_response' } },
    ])
    expect(calls.length).toBeLessThanOrEqual(100)
    expect(await ask(searchPeople, [input], ['people-data-labs', 'hunter'])).toMatchObject([
      { status: 'done', provider: 'hunter' },
    ])
  })

  it('every call of every connector has a time limit', async () => {
    const { connectors: asWritten } = await loadConnectors({ builtIn })
    const limits = [...asWritten.values()].flatMap(({ operations }) =>
      [...operations.values()].flatMap(({ one, many }) =>
        [one, many]
          .flatMap((way) =>
            way
              ? [way.request, way.job?.submit, way.job?.poll, ...(way.steps ?? []).map(({ request }) => request)]
              : [],
          )
          .flatMap((request) => request?.timeoutMs ?? []),
      ),
    )
    expect(limits.length).toBeGreaterThan(asWritten.size)
    expect(limits.filter((ms) => !(ms > 0 && ms <= 180_000))).toEqual([])
  })
})
