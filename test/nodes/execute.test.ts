import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { execute } from './engine.ts'
import { fakeHub } from './fake-hub.ts'

interface Reuse {
  readonly createReuse: () => <After>(before: unknown, after: After) => After
}
const { createReuse } = createRequire(import.meta.url)('../../dist/nodes/shared/reuse.js') as Reuse

const verdict = { verdict: 'deliverable' }
const leads = (count: number) => Array.from({ length: count }, (_, n) => ({ row: n, email: `person${n}@acme.example` }))

test('a hundred items are one request, and each output is linked to its item', async () => {
  const hub = await fakeHub({ result: (item) => ({ outputs: [{ ...item, ...verdict }] }) })
  const { items, error } = await execute({ node: 'VerifyEmail', items: leads(100), hub: hub.address })
  expect(error).toBeUndefined()
  expect(hub.asked.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /v1/blocks/verify-email'])
  expect(items).toHaveLength(100)
  for (const [position, item] of items.entries()) {
    expect(item.pairedItem).toEqual({ item: position })
    expect(item.json).toEqual({ row: position, email: `person${position}@acme.example`, verdict: 'deliverable' })
  }
})

test(
  '250 items are one run that is waited for without asking again and again, and its results are read ' + 'page by page',
  async () => {
    const hub = await fakeHub({ polls: 2, result: (item) => ({ outputs: [{ ...item, ...verdict }] }) })
    const { items } = await execute({ node: 'VerifyEmail', items: leads(250), hub: hub.address })
    expect(hub.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v1/blocks/verify-email',
      'GET /v1/runs/run-1?wait=5s',
      'GET /v1/runs/run-1?wait=30s&seen=10',
      'GET /v1/runs/run-1?wait=5s',
      'GET /v1/runs/run-1/results?limit=1000',
      'GET /v1/runs/run-1/results?limit=1000&cursor=100',
      'GET /v1/runs/run-1/results?limit=1000&cursor=200',
    ])
    expect(items.map(({ pairedItem }) => pairedItem)).toEqual(leads(250).map(({ row }) => ({ item: row })))
  },
)

test('one item may give many outputs, all linked to it, and the fields of the item come along', async () => {
  const people = (website: unknown) => ['anna', 'ben'].map((name) => ({ website, email: `${name}@${String(website)}` }))
  const hub = await fakeHub({ result: ({ website }) => ({ outputs: people(website) }) })
  const websites = [
    { website: 'one.example', row: 1 },
    { website: 'two.example', row: 2 },
  ]
  const { items } = await execute({ node: 'ScrapeWebsite', items: websites, hub: hub.address })
  expect(items).toEqual([
    { json: { website: 'one.example', row: 1, email: 'anna@one.example' }, pairedItem: { item: 0 } },
    { json: { website: 'one.example', row: 1, email: 'ben@one.example' }, pairedItem: { item: 0 } },
    { json: { website: 'two.example', row: 2, email: 'anna@two.example' }, pairedItem: { item: 1 } },
    { json: { website: 'two.example', row: 2, email: 'ben@two.example' }, pairedItem: { item: 1 } },
  ])
})

test.each(['ScrapeWebsite', 'FindLeads'])('%s puts nothing of the item beside somebody else’s name', async (node) => {
  const found = { website: 'acme.example', row: 1, fullName: 'Ben Ray' }
  const hub = await fakeHub({ result: () => ({ outputs: [found] }) })
  const { items } = await execute({
    node,
    items: [{ website: 'acme.example', row: 1, email: 'anna@acme.example' }],
    hub: hub.address,
  })
  expect(items.map(({ json }) => json)).toEqual([found])
})

const half = ({ website }: Record<string, unknown>) =>
  website === 'empty.example'
    ? { reason: 'No people stand on the website' }
    : { outputs: [{ website, email: 'a@full.example' }] }

test('an item without a result stays, with the reason', async () => {
  const hub = await fakeHub({ result: half })
  const websites = [{ website: 'empty.example' }, { website: 'full.example' }]
  const { items } = await execute({ node: 'ScrapeWebsite', items: websites, hub: hub.address })
  expect(items).toEqual([
    {
      json: { website: 'empty.example', status: 'done', reason: 'No people stand on the website' },
      pairedItem: { item: 0 },
    },
    { json: { website: 'full.example', email: 'a@full.example' }, pairedItem: { item: 1 } },
  ])
})

test('an item without a result can be left out, and the links of the others stay right', async () => {
  const hub = await fakeHub({ result: half })
  const websites = [{ website: 'empty.example' }, { website: 'full.example' }]
  const parameters = { options: { withoutResult: 'omit' } }
  const { items } = await execute({ node: 'ScrapeWebsite', items: websites, parameters, hub: hub.address })
  expect(items).toEqual([{ json: { website: 'full.example', email: 'a@full.example' }, pairedItem: { item: 1 } }])
})

test('items whose options differ go in one request for each set of options, and come back in their order', async () => {
  const hub = await fakeHub({ result: (item) => ({ outputs: [{ ...item }] }) })
  const websites = [3, 9, 3].map((pages, n) => ({ website: `w${n}.example`, pages }))
  const parameters = { maxPages: '={{ $json.pages }}' }
  const { items } = await execute({ node: 'ScrapeWebsite', items: websites, parameters, hub: hub.address })
  expect(hub.asked.map(({ body }) => [body?.options.maxPages, body?.items.length])).toEqual([
    [3, 2],
    [9, 1],
  ])
  expect(items.map(({ json }) => json.website)).toEqual(['w0.example', 'w1.example', 'w2.example'])
})

