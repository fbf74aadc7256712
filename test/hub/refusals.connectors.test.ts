import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Connectors } from '../../hub-server/src/contracts/connector.ts'
import type { BlockAnswer } from '../../hub-server/src/api/runs.ts'
import { newFolder, startHub, type Hub } from './hub-process.ts'
import { expectItemError } from './plain-words.ts'

/** A connector as a person would write it; `read` says how an answer is read. */
const connectorYaml = (id: string, status: string): string => `format: 1
id: ${id}
name: ${id}
docs: https://vendor.example/docs
auth:
  fields:
    apiKey: { label: API key, secret: true }
  send: { query: { api_key: =apiKey } }
servers: { default: "https://api.vendor.example" }
operations:
  verifyEmail:
    one: { get: /check, query: { email: =email } }
    read:
      status: ${JSON.stringify(status)}
`
const sandboxYaml = `format: 1
auth: { key: [query.api_key] }
routes:
  - get: /check
    operation: verifyEmail
    json: { verdict: good, text: ${'a'.repeat(40)}! }
`
const good = "=verdict = 'good' ? 'deliverable' : 'unknown'"

const write = (folder: string, id: string, manifest: string): void => {
  mkdirSync(join(folder, id), { recursive: true })
  writeFileSync(join(folder, id, 'connector.yaml'), manifest)
  writeFileSync(join(folder, id, 'sandbox.yaml'), sandboxYaml)
}

let hub: Hub
const folder = newFolder()
beforeAll(async () => {
  write(folder, 'my-good', connectorYaml('my-good', good))
  write(folder, 'my-typo', connectorYaml('my-typo', good).replace('operations:', 'oprations:'))
  write(folder, 'my-yaml', connectorYaml('my-yaml', good).replace('name: my-yaml', 'name: my: yaml'))
  write(folder, 'my-jsonata', connectorYaml('my-jsonata', '=verdict = (('))
  write(folder, 'my-other-name', connectorYaml('my-another-name', good))
  write(folder, 'hunter', connectorYaml('hunter', good))
  write(
    folder,
    'my-endless-call',
    connectorYaml('my-endless-call', '=($again := function($n) { $again($n + 1) }; $again(0))'),
  )
  write(folder, 'my-endless-regex', connectorYaml('my-endless-regex', '=$contains(text, /^(a+)+$/)'))
  write(
    folder,
    'my-hog',
    connectorYaml('my-hog', '=($grow := function($list) { $grow($append($list, $list)) }; $grow([1..1000]))'),
  )
  symlinkSync(join(folder, 'nowhere'), join(folder, 'my-dead-link'))
  symlinkSync(join(folder, 'my-circle-two'), join(folder, 'my-circle-one'))
  symlinkSync(join(folder, 'my-circle-one'), join(folder, 'my-circle-two'))
  mkdirSync(join(folder, 'my-folder-for-a-file', 'connector.yaml'), { recursive: true })
  mkdirSync(join(folder, 'my-folder-for-a-file', 'sandbox.yaml'))
  write(
    folder,
    'my-bomb',
    ['a: &a [x,x,x]', ...[...'bcdefghijklm'].map((name, at) => `${name}: &${name} [${nine('abcdefghijkl'[at])}]`)].join(
      '\n',
    ),
  )
  write(folder, 'my-latin', '')
  writeFileSync(
    join(folder, 'my-latin', 'connector.yaml'),
    Buffer.from(connectorYaml('my-latin', good).replace('name: my-latin', 'name: Größe'), 'latin1'),
  )
  write(folder, 'my-huge', '')
  truncateSync(join(folder, 'my-huge', 'connector.yaml'), 100 * 1024 * 1024)
  hub = await startHub({ env: { CONNECTORS_DIR: `${folder}:${join(folder, 'nothing-here')}` } })
})
afterAll(async () => {
  await hub.stop()
  rmSync(folder, { recursive: true, force: true })
})

type Answer = BlockAnswer<{ verdict: string; verifiedBy: string }>

const emails = (count: number): string[] => Array.from({ length: count }, (_, index) => `anna${index}@acme.example`)

const verify = async (provider: string, addresses = emails(1)) => {
  const body = {
    items: addresses.map((email) => ({ email })),
    options: { depth: 'services', providers: [provider], maxAgeDays: 0 },
  }
  return (await hub.call<Answer>('POST', '/v1/blocks/verify-email', { key: hub.keys.test, body })).body.results
}

type Reported = [id: string, line: number, names: RegExp]

