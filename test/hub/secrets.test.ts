import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BlockAnswer } from '../../hub-server/src/api/runs.ts'
import type { Connection } from '../../hub-server/src/contracts/connection.ts'
import type { Connectors, ShownConnector } from '../../hub-server/src/contracts/connector.ts'
import { newFolder, startHub, type CallOptions, type Hub } from './hub-process.ts'
import { echoingConnector, filesIn, leaksIn, marker, readTables } from './secrets.ts'

/** The sandbox's vendors behave by the words in a key (docs/sandbox.md). */
const moods = ['good', 'bad', 'html', 'truncated', 'down']
const atOnce = 4

const place = newFolder()
const data = join(place, 'data')
const answers: { asked: string; text: string }[] = []
let keys: Hub['keys']
let output = ''
let tried: string[] = []
/** Those that are connected on the vendor's own page, which there is none of in mode test. */
const byConsent: string[] = []

beforeAll(async () => {
  const own = join(place, 'connectors', echoingConnector.id)
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, 'connector.yaml'), echoingConnector.manifest)
  writeFileSync(join(own, 'sandbox.yaml'), echoingConnector.sandbox)
  const hub = await startHub({ data, env: { LOG_LEVEL: 'trace', CONNECTORS_DIR: join(place, 'connectors') } })
  keys = hub.keys
  const call = async <Body>(method: string, path: string, options: CallOptions = {}) => {
    const answer = await hub.call<Body>(method, path, { key: keys.test, ...options })
    answers.push({ asked: `${method} ${path} ${answer.status}`, text: answer.text })
    return answer.body
  }
  try {
    const { connectors } = await call<Connectors>('GET', '/v1/connectors')
    tried = connectors.map(({ id }) => id)
    const left = connectors.values()
    const work = async () => {
      for (const connector of left) await useConnector(connector, call)
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    await makeErrors(call)
    for (const path of [
      '/v1/connections',
      '/v1/runs?limit=100',
      '/v1/leads',
      '/v1/blocks',
      '/openapi.json',
      '/health',
      '/connect',
    ])
      await call('GET', path)
  } finally {
    await hub.stop()
    output = hub.output()
  }
})

afterAll(() => rmSync(place, { recursive: true, force: true }))

type Call = <Body>(method: string, path: string, options?: CallOptions) => Promise<Body>

const fieldsOf = ({ auth }: ShownConnector, mood: string): Record<string, string> =>
  Object.fromEntries(
    auth.fields.map(({ name, secret, default: usual, options }) => [
      name,
      secret ? `${mood}-${marker}-${name}` : (options?.[0]?.value ?? usual ?? 'plain'),
    ]),
  )

const lead = { email: 'anna@acme.example', fullName: 'Anna Berg', company: { name: 'Acme', domain: 'acme.example' } }

/** Connects an account, tests it, and runs every block that can use it, in all moods of the vendor. */
const useConnector = async (connector: ShownConnector, call: Call): Promise<void> => {
  const input = (mood: string) => ({ body: { connector: connector.id, fields: fieldsOf(connector, mood) } })
  const live = await call<Connection>('POST', '/v1/connections', { ...input('live'), key: keys.live })
  await call('GET', `/v1/connections/${live.id}`, { key: keys.live })
  const { id } = await call<Partial<Connection>>('POST', '/v1/connections', input('first'))
  if (id === undefined && connector.auth.consent) return void byConsent.push(connector.id)
  for (const [count, mood] of moods.entries()) {
    await call('PUT', `/v1/connections/${id}`, input(mood))
    await call('POST', `/v1/connections/${id}/test`)
    const items = [{ ...lead, email: `anna${count}@acme.example` }]
    const ask = { providers: [connector.id], raw: true }
    const blocks: [capability: string, block: string, options: object][] = [
      ['verifyEmail', 'verify-email', { ...ask, depth: 'services' }],
      ['enrichPerson', 'enrich-lead', ask],
      ['upsertRecords', 'sync-crm', { crm: connector.id }],
    ]
    for (const [capability, block, options] of blocks) {
      if (!connector.capabilities.includes(capability)) continue
      const { run } = await call<BlockAnswer>('POST', `/v1/blocks/${block}`, { body: { items, options } })
      await call('GET', `/v1/runs/${run.id}`)
      await call('GET', `/v1/runs/${run.id}/results`)
    }
    await call('GET', `/v1/connections/${id}`)
  }
}

