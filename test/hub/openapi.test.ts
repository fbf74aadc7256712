import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { unboundedIn } from '../../hub-server/src/contracts/testing/unbounded.ts'
import { isFresh } from '../generate/hub-api.ts'
import { startHub, type Hub } from './hub-process.ts'
import { machineKey } from '../access/people.ts'

interface Media {
  readonly schema?: AnySchemaObject
}
interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly parameters?: { name: string; in: string; required: boolean; schema: AnySchemaObject }[]
  readonly requestBody?: { content: Record<string, Media> }
  readonly responses: Record<string, { description: string; content?: Record<string, Media> }>
  readonly security?: object[]
}
interface Document {
  readonly openapi: string
  readonly info: { title: string; version: string }
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { schemas: Record<string, AnySchemaObject>; securitySchemes: object }
}

let hub: Hub
let document: Document
let text: string
let operations: { method: string; path: string; operation: Operation }[]

const ajv = new Ajv2020({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  strictTuples: false,
  allErrors: true,
  keywords: ['x-form', 'x-advanced', 'x-shown-for', 'x-personal', 'x-plain', 'x-named', 'x-site'],
})
addFormats.default(ajv)
/** The document is one schema of many: its parts are referred to from within. */
const within = (schema: AnySchemaObject): AnySchemaObject =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"hub#/components/schemas/'))
const compile = (schema: AnySchemaObject) => ajv.compile(within(schema))
/** What is not described fits nothing. */
const undescribed: AnySchemaObject = { not: {} }

beforeAll(async () => {
  hub = await startHub()
  const answer = await hub.call<Document>('GET', '/openapi.json')
  text = answer.text
  document = answer.body
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  )
  ajv.addVocabulary(['components'])
  ajv.addSchema({ $id: 'hub', components: within(document.components) })
  await fill()
})
afterAll(() => hub.stop())

/** Something for every list to show. */
const fill = async (): Promise<void> => {
  const key = hub.keys.test
  await hub.call('POST', '/v1/connections', {
    key,
    body: {
      connector: 'hunter',
      name: 'Ours',
      fields: { apiKey: 'k' },
      limits: [{ calls: 1, per: '1s' }],
      creditPrice: 5,
    },
  })
  await hub.call('POST', '/v1/leads', {
    key,
    body: { lead: { email: 'anna@acme.example', fullName: 'Anna Berg', company: { domain: 'acme.example' } } },
  })
  await hub.call('POST', '/v1/blocks/verify-email', {
    key,
    body: { items: [{ email: 'anna@acme.example' }, { email: '' }] },
  })
}

const schemasOf = ({ parameters = [], requestBody, responses }: Operation): AnySchemaObject[] => [
  ...parameters.map(({ schema }) => schema),
  ...[requestBody, ...Object.values(responses)]
    .flatMap((part) => Object.values(part?.content ?? {}))
    .flatMap(({ schema }) => (schema ? [schema] : [])),
]

test('it is a document of OpenAPI 3.1 whose operations have names of their own', () => {
  expect(document.openapi).toMatch(/^3\.1\./)
  expect(document.info.version).toMatch(/^\d+\.\d+\.\d+/)
  expect(operations.length).toBeGreaterThan(15)
  const ids = operations.map(({ operation }) => operation.operationId)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  expect(ids.filter((id) => !/^[a-zA-Z][\w-]*$/.test(id))).toEqual([])
  for (const { operation } of operations) {
    expect(operation.summary).not.toBe('')
    expect(Object.keys(operation.responses)).toContain('default')
    for (const { description } of Object.values(operation.responses)) expect(description).not.toBe('')
  }
})

test('n8n’s blocks know the hub’s answers as it describes them', async () => {
  // If not: node test/generate/hub-api.ts
  expect(await isFresh(JSON.parse(text))).toBe(true)
})

test('a parameter of a path is described, required, and in the path', () => {
  for (const { path, operation } of operations) {
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
    expect(inPath.map(({ name }) => name)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
    expect(inPath.every(({ required }) => required)).toBe(true)
  }
})

test('a parameter that has a default may be left out', () => {
  const wrong = operations.flatMap(({ path, operation }) =>
    (operation.parameters ?? [])
      .filter(({ required, schema }) => required && 'default' in schema)
      .map(({ name }) => `${path} ${name}`),
  )
  expect(wrong).toEqual([])
})

test('every reference leads somewhere', () => {
  const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference = '']) => reference)
  expect(references).not.toEqual([])
  const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
  expect([...new Set(references)].filter((reference) => !known.includes(reference))).toEqual([])
})

test('what is called a run is the same everywhere', () => {
  const runs: { place: string; schema: unknown }[] = []
  const look = (place: string, part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    const properties: unknown = 'properties' in part ? part.properties : undefined
    if (typeof properties === 'object' && properties !== null && 'run' in properties)
      runs.push({ place, schema: properties.run })
    for (const one of Object.values(part)) look(place, one)
  }
  for (const { path, operation } of operations) look(path, operation.responses)
  for (const [name, schema] of Object.entries(document.components.schemas)) look(name, schema)
  expect(runs.map(({ place }) => place)).toEqual(expect.arrayContaining(['/v1/blocks/verify-email', '/v1/runs']))
  expect(runs.filter(({ schema }) => JSON.stringify(schema) !== '{"$ref":"#/components/schemas/Run"}')).toEqual([])
})