test('more than 10,000 items become several requests with keys of their own', async () => {
  const hub = await fakeHub({ result: () => ({ outputs: [verdict] }) })
  const { items } = await execute({ node: 'VerifyEmail', items: leads(10_001), hub: hub.address })
  const posts = hub.asked.filter(({ method }) => method === 'POST')
  expect(posts.map(({ body }) => body?.items.length)).toEqual([10_000, 1])
  const keys = posts.map(({ headers }) => String(headers['idempotency-key']))
  expect(keys).toEqual([
    expect.stringMatching(/^17\/VerifyEmail\/0\/0\/[0-9a-f]{24}$/),
    expect.stringMatching(/^17\/VerifyEmail\/0\/1\/[0-9a-f]{24}$/),
  ])
  expect(items).toHaveLength(10_001)
})

test('the same work has the same key, also under a name that no header could hold', async () => {
  const hub = await fakeHub({ result: () => ({ outputs: [verdict] }) })
  const work = { node: 'VerifyEmail', items: leads(1), hub: hub.address, nodeName: 'Prüfen ✓' }
  await execute(work)
  await execute(work)
  await execute({ ...work, executionId: '18' })
  const keys = hub.asked.map(({ headers }) => String(headers['idempotency-key']))
  expect(keys.map((key) => key.slice(0, key.lastIndexOf('/')))).toEqual([
    '17/Pr%C3%BCfen%20%E2%9C%93/0/0',
    '17/Pr%C3%BCfen%20%E2%9C%93/0/0',
    '18/Pr%C3%BCfen%20%E2%9C%93/0/0',
  ])
  expect(keys[0]).toBe(keys[1])
})

test(
  'a restored n8n, whose execution numbers come again, has other keys for other items and ' + 'other options',
  async () => {
    const hub = await fakeHub({ result: () => ({ outputs: [verdict] }) })
    const work = { node: 'VerifyEmail', items: leads(1), hub: hub.address }
    await execute(work)
    await execute({ ...work, items: leads(2) })
    await execute({ ...work, parameters: { depth: 'free' } })
    expect(new Set(hub.asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(3)
  },
)

test('a key fits into a header however long the node’s name is', async () => {
  const hub = await fakeHub({ result: () => ({ outputs: [verdict] }) })
  await execute({
    node: 'VerifyEmail',
    items: leads(1),
    hub: hub.address,
    nodeName: 'ü'.repeat(128),
    executionId: '123456789012345678901234567890123456',
  })
  expect(String(hub.asked[0]?.headers['idempotency-key']).length).toBeLessThanOrEqual(255)
})

test('fields of the item that no longer hold do not come back from n8n’s side', async () => {
  const output = {
    email: 'new@acme.example',
    row: 1,
    dropped: ['verdict', 'verifiedBy'],
    observations: [{ source: 'apollo' }],
  }
  const hub = await fakeHub({ result: () => ({ outputs: [output] }) })
  const items = [{ email: 'old@acme.example', row: 1, verdict: 'risky', verifiedBy: 'hunter' }]
  for (const options of [{}, { simplify: true }]) {
    const { items: given } = await execute({ node: 'EnrichLead', items, parameters: { options }, hub: hub.address })
    expect(given.map(({ json }) => json)).toEqual([
      { email: 'new@acme.example', row: 1, observations: ['{"source":"apollo"}'] },
    ])
  }
})

test('who said what goes from block to block as a text each, and to the hub as it came from there', async () => {
  const observations = [
    { source: 'zerobounce', price: 9900, values: { verdict: ['risky', 0.8] } },
    { source: 'apollo', values: { 'company.name': ['Acme', 0.8], title: ['CEO', 0.6] } },
  ]
  const output = { email: 'a@acme.example', observations }
  const hub = await fakeHub({ result: () => ({ outputs: [output] }) })
  const first = await execute({ node: 'EnrichLead', items: [{ email: 'a@acme.example' }], hub: hub.address })
  const texts = first.items[0]?.json.observations as string[]
  expect(texts).toEqual(observations.map((one) => JSON.stringify(one)))
  const items = [{ observations: [...texts, 'not ours'] }, { observations }]
  await execute({ node: 'EnrichLead', items, hub: hub.address })
  const told = hub.asked[1]?.body?.items.map((item) => item.observations)
  expect(told).toEqual([[...observations, 'not ours'], observations])
})

test('what a block gives back of an item is held once, and what it changed is the block’s', () => {
  const before = {
    email: 'a@acme.example',
    company: { name: 'Acme', address: { city: 'Bonn' }, tags: ['a', 'b'] },
    list: [{ at: 1 }],
  }
  const after = { ...structuredClone(before), more: {}, list: [{ at: 1 }, { at: 2 }] }
  after.company.name = 'Acme Ltd'
  const [kept, wanted] = [structuredClone(before), structuredClone(after)]
  const reuse = createReuse()
  const given = reuse(before, after)
  expect(given).toEqual(wanted)
  expect(before).toEqual(kept)
  expect(given.company.address).toBe(before.company.address)
  expect(given.company.tags).toBe(before.company.tags)
  expect(given.list[0]).toBe(before.list[0])
  expect(reuse(before, structuredClone(before))).toBe(before)
  const [one, other] = [reuse({}, { checks: { isFree: true } }), reuse({ id: 2 }, { id: 2, checks: { isFree: true } })]
  expect(other).toEqual({ id: 2, checks: { isFree: true } })
  expect(other.checks).toBe(one.checks)
})