/** Requests that are not right, with a secret in them. */
const makeErrors = async (call: Call): Promise<void> => {
  const secret = `wrong-${marker}`
  const wrong: [string, string, CallOptions][] = [
    ['POST', '/v1/connections', { body: `{"connector": "hunter", "fields": {"apiKey": "${secret}"` }],
    ['POST', '/v1/connections', { body: { connector: 'hunter', fields: { key: secret } } }],
    ['POST', '/v1/connections', { body: { connector: 'huntr', fields: { apiKey: secret } } }],
    ['POST', '/v1/connections', { body: { connector: 'hunter', fields: { apiKey: { value: secret } } } }],
    [
      'POST',
      '/v1/connections',
      { body: { connector: 'hunter', fields: { apiKey: `${secret}\u0000` }, name: '\u0000' } },
    ],
    ['POST', '/v1/connections', { body: { connector: 'hunter', fields: [secret] } }],
    ['GET', '/v1/me', { key: secret }],
    ['GET', '/v1/me', { key: `${keys.test}x` }],
    ['GET', `/v1/leads?limit=0&key=${secret}`, {}],
  ]
  for (const [method, path, options] of wrong) await call(method, path, options)
}

test('every connector was tried in every mood', () => {
  expect(tried).toEqual(expect.arrayContaining(['hunter', 'zerobounce', 'my-echo']))
  expect(answers.filter(({ asked }) => asked.startsWith('PUT')).map(({ asked }) => asked.replace(/^.* /, ''))).toEqual(
    Array.from({ length: (tried.length - byConsent.length) * moods.length }, () => '200'),
  )
  expect(byConsent).toEqual(expect.arrayContaining(['linkedin', 'x']))
  const tests = answers.filter(({ asked }) => asked.includes('/test '))
  expect(tests.filter(({ text }) => text.includes('"ok":true'))).not.toEqual([])
  expect(tests.filter(({ text }) => text.includes('"ok":false'))).not.toEqual([])
})

test('no answer holds a secret or a key of the hub', () => {
  expect(
    answers.flatMap(({ asked, text }) => leaksIn(text, Object.values(keys)).map((leak) => `${asked}: ${leak}`)),
  ).toEqual([])
})

test('no line of the log holds a secret or a key of the hub', () => {
  expect(output).toContain('the hub is ready')
  expect(output.split('\n').flatMap((line) => leaksIn(line, Object.values(keys)))).toEqual([])
})

test('no table holds a secret or a key of the hub', async () => {
  const tables = await readTables(data)
  const counts = Object.fromEntries(tables.map(({ table, count }) => [table, count]))
  expect(counts.connection).toBe(2 * tried.length - byConsent.length)
  expect(counts.ledger).toBeGreaterThan(0)
  expect(counts.answer).toBeGreaterThan(0)
  expect(
    tables.flatMap(({ table, rows }) => leaksIn(rows, Object.values(keys)).map((leak) => `${table}: ${leak}`)),
  ).toEqual([])
})

test('in the data folder keys.json alone holds the hub’s keys, and no file holds a secret', () => {
  const leaking = filesIn(data).filter(({ text }) => leaksIn(text, Object.values(keys)).length > 0)
  expect(leaking.map(({ file }) => file)).toEqual([join(data, 'keys.json')])
})

test('files with secrets are readable by their owner alone', () => {
  const rightsOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)
  expect(rightsOf(data)).toBe('700')
  expect(rightsOf(join(data, 'keys.json'))).toBe('600')
  expect(rightsOf(join(data, 'sealing.key'))).toBe('600')
})
