import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { BlockAnswer } from '../../hub-server/src/api/runs.ts'
import type { Connection } from '../../hub-server/src/contracts/connection.ts'
import type { Lead } from '../../hub-server/src/contracts/lead.ts'
import type { Me } from '../../hub-server/src/contracts/me.ts'
import { memoryOf, startHub, type CallOptions, type Hub } from './hub-process.ts'
import { expectProblem, type Expected } from './plain-words.ts'

let hub: Hub
beforeAll(async () => {
  hub = await startHub()
})
afterAll(() => hub.stop())

/** The hub goes on. */
afterEach(async () => {
  const { status, body } = await hub.call<Me>('GET', '/v1/me', { key: hub.keys.test })
  expect({ status, mode: body.mode }).toEqual({ status: 200, mode: 'test' })
})

type Case = [claim: string, method: string, path: string, options: Omit<CallOptions, 'key'>, expected: Expected]
const verify = '/v1/blocks/verify-email'
const items = [{ email: 'anna@acme.example' }]
const megabyte = 1024 * 1024

test.for<[string, string | undefined]>([
  ['no key', undefined],
  ['a key of another hub', 'ainow_test_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
  ['a key that is cut off', 'ainow_test_'],
])('%s is refused, and told where the keys stand', async ([, key]) => {
  for (const path of ['/v1/me', '/v1/connections', '/v1/runs'])
    expectProblem(await hub.call('GET', path, { key }), { status: 401, kind: 'unauthorized', names: /keys\.json/ })
})

test.for<Case>([
  [
    'an unknown block',
    'POST',
    '/v1/blocks/scrap-website',
    { body: { items } },
    { status: 404, kind: 'not_found', names: /scrap-website.*scrape-website/ },
  ],
  [
    'an unknown provider',
    'POST',
    verify,
    { body: { items, options: { providers: ['huntr'] } } },
    { status: 400, kind: 'invalid_input', names: /huntr.*hunter/ },
  ],
  [
    'a provider that cannot do this',
    'POST',
    '/v1/blocks/sync-crm',
    { body: { items, options: { crm: 'zerobounce' } } },
    { status: 400, kind: 'invalid_input', names: /zerobounce/ },
  ],
  [
    'a misspelt option',
    'POST',
    verify,
    { body: { items, options: { dept: 'free' } } },
    { status: 400, kind: 'invalid_input', names: /dept/ },
  ],
  [
    'an option’s wrong value',
    'POST',
    verify,
    { body: { items, options: { depth: 'fre' } } },
    { status: 400, kind: 'invalid_input', names: /depth.*full.*free/ },
  ],
  [
    'malformed JSON',
    'POST',
    verify,
    { body: '{"items": [' },
    { status: 400, kind: 'invalid_input', names: /not JSON/ },
  ],
  [
    'a form instead of JSON',
    'POST',
    verify,
    { body: 'items=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    { status: 400, kind: 'invalid_input', names: /Content-Type: application\/json/ },
  ],
  ['no body', 'POST', verify, {}, { status: 400, kind: 'invalid_input', names: /body/ }],
  [
    'a list instead of an object',
    'POST',
    verify,
    { body: items },
    { status: 400, kind: 'invalid_input', names: /body/ },
  ],
  ['an unknown address', 'GET', '/v1/nothing-here', {}, { status: 404, kind: 'not_found', names: /nothing-here/ }],
  ['a broken address', 'GET', '/v1/runs/%E0%A4%A', {}, { status: 400, kind: 'invalid_input' }],
  ['an unknown run', 'GET', '/v1/runs/run_nobody', {}, { status: 404, kind: 'not_found', names: /run_nobody/ }],
  [
    'an unknown connection',
    'GET',
    '/v1/connections/con_nobody',
    {},
    { status: 404, kind: 'not_found', names: /con_nobody/ },
  ],
  ['an unknown lead', 'GET', '/v1/leads/lead_nobody', {}, { status: 404, kind: 'not_found', names: /lead_nobody/ }],
  [
    'a query that is not right',
    'GET',
    '/v1/leads?limit=many',
    {},
    { status: 400, kind: 'invalid_input', names: /limit/ },
  ],
  ['a search for what no database can hold', 'GET', '/v1/leads?q=%00', {}, { status: 400, kind: 'invalid_input' }],
  [
    'a lead of nobody',
    'POST',
    '/v1/leads',
    { body: { lead: { title: 'CEO' } } },
    { status: 400, kind: 'invalid_input', names: /e-mail/ },
  ],
  [
    'an unknown connector',
    'POST',
    '/v1/connections',
    { body: { connector: 'huntr', fields: {} } },
    { status: 400, kind: 'invalid_input', names: /huntr.*hunter/ },
  ],
  [
    'an account without its key',
    'POST',
    '/v1/connections',
    { body: { connector: 'hunter', fields: {} } },
    { status: 400, kind: 'invalid_input', names: /API key is missing/ },
  ],
  [
    'an account with a field too many',
    'POST',
    '/v1/connections',
    { body: { connector: 'hunter', fields: { apiKey: 'k', apikey: 'k' } } },
    { status: 400, kind: 'invalid_input', names: /apikey/ },
  ],
])('%s gets an error that says what to do', async ([, method, path, options, expected]) => {
  expectProblem(await hub.call(method, path, { key: hub.keys.test, ...options }), expected)
})

test.for([
  ['a NUL', 'A\u0000B'],
  ['half a character', 'A\ud800B'],
])('%s in one item does not take its batch along', async ([, fullName]) => {
  const { status, body } = await hub.call<BlockAnswer>('POST', '/v1/blocks/score-lead', {
    key: hub.keys.test,
    body: { items: [{ fullName: 'Anna Berg' }, { fullName }] },
  })
  expect(status).toBe(200)
  expect(body.results[0]).toMatchObject({ item: 0, status: 'done' })
  expect(body.results).toHaveLength(2)
})

describe('one mode never sees the other’s', () => {
  test.for([
    ['test', 'live'],
    ['live', 'test'],
  ] as const)('what a %s key made is not given to the %s key', async ([own, other]) => {
    const made = await hub.call<Connection>('POST', '/v1/connections', {
      key: hub.keys[own],
      body: { connector: 'hunter', fields: { apiKey: 'k' } },
    })
    expect(made.status).toBe(201)
    const wrong: Expected = { status: 409, kind: 'wrong_mode', names: new RegExp(`Use the ${own} key`) }
    for (const method of ['GET', 'DELETE'])
      expectProblem(await hub.call(method, `/v1/connections/${made.body.id}`, { key: hub.keys[other] }), wrong)
    expectProblem(await hub.call('POST', `/v1/connections/${made.body.id}/test`, { key: hub.keys[other] }), wrong)
    expect((await hub.call('GET', '/v1/connections', { key: hub.keys[other] })).text).not.toContain(made.body.id)

    const {
      body: {
        run: { id },
      },
    } = await hub.call<BlockAnswer>('POST', '/v1/blocks/score-lead', {
      key: hub.keys[own],
      body: { items },
    })
    for (const path of [`/v1/runs/${id}`, `/v1/runs/${id}/results`])
      expectProblem(await hub.call('GET', path, { key: hub.keys[other] }), wrong)
    expectProblem(await hub.call('POST', `/v1/runs/${id}/cancel`, { key: hub.keys[other] }), wrong)

    const stored = await hub.call<{ lead: Lead }>('POST', '/v1/leads', {
      key: hub.keys[own],
      body: { lead: { email: `${own}@acme.example` } },
    })
    expectProblem(await hub.call('GET', `/v1/leads/${stored.body.lead.id}`, { key: hub.keys[other] }), {
      status: 404,
      kind: 'not_found',
    })
    expect((await hub.call('GET', '/v1/leads', { key: hub.keys[other] })).text).not.toContain(stored.body.lead.id)
  })

  test('the sandbox’s companies are not shown to the live key', async () => {
    expectProblem(await hub.call('GET', '/v1/sandbox/companies', { key: hub.keys.live }), {
      status: 409,
      kind: 'wrong_mode',
      names: /test key/,
    })
  })

  test('a live key without connections is told to connect', async () => {
    const { body } = await hub.call<BlockAnswer>('POST', '/v1/capabilities/locateIp', {
      key: hub.keys.live,
      body: { items: [{ ip: '198.51.100.7' }] },
    })
    expect(body.results[0]?.error).toMatchObject({ kind: 'not_connected', advice: expect.stringContaining('/connect') })
  })
})

describe('a body that is too large', () => {
  test('is refused by its announced length, before it is sent', async () => {
    const { status, text } = await announce(`${hub.url}${verify}`, {
      authorization: `Bearer ${hub.keys.test}`,
      'content-type': 'application/json',
      'content-length': String(50 * megabyte),
    })
    expectProblem(
      { status, type: 'application/problem+json', text, body: JSON.parse(text) },
      { status: 413, kind: 'invalid_input', names: /25 MB.*several requests/ },
    )
  })

  test('is not kept: many of them do not make the hub grow', async () => {
    const body = `"${'x'.repeat(50 * megabyte)}"`
    const before = memoryOf(hub.pid)
    for (let count = 0; count < 10; count++)
      expectProblem(await hub.call('POST', verify, { key: hub.keys.test, body }), {
        status: 413,
        kind: 'invalid_input',
      })
    // Of 500 MB sent, and of two at once.
    expect(memoryOf(hub.pid) - before).toBeLessThan(150)
  })

  test('of a stranger is not read at all', async () => {
    const { status } = await announce(`${hub.url}${verify}`, {
      'content-type': 'application/json',
      'content-length': String(20 * megabyte),
    })
    expect(status).toBe(401)
  })
})

describe('a request that is sent twice', () => {
  const send = (key: string, email: string) =>
    hub.call<BlockAnswer>('POST', verify, {
      key: hub.keys.test,
      headers: { 'idempotency-key': key },
      body: { items: [{ email }], options: { depth: 'free' } },
    })

  test('is one run, also when both come at once', async () => {
    const answers = [
      ...(await Promise.all([1, 2, 3].map(() => send('once', 'one@acme.example')))),
      await send('once', 'one@acme.example'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  })

  test('with another body under the same key is a conflict', async () => {
    await send('taken', 'one@acme.example')
    expectProblem(await send('taken', 'two@acme.example'), {
      status: 409,
      kind: 'conflict',
      names: /Idempotency-Key.*new key/,
    })
  })

  test('under another mode’s key is a run of its own', async () => {
    const test = await send('both', 'one@acme.example')
    const live = await hub.call<BlockAnswer>('POST', '/v1/blocks/score-lead', {
      key: hub.keys.live,
      headers: { 'idempotency-key': 'both' },
      body: { items },
    })
    expect(live.status).toBe(200)
    expect(live.body.run.id).not.toBe(test.body.run.id)
  })
})

/** Sends the head of a request and never its body. */
const announce = (url: string, headers: Record<string, string>): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const sending = request(url, { method: 'POST', headers }, (response) => {
      response.toArray().then((pieces) => {
        sending.destroy()
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString('utf8') })
      }, reject)
    })
    sending.on('error', reject)
    sending.flushHeaders()
  })