test('every schema compiles, with no keyword that JSON Schema does not know', () => {
  const schemas = [
    ...Object.values(document.components.schemas),
    ...operations.flatMap(({ operation }) => schemasOf(operation)),
  ]
  expect(schemas.length).toBeGreaterThan(30)
  for (const schema of schemas) compile(schema)
})

test('every text, list, map and number has a bound, so that it says what is taken', () => {
  // CSV, JSON lines and pictures are as long as they are.
  const isJson = (type: string): boolean => /[/+]json$/.test(type)
  const bodies = ({ requestBody, responses }: Operation): [string, Media][] =>
    [requestBody, ...Object.values(responses)].flatMap((part) => Object.entries(part?.content ?? {}))
  const unbounded = [
    ...Object.entries(document.components.schemas).flatMap(([name, schema]) => unboundedIn(schema, name)),
    ...operations.flatMap(({ method, path, operation }) => [
      ...(operation.parameters ?? []).flatMap(({ name, schema }) => unboundedIn(schema, `${method} ${path} ?${name}`)),
      ...bodies(operation)
        .filter(([type]) => isJson(type))
        .flatMap(([, { schema }]) => unboundedIn(schema, `${method} ${path}`)),
    ]),
  ]
  expect(unbounded).toEqual([])
})

test('every GET without parameters answers as its schema says, in both modes', async () => {
  const simple = operations.filter(
    ({ method, path, operation }) =>
      method === 'get' &&
      !path.includes('{') &&
      !(operation.parameters ?? []).some(({ required, schema }) => required && !('default' in schema)),
  )
  expect(simple.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      '/health',
      '/v1/me',
      '/v1/leads',
      '/v1/runs',
      '/v1/blocks',
      '/v1/connectors',
      '/v1/connections',
      '/v1/sandbox/companies',
    ]),
  )
  for (const { path, operation } of simple)
    for (const key of [hub.keys.test, hub.keys.live]) {
      const answer = await hub.call('GET', path, { key })
      const described = operation.responses[answer.status] ?? operation.responses.default
      const media = described?.content?.[answer.type]
      expect({ path, status: answer.status, described: Boolean(media?.schema) }).toEqual({
        path,
        status: answer.status,
        described: true,
      })
      const validate = compile(media?.schema ?? undescribed)
      expect({ path, fits: validate(answer.body ?? answer.text), errors: validate.errors ?? [] }).toEqual({
        path,
        fits: true,
        errors: [],
      })
    }
})

test('a block’s answer is as its schema says, also where an item failed', async () => {
  const calls: [string, object][] = [
    ['verify-email', { items: [{ email: 'anna@acme.example' }, { email: 5 }] }],
    ['score-lead', { items: [{ title: 'CEO' }] }],
    [
      'lead-store',
      { items: [{ email: 'anna@acme.example', fullName: 'Anna Berg', company: { domain: 'acme.example' } }, {}] },
    ],
    ['find-leads', { items: [{ website: 'juvenile-deed.example', row: 1 }, {}] }],
    ['find-leads', { items: [{}], options: { kind: 'companies', locations: ['Austin'], limit: 3 } }],
    ['send-message', { items: [{ mobile: '+15125550123' }, {}], options: { channel: 'sms', text: 'Hello' } }],
    ['enrich-lead', { items: [{ email: 'anna@acme.example' }] }],
  ]
  for (const [block, body] of calls) {
    const answer = await hub.call('POST', `/v1/blocks/${block}`, { key: hub.keys.test, body })
    const validate = compile(
      document.paths[`/v1/blocks/${block}`]?.post?.responses[answer.status]?.content?.[answer.type]?.schema ??
        undescribed,
    )
    expect({ block, fits: validate(answer.body), errors: validate.errors ?? [] }).toEqual({
      block,
      fits: true,
      errors: [],
    })
  }
})

test('every operation refuses a stranger as Problem says, unless it is open', async () => {
  const problem = compile({ $ref: '#/components/schemas/Problem' })
  for (const { method, path, operation } of operations) {
    const answer = await hub.call(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x'))
    if (operation.security?.length === 0) expect(answer.status).not.toBe(401)
    else
      expect({ path, status: answer.status, type: answer.type, problem: problem(answer.body) }).toEqual({
        path,
        status: 401,
        type: 'application/problem+json',
        problem: true,
      })
  }
})

test('every operation on something that is not there answers as Problem says', async () => {
  const problem = compile({ $ref: '#/components/schemas/Problem' })
  for (const { method, path } of operations.filter((each) => each.path.includes('{'))) {
    const answer = await hub.call(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'nobody'), {
      // Who may everything: what is asked is what there is not.
      key: machineKey(hub),
      ...(method !== 'get' && { body: {} }),
    })
    expect({ path, method, type: answer.type, problem: problem(answer.body) }).toEqual({
      path,
      method,
      type: 'application/problem+json',
      problem: true,
    })
    // A key has no session of its own, and what is about one asks for somebody who has signed in.
    expect(/^\/v1\/(?:sessions|grants)\//.test(path) ? [401] : [400, 404]).toContain(answer.status)
  }
})
