import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GraphQLSchema } from 'graphql'
import { loadConnectors, type Connector } from '../../hub-server/src/connectors/index.ts'
import { startSandbox, type Sandbox } from '../../hub-server/src/sandbox/index.ts'
import { checkData, checkQuery, readSchema } from './descriptions-graphql.ts'
import { textIn } from './descriptions-maps.ts'
import { examplesOf, talk, type Talk } from './descriptions-sandbox.ts'
import { folder, tables, there } from './descriptions-table.ts'

const builtIn = fileURLToPath(new URL('../../hub-server/connectors', import.meta.url))
const schemas = Object.entries(tables).flatMap(([id, table]) => (textIn(table, 'graphql') === undefined ? [] : [[id, textIn(table, 'graphql') ?? ''] as const]))

if (!there) test.skip(`the vendors’ schemas are not in ${folder}: set VENDOR_SPECS_DIR`, () => undefined)

describe.skipIf(!there).each(schemas)('the GraphQL schema of %s', (id, file) => {
  let sandbox: Sandbox
  let schema: GraphQLSchema
  let connector: Connector
  let talked: Talk

  beforeAll(async () => {
    schema = readSchema(folder, file)
    sandbox = await startSandbox({ connectorsDir: builtIn })
    connector = (await loadConnectors({ builtIn })).connectors.get(id) ?? expect.fail(`There is no ${id}.`)
    talked = await talk(connector, sandbox)
  })
  afterAll(() => sandbox.stop())

  test('knows every request that the examples say must leave', async () => {
    const asked = (await examplesOf(connector)).flatMap(({ exchanges }) => exchanges.map(({ request }) => request.body))
    expect(asked.length).toBeGreaterThan(5)
    expect([...new Set(asked.flatMap((body) => checkQuery(schema, body)))]).toEqual([])
  })

  test('knows every request that reached the sandbox', () => {
    expect(talked.requests).toHaveLength(talked.answers.length)
    expect([...new Set(talked.requests.flatMap(({ body }) => checkQuery(schema, body)))]).toEqual([])
  })

  test('knows every answer of the sandbox', async () => {
    let held = 0
    for (const { asked, answered } of talked.answers) {
      const answer: unknown = JSON.parse(answered.text)
      if (typeof answer !== 'object' || answer === null || !('data' in answer) || answer.data === null) continue
      held++
      expect(await checkData(schema, asked.body, answer.data)).toEqual([])
    }
    expect(held).toBeGreaterThan(20)
  })

  test('was held to answers about people that the sandbox knows, in every operation', () => {
    for (const [key, outcomes] of talked.outcomes) {
      expect(outcomes.flatMap(({ error }) => (error && error.kind !== 'unsupported' ? error.message : [])), key).toEqual([])
      expect(outcomes.some(({ outputs }) => outputs.length > 0), `${key} found somebody`).toBe(true)
      expect(outcomes.some(({ outputs, error }) => outputs.length === 0 && !error), `${key} found nobody`).toBe(true)
    }
  })

  test('would find a field, an input and a value that it does not know', async () => {
    const query = 'query A($input: SearchPeopleInput!) { searchPeople(input: $input) { totalResults } }'
    expect(checkQuery(schema, { query, variables: { input: { email: 'a@b.example' } } })).toEqual([])
    expect(checkQuery(schema, { query: query.replace('totalResults', 'total'), variables: { input: {} } })).toHaveLength(1)
    expect(checkQuery(schema, { query, variables: { input: { mail: 'a@b.example' } } })).toHaveLength(1)
    expect(await checkData(schema, { query, variables: { input: {} } }, { searchPeople: { totalResults: 'many' } })).toHaveLength(1)
  })
})