test.for<Reported>([
  ['my-typo', 10, /no \\"oprations\\".*Did you mean \\"operations\\"/],
  ['my-yaml', 3, /"instead":"[^"]{8,}/],
  ['my-jsonata', 14, /not JSONata.*"instead":"[^"]{8,}/],
  ['my-other-name', 2, /id: my-other-name/],
  ['hunter', 1, /\\"hunter\\" is taken.*my-hunter/],
])('a mistake in %s/connector.yaml is reported with file, line %i and what to write', ([id, line, names]) => {
  const lines = hub
    .output()
    .split('\n')
    .filter((each) => each.includes(join(folder, id, 'connector.yaml')))
  expect(lines.find((each) => names.test(each)) ?? hub.output()).toMatch(new RegExp(`"line":${line},`))
})

test('a folder that is not there is reported', () => {
  expect(hub.output()).toMatch(/nothing-here.*Check CONNECTORS_DIR/)
})

test.for<[id: string, message: RegExp]>([
  ['my-dead-link', /link to something that is not there/],
  ['my-circle-one', /in a circle/],
  ['my-circle-two', /in a circle/],
  ['my-folder-for-a-file', /This is a folder/],
  ['my-bomb', /stand for one another, or for too much/],
  ['my-latin', /UTF-8/],
  ['my-huge', /longer than/],
])(
  '%s cannot be read: it stands in the log and among the problems that /connect shows, and the hub lives',
  async ([id, message]) => {
    const { body } = await hub.call<Connectors>('GET', '/v1/connectors', { key: hub.keys.test })
    const problem = body.problems.find(({ file }) => file.includes(join(folder, id)))
    expect(problem?.message).toMatch(message)
    expect(problem?.instead).not.toBe('')
    expect(hub.output()).toContain(JSON.stringify(problem?.message))
  },
)

test('the other connectors work, and a built-in is not replaced', async () => {
  const { body } = await hub.call<Connectors>('GET', '/v1/connectors', {
    key: hub.keys.test,
  })
  const ids = body.connectors.map(({ id }) => id)
  expect(ids).toEqual(expect.arrayContaining(['hunter', 'zerobounce', 'my-good']))
  for (const broken of ['my-typo', 'my-yaml', 'my-jsonata', 'my-other-name', 'my-another-name'])
    expect(ids).not.toContain(broken)
  expect(body.connectors.find(({ id }) => id === 'hunter')?.name).toBe('Hunter')
  expect(await verify('my-good')).toMatchObject([
    { status: 'done', outputs: [{ verdict: 'deliverable', verifiedBy: 'my-good' }] },
  ])
})

test.for([['my-endless-call'], ['my-endless-regex'], ['my-hog']])(
  'an expression of %s that never ends fails its items, and the hub answers others meanwhile',
  async ([provider = '']) => {
    const items = emails(4)
    let over = false
    const running = verify(provider, items).finally(() => {
      over = true
    })
    let meanwhile = 0
    while (!over) {
      expect((await hub.call('GET', '/health')).status).toBe(200)
      if (!over) meanwhile++
    }
    const results = await running
    expect(results).toHaveLength(items.length)
    for (const { status, error } of results) {
      expect(status).toBe('failed')
      expectItemError(
        error,
        'bad_response',
        new RegExp(`${provider}.*operations\\.verifyEmail\\.read\\.status.*(stopped|failed)`),
      )
    }
    // A hub that is held up answers once an expression at most.
    expect(meanwhile).toBeGreaterThan(2 * items.length)
  },
)

test('after expressions that never end, the good ones of the same hub still work', async () => {
  expect(await verify('my-good', ['later@acme.example'])).toMatchObject([
    { status: 'done', outputs: [{ verdict: 'deliverable' }] },
  ])
})

test('a regular expression that is none leaves out its connector, not the hub', async () => {
  const broken = newFolder()
  write(broken, 'my-good', connectorYaml('my-good', good))
  write(broken, 'my-regex', connectorYaml('my-regex', '=$contains(text, /(/)'))
  const other = await startHub({ env: { CONNECTORS_DIR: broken } })
  try {
    expect(other.output()).toMatch(/my-regex\/connector\.yaml","line":14,/)
    expect((await other.call('GET', '/v1/connectors', { key: other.keys.test })).text).toContain('"my-good"')
  } finally {
    await other.stop()
    rmSync(broken, { recursive: true, force: true })
  }
})

const nine = (name = ''): string => Array<string>(9).fill(`*${name}`).join(',')
