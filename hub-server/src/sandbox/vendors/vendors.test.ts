import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSandbox, type Sandbox } from '../index.ts'
import { ask, type Reply } from '../testing/ask.ts'

const acme = `
format: 1
prefix: /v1
knows: 0.8
credits: 5
auth: { key: [header.x-key, query.key, bearer, basic.user, body.auth.key] }
headers: { X-Left: "=$string($rates[0].remaining)" }
errors: { limited: { status: 429, headers: { Retry-After: =$string($retryAfter) }, json: { slow: down } } }
routes:
  - get: /v1/check
    operation: verifyEmail
    json: { status: =$mailbox($query.email).kind, name: =$query.name }
    charge: 1
  - { get: "/v1/people/{id}", free: true, json: { id: =$params.id } }
  - { post: /v1/echo, free: true, json: { body: =$body } }
  - { post: /v1/contacts, free: true, let: { made: "=$put('contact', $body)" }, status: 201, json: { id: =$made.id } }
  - { get: /v1/contacts, free: true, json: { list: [ "=$find('contact', {'email': $query.email})" ] } }
  - { get: /v1/open, open: true, text: hello }
  - { get: /v1/broken, free: true, json: "=$error('a slip')" }
`

let folder = ''
let sandbox: Sandbox
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'))
  for (const [name, content] of [
    ['acme', acme],
    ['wrong', 'format: 1\nroutes: [ { get: /x, json: "=$a(" } ]'],
  ] as const) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'sandbox.yaml'), content)
  }
  writeFileSync(
    join(folder, 'acme', 'connector.yaml'),
    'limits: [ { calls: 3, per: 10s, operation: verifyEmail, source: x } ]',
  )
  sandbox = await startSandbox({ connectorsDir: folder })
})
afterAll(async () => {
  await sandbox.stop()
  rmSync(folder, { recursive: true })
})

const get = (path: string, headers: Record<string, string> = {}): Promise<Reply> =>
  ask(sandbox.vendorBase('acme', 'default') + path, { headers })
const post = (path: string, type: string, body: string): Promise<Reply> =>
  ask(`${sandbox.vendorBase('acme', 'default')}${path}?key=poster`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })
const control = async (method: string, path: string, body?: unknown): Promise<unknown> =>
  JSON.parse(
    (
      await ask(`${sandbox.url}/_sandbox/${path}`, {
        method,
        body: body === undefined ? undefined : JSON.stringify(body),
      })
    ).text,
  )

test('web pages give the sandbox no orders', async () => {
  const pages = [
    ['origin', 'https://evil.example'],
    ['origin', 'null'],
    ['sec-fetch-site', 'cross-site'],
  ] as const
  for (const [name, value] of pages)
    expect((await ask(`${sandbox.url}/_sandbox/reset`, { method: 'POST', headers: { [name]: value } })).status).toBe(
      403,
    )
  expect((await ask(`${sandbox.url}/_sandbox/counts`)).status).toBe(200)
})

