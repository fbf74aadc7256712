import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import express from 'express'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { galleryRouter } from './index.ts'

const checkout = resolve(import.meta.dirname, '../../..')
const nodeIconsDir = join(checkout, 'icons')
const origin = 'http://127.0.0.1:5678'

/** The flagship, and two made-up templates beside it: each only adds a folder. */
let templatesDir = ''
beforeAll(() => {
  templatesDir = mkdtempSync(join(tmpdir(), 'gallery-'))
  cpSync(join(checkout, 'templates', 'website-to-crm'), join(templatesDir, 'website-to-crm'), { recursive: true })
  for (const [slug, id, category, mirror] of [
    ['second', 9001, 'Sales', 'Typeform → deal'],
    ['third', 9002, 'Reports', 'Weekly report'],
  ] as const) {
    const folder = join(templatesDir, slug)
    cpSync(join(templatesDir, 'website-to-crm'), folder, { recursive: true })
    writeFileSync(join(folder, 'README.md'), `The story of ${slug}.`)
    writeFileSync(
      join(folder, 'template.yaml'),
      `id: ${id}\nname: ${slug}\ndescription: ${slug}\ncreatedAt: 2020-01-01\ncategories: [${category}]\nmirrors: ` +
        `[${mirror}]\nneeds: []\n`,
    )
  }
})

interface Item {
  id: number
  description: string
  nodes: { name: string; displayName: string; iconData: { icon?: string; fileBuffer?: string } }[]
  workflowInfo: { nodeCount: number }
  workflow: { nodes: object[] }
}

/** All that is read of the gallery's answers. */
interface Answer {
  id: number
  totalWorkflows: number
  workflows: Item[]
  workflow: Item
  collections: object[]
  collection: object
}

const serve = async (settings: { origin?: string; templatesDir?: string } = {}) => {
  const app = express()
  app.use(galleryRouter({ templatesDir, nodeIconsDir, origin, ...settings }))
  app.get('/health', (_request, response) => void response.json({ status: 'ok' }))
  const server = app.listen(0, '127.0.0.1')
  await new Promise((ready) => server.once('listening', ready))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.')
  const base = `http://127.0.0.1:${address.port}`
  return {
    ask: (path: string, from = origin, method = 'GET') =>
      fetch(`${base}${path}`, { method, headers: { origin: from } }),
    json: async (path: string): Promise<Answer> => JSON.parse(await (await fetch(`${base}${path}`)).text()),
  }
}

test('n8n’s page may read it with credentials, under either name of this machine', async () => {
  const { ask } = await serve()
  for (const from of ['http://127.0.0.1:5678', 'http://localhost:5678']) {
    for (const path of ['/health', '/templates/categories', '/workflows/templates/1001']) {
      const { headers, status } = await ask(path, from)
      expect([
        status,
        headers.get('access-control-allow-origin'),
        headers.get('access-control-allow-credentials'),
        headers.get('vary'),
      ]).toEqual([200, from, 'true', 'Origin'])
    }
  }
})

test('n8n may ask beforehand', async () => {
  const { ask } = await serve()
  const { status, headers } = await ask('/templates/search', origin, 'OPTIONS')
  expect([status, headers.get('access-control-allow-headers'), headers.get('access-control-allow-origin')]).toEqual([
    204,
    'n8n-version, content-type',
    origin,
  ])
})

test('no other page may read it', async () => {
  const { ask } = await serve()
  expect((await ask('/templates/search', 'https://elsewhere.example')).headers.has('access-control-allow-origin')).toBe(
    false,
  )
  const closed = await serve({ origin: undefined })
  expect((await closed.ask('/templates/search')).headers.has('access-control-allow-origin')).toBe(false)
})

test('the newest come first, page by page', async () => {
  const { json } = await serve()
  const first = await json('/templates/search?page=1&limit=2')
  const second = await json('/templates/search?page=2&limit=2')
  expect(
    [first, second].map(({ totalWorkflows, workflows }) => [totalWorkflows, workflows.map(({ id }) => id)]),
  ).toEqual([
    [3, [1001, 9001]],
    [3, [9002]],
  ])
})

