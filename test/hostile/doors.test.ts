import { randomBytes } from 'node:crypto'
import { request, type IncomingHttpHeaders } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BlockAnswer } from '../../hub-server/src/api/runs.ts'
import { memoryOf, startHub, type CallOptions, type Hub } from '../hub/hub-process.ts'
import { expectProblem, type Expected } from '../hub/plain-words.ts'

const megabyte = 1024 * 1024

let hub: Hub
beforeAll(async () => {
  hub = await startHub({ env: { HUB_NAMES: 'hub.lan, hub.acme.example' } })
})
afterAll(() => hub.stop())

interface Sent {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: Buffer | string
  /** Says that so much comes, and sends only this. */
  readonly hold?: boolean
}

/** With a Host header of one's own, which fetch does not allow. */
const send = (path: string, { method = 'GET', headers = {}, body, hold }: Sent) =>
  new Promise<{ status: number; headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
    const sending = request(`${hub.url}${path}`, { method, headers, agent: false }, (response) => {
      response.toArray().then((pieces) => {
        sending.destroy()
        const text = Buffer.concat(pieces).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      }, reject)
    })
    sending.on('error', reject)
    if (hold) {
      sending.flushHeaders()
      if (body !== undefined) sending.write(body)
    } else sending.end(body)
  })

const json = { 'content-type': 'application/json' }

describe('an address without a key looks at its token before it reads a body', () => {
  const part = (bytes: number): string => randomBytes(bytes).toString('base64url')
  const token = ['v1', part(6), part(12), part(40)].join('.')

  test.for<[string, string, number]>([
    ['a callback', `/v1/callbacks/${token}`, 404],
    ['the backup', '/v1/backup', 403],
  ])('%s', async ([, path, status]) => {
    const announced = { ...json, 'content-length': String(20 * megabyte) }
    expect((await send(path, { method: 'POST', headers: announced, hold: true })).status).toBe(status)
    const bomb = gzipSync(Buffer.from(`[${'[],'.repeat(8 * megabyte)}[]]`))
    const before = memoryOf(hub.pid)
    const began = performance.now()
    for (let count = 0; count < 5; count++)
      expect(
        (await send(path, { method: 'POST', headers: { ...json, 'content-encoding': 'gzip' }, body: bomb })).status,
      ).toBe(status)
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(memoryOf(hub.pid) - before).toBeLessThan(50)
  })
})

describe('a body is bounded as it grows', () => {
  test.for<[string, Buffer, number, RegExp]>([
    ['a bomb of spaces', gzipSync(Buffer.alloc(24 * megabyte, ' ')), 413, /more than 100 times/],
    [
      'more than 25 MB, packed',
      gzipSync(Buffer.from(JSON.stringify(randomBytes(14 * megabyte).toString('hex')))),
      413,
      /25 MB/,
    ],
    [
      'a million empty lists',
      gzipSync(Buffer.from(`[${'[],'.repeat(5 * megabyte)}[]]`)),
      400,
      /2,500,000 values|100 times/,
    ],
  ])('%s', async ([, body, status, names]) => {
    const before = memoryOf(hub.pid)
    const headers = { ...json, 'content-encoding': 'gzip', authorization: `Bearer ${hub.keys.test}` }
    const answer = await send('/v1/blocks/score-lead', { method: 'POST', headers, body })
    expect([status, 413]).toContain(answer.status)
    expect(answer.text).toMatch(names)
    expect(memoryOf(hub.pid) - before).toBeLessThan(150)
  })
})

type Case = [claim: string, method: string, path: string, options: Omit<CallOptions, 'key'>, expected: Expected]
const wrong = (names: RegExp): Expected => ({ status: 400, kind: 'invalid_input', names })
const nul = 'A\u0000B'