describe('a vendor', () => {
  test('takes its key wherever it says, and none is refused', async () => {
    const basic = `Basic ${Buffer.from('k:').toString('base64')}`
    const places = [
      get('/v1/people/1', { 'x-key': 'k' }),
      get('/v1/people/1?key=k'),
      get('/v1/people/1', { authorization: 'Bearer k' }),
      get('/v1/people/1', { authorization: basic }),
      get('/v1/people/1'),
    ]
    expect((await Promise.all(places)).map((reply) => reply.status)).toEqual([200, 200, 200, 200, 401])
    expect((await get('/v1/open')).text).toBe('hello')
  })

  test('answers with and without the part of the path that a server’s address may hold', async () => {
    expect((await get('/people/a%20b?key=k')).text).toBe('{"id":"a b"}')
    expect((await get('/nothing?key=k')).status).toBe(404)
  })

  test.each([
    ['bad', 401, /unauthorized/],
    ['empty', 402, /no credits/],
    ['limited', 429, /slow/],
    ['down', 503, /unavailable/],
    ['html', 200, /^<!doctype html>/],
    ['truncated', 200, /^\{"stat[^}]*$/],
  ])('plays what the key asks for: %s', async (word, status, text) => {
    const reply = await get(`/v1/check?email=x@y.example&key=my-${word}-key`)
    expect(reply.status).toBe(status)
    expect(reply.text).toMatch(text)
  })

  test('enforces the limits of connector.yaml in a sliding window, by a clock that tests put forward', async () => {
    const call = (): Promise<Reply> => get('/v1/check?email=x@y.example&key=limits-credits100')
    const first = [await call(), await call(), await call(), await call()]
    expect(first.map((reply) => reply.status)).toEqual([200, 200, 200, 429])
    expect(first.map((reply) => reply.headers['x-left'])).toEqual(['2', '1', '0', undefined])
    expect(first[3]?.headers['retry-after']).toBe('10')
    await control('POST', 'clock', { advance: 10_000 })
    expect((await call()).status).toBe(200)
  })

  test(
    'counts calls, successes and charges for each key and route, and stops when the credits ' + 'are used up',
    async () => {
      for (let at = 0; at < 3; at++) await get('/v1/check?email=x@y.example&key=counted-credits2')
      await get('/v1/people/1?key=counted-credits2')
      expect(await control('GET', 'counts')).toMatchObject({
        acme: {
          'counted-credits2': {
            'GET /v1/check': { calls: 3, successes: 2, charges: 2 },
            'GET /v1/people/{id}': { calls: 1, successes: 1, charges: 0 },
          },
        },
      })
      await control('POST', 'counts')
      expect(await control('GET', 'counts')).toEqual({})
    },
  )

  test('reads JSON, forms, multipart and text', async () => {
    expect((await post('/v1/echo', 'application/json', '{"a":[1]}')).text).toBe('{"body":{"a":[1]}}')
    expect((await post('/v1/echo', 'application/x-www-form-urlencoded', 'a=1&a=2&b=3')).text).toBe(
      '{"body":{"a":["1","2"],"b":"3"}}',
    )
    expect((await post('/v1/echo', 'text/plain', 'hi')).text).toBe('{"body":"hi"}')
    const multipart =
      '--x\r\ncontent-disposition: form-data; name="f"; filename="a.csv"\r\ncontent-type: ' +
      'text/csv\r\n\r\na,b\r\n--x--\r\n'
    expect(JSON.parse((await post('/v1/echo', 'multipart/form-data; boundary=x', multipart)).text)).toEqual({
      body: { f: { name: 'a.csv', type: 'text/csv', size: 3, text: 'a,b' } },
    })
  })

  test('keeps records for each account, and shows them to tests', async () => {
    expect((await post('/v1/contacts', 'application/json', '{"email":"Ada@A.example"}')).status).toBe(201)
    expect(JSON.parse((await get('/v1/contacts?email=ada@a.example&key=poster')).text)).toMatchObject({
      list: [{ fields: { email: 'Ada@A.example' } }],
    })
    expect((await get('/v1/contacts?email=ada@a.example&key=another')).text).toBe('{"list":[]}')
    expect(await control('GET', 'records/acme?object=contact')).toMatchObject({
      records: [{ account: 'poster', fields: { email: 'Ada@A.example' } }],
    })
  })

  test('records what was asked, so that two clients can be compared', async () => {
    await post('/v1/echo', 'application/json', '{"from":"sdk"}')
    expect(await control('GET', 'requests?connector=acme&limit=1')).toMatchObject({
      requests: [
        {
          method: 'POST',
          server: 'default',
          path: '/v1/echo',
          query: { key: 'poster' },
          body: { from: 'sdk' },
          status: 200,
          key: 'poster',
        },
      ],
    })
  })

  test('never passes off a fault of its description as an answer of the vendor', async () => {
    const reply = await get('/v1/broken?key=k')
    expect(reply.status).toBe(500)
    expect(reply.text).toMatch(/a slip/)
    expect((await ask(`${sandbox.vendorBase('wrong', 'default')}/x`)).text).toMatch(
      /wrong\/sandbox\.yaml.*is no JSONata/,
    )
    expect((await ask(`${sandbox.vendorBase('nobody', 'default')}/x`)).status).toBe(404)
  })

  test('is down for as long as it is told to be, and then neither counts nor charges', async () => {
    await control('POST', 'counts')
    await control('POST', 'outage?connector=acme', { ms: 300 })
    const call = (): Promise<number | string> =>
      get('/v1/people/1?key=k').then(
        (reply) => reply.status,
        (thrown: NodeJS.ErrnoException) => thrown.code ?? '',
      )
    expect([await call(), await call(), await call(), await call()]).toEqual(['ECONNRESET', 503, 'ECONNRESET', 503])
    expect(await control('GET', 'outages')).toEqual({ acme: { dropped: 2, refused: 2 } })
    expect(await control('GET', 'counts')).toEqual({})
    await pause(310)
    expect(await call()).toBe(200)
  })

  test('is as slow as it is told to be', async () => {
    await control('POST', 'latency?connector=acme', { ms: 150 })
    const start = performance.now()
    await get('/v1/people/1?key=k')
    expect(performance.now() - start).toBeGreaterThan(140)
    await control('POST', 'latency', { ms: 0 })
  })
})