test.each([
  ['search=crm%20hubspot', [1001]],
  ['search=typeform', [9001]],
  ['search=neverbounce', [1001]],
  ['category=Reports', [9002]],
  ['category=Reports,Sales', [1001, 9001, 9002]],
  ['search=nothing-like-it', []],
  ['nodes=n8n-nodes-ainow.syncCrm&category=Reports', [9002]],
  ['page=-3&limit=none', [1001, 9001, 9002]],
])('%s finds what it says, also by the old names of flows', async (query, ids) => {
  const { json } = await serve()
  const { workflows, totalWorkflows } = await json(`/templates/search?${query}`)
  expect(workflows.map(({ id }) => id)).toEqual(ids)
  expect(totalWorkflows).toBe(ids.length)
})

test('categories and collections: a category with several templates is a collection', async () => {
  const { json } = await serve()
  expect(await json('/templates/categories')).toEqual({
    categories: [
      { id: 1, name: 'Lead Generation' },
      { id: 2, name: 'Reports' },
      { id: 3, name: 'Sales' },
    ],
  })
  const { collections } = await json('/templates/collections')
  expect(collections).toMatchObject([{ id: 3, name: 'Sales', workflows: [{ id: 1001 }, { id: 9001 }] }])
  expect((await json('/templates/collections?category[]=Reports')).collections).toEqual([])
  expect((await json('/templates/collections/3')).collection).toMatchObject({
    name: 'Sales',
    workflows: [{ id: 1001 }, { id: 9001 }],
  })
})

test('a template’s page has its story, its flow, and each kind of node once with a picture', async () => {
  const { json } = await serve()
  const { workflow } = await json('/templates/workflows/1001')
  expect(workflow.description).toContain('Paste the websites of companies into a form')
  expect(workflow.description).toMatch(
    /^1\. \*\*Form\*\*.*\n2\. \*\*Scrape Website\*\* reads .* with the page it stands on\.\n3\. /m,
  )
  expect(workflow.description).toContain('- Growform → NeverBounce')
  const names = workflow.nodes.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { name, displayName, iconData } of workflow.nodes) {
    expect(displayName, name).toMatch(/^n8n |^[A-Z]/)
    if (name.startsWith('n8n-nodes-ainow.')) expect(iconData.fileBuffer, name).toMatch(/^data:image\/svg\+xml;base64,/)
    else expect(iconData.icon, name).toMatch(/^node:/)
  }
  expect(workflow.workflowInfo.nodeCount).toBe(workflow.workflow.nodes.length)
})

test('the flow to put on the canvas is the file’s own', async () => {
  const { json } = await serve()
  const file = JSON.parse(readFileSync(join(templatesDir, 'website-to-crm', 'workflow.json'), 'utf8'))
  const { id, workflow } = await json('/workflows/templates/1001')
  expect(id).toBe(1001)
  expect(workflow).toEqual({ nodes: file.nodes, connections: file.connections, settings: file.settings, pinData: {} })
})

test.each(['/templates/workflows/77', '/workflows/templates/77', '/templates/collections/77'])(
  '%s: what is not there is told so',
  async (path) => {
    const { ask } = await serve()
    const answer = await ask(path)
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({
      kind: 'not_found',
      detail: expect.stringMatching(/^There is no .* 77\.$/),
      advice: expect.any(String),
    })
  },
)

test('a template that is not right is named when the hub starts', () => {
  const broken = mkdtempSync(join(tmpdir(), 'gallery-'))
  cpSync(join(templatesDir, 'second'), join(broken, 'second'), { recursive: true })
  writeFileSync(join(broken, 'second', 'template.yaml'), 'name: nothing else\n')
  expect(() => galleryRouter({ templatesDir: broken, nodeIconsDir, origin })).toThrow(
    /templates\/second\/template\.yaml is not right/,
  )
})

test.each(readdirSync(join(checkout, 'templates')))(
  'templates/%s holds no secrets of a machine: no $env, no credentials, no ids of webhooks',
  (slug) => {
    const text = readFileSync(join(checkout, 'templates', slug, 'workflow.json'), 'utf8')
    expect(text).not.toMatch(/\$env|"credentials"|"webhookId"|"instanceId"/)
  },
)