test.for<Case>([
  ['a NUL in a name', 'POST', '/v1/lists', { body: { name: nul, items: [] } }, wrong(/NUL.*\/name/)],
  [
    'a NUL in the name of a field',
    'POST',
    '/v1/connections',
    { body: { connector: 'hunter', fields: { [nul]: 'k' } } },
    wrong(/NUL.*\/fields/),
  ],
  ['a NUL in a lead', 'POST', '/v1/leads', { body: { lead: { email: nul } } }, wrong(/NUL.*\/lead\/email/)],
  [
    'a NUL in an option',
    'POST',
    '/v1/runs',
    { body: { block: 'score-lead', options: { rules: [{ field: nul, is: 'known', points: 1 }] }, items: [] } },
    wrong(/NUL/),
  ],
  [
    'a NUL in an option of a file’s address',
    'POST',
    `/v1/runs?block=score-lead&map=${encodeURIComponent('{"email":"\\u0000"}')}`,
    { body: 'email\na\n', headers: { 'content-type': 'text/csv' } },
    wrong(/NUL/),
  ],
  [
    '5,000 levels',
    'POST',
    '/v1/blocks/score-lead',
    { body: `{"items":${'['.repeat(5000)}${']'.repeat(5000)}}` },
    wrong(/64 levels/),
  ],
  [
    '5,000 levels in an address',
    'POST',
    `/v1/runs?block=score-lead&options=${'['.repeat(5000)}`,
    { body: 'email\na\n', headers: { 'content-type': 'text/csv' } },
    wrong(/64 levels/),
  ],
  [
    '200,000 names',
    'POST',
    '/v1/leads',
    { body: `{"lead":{${Array.from({ length: 200_000 }, (_, at) => `"k${at}":1`).join()}}}` },
    wrong(/10,000 fields/),
  ],
  ['a cursor beyond all items', 'GET', '/v1/runs/run_x/results?cursor=99999999999', {}, wrong(/cursor/)],
  ['a cursor beyond all events', 'GET', '/v1/events?after=9999999999999999', {}, wrong(/cursor/)],
  ['a number beyond all numbers', 'GET', '/v1/sandbox/companies?offset=1e300', {}, wrong(/offset/)],
  [
    'positions beyond all items',
    'POST',
    '/v1/runs/run_x/decide',
    { body: { items: [2 ** 40], decision: 'sent' } },
    wrong(/items/),
  ],
  ['an id of 600 characters', 'GET', `/v1/leads/${'x'.repeat(600)}`, {}, wrong(/500 characters/)],
  [
    'rules with 200,000 words',
    'POST',
    '/v1/blocks/score-lead',
    {
      body: {
        items: [{}],
        options: { rules: [{ field: 'title', is: 'contains_any', value: 'word,'.repeat(200_000), points: 1 }] },
      },
    },
    wrong(/rules.*10000 characters/),
  ],
  [
    'a CSV with 100,000 columns',
    'POST',
    '/v1/lists?name=x',
    {
      body: `${Array.from({ length: 100_000 }, (_, at) => `c${at}`).join()}\nx\n`,
      headers: { 'content-type': 'text/csv' },
    },
    wrong(/100,000 columns/),
  ],
])('%s: refused in words, at once', async ([, method, path, options, expected]) => {
  const began = performance.now()
  expectProblem(await hub.call(method, path, { key: hub.keys.test, ...options }), expected)
  expect(performance.now() - began).toBeLessThan(2_000)
})

test('an item with too many fields, levels or characters fails alone', async () => {
  const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`k${at}`, 1]))
  let deep: unknown = 1
  for (let level = 0; level < 40; level++) deep = [deep]
  const items = [{ title: 'CEO' }, many, { deep }, { page: 'x'.repeat(4_100_000) }, { page: 'x'.repeat(1_000_000) }]
  const { status, body } = await hub.call<BlockAnswer>('POST', '/v1/blocks/score-lead', {
    key: hub.keys.test,
    body: { items },
  })
  expect(status).toBe(200)
  expect(body.results.map((result) => result.status)).toEqual(['done', 'failed', 'failed', 'failed', 'done'])
  expect(body.results.map(({ error }) => error?.message)).toEqual([
    undefined,
    'Item 1, counted from 0, has more than 1,000 fields.',
    'Item 2, counted from 0, is nested more than 32 levels deep.',
    'Item 3, counted from 0, holds more than 4,000,000 characters.',
    undefined,
  ])
})

describe('a name that is not the hub’s', () => {
  test.for(['evil.example', 'hub.acme.example.evil.example'])('%s is refused everywhere', async (host) => {
    for (const path of ['/health', '/v1/me', '/connect', '/templates/search', '/openapi.json']) {
      const { status, text } = await send(path, { headers: { host, authorization: `Bearer ${hub.keys.test}` } })
      expect({ path, status }).toEqual({ path, status: 403 })
      expect(text).toContain('HUB_NAMES')
    }
  })

  test.for(['hub.lan', 'hub.acme.example', 'localhost:1', '[::1]'])('%s is one of its names', async (host) => {
    expect((await send('/health', { headers: { host } })).status).toBe(200)
  })
})

test('a page of another site sends nothing to consent, callbacks, backup or anywhere else', async () => {
  for (const path of ['/v1/connections/con_x/authorize', '/v1/callbacks/x', '/v1/backup', '/v1/stop']) {
    const headers = { ...json, origin: 'https://evil.example', authorization: `Bearer ${hub.keys.test}` }
    const { status, text } = await send(path, { method: 'POST', headers, body: '{}' })
    expect({ path, status }).toEqual({ path, status: 403 })
    expect(text).toContain('another site')
  }
})

test('what is private is not kept by browsers and proxies, and no page may frame the hub', async () => {
  const headers = { authorization: `Bearer ${hub.keys.test}` }
  for (const path of ['/v1/me', '/v1/leads', '/v1/nothing', '/oauth/callback', '/metrics', '/health'])
    expect({ path, control: (await send(path, { headers })).headers['cache-control'] }).toEqual({
      path,
      control: 'no-store',
    })
  const page = (await send('/connect', {})).headers
  expect(page['content-security-policy']).toContain("frame-ancestors 'none'")
  expect(page['x-content-type-options']).toBe('nosniff')
  expect((await send('/v1/connectors/hunter/icon', {})).headers['cache-control']).toContain('public')
})
