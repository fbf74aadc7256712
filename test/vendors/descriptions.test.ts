import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConnectors, type Connector } from '../../hub-server/src/connectors/index.ts'
import { startSandbox, type Sandbox } from '../../hub-server/src/sandbox/index.ts'
import { checkAnswer, checkRequest, type Asked, type Problem } from './descriptions-check.ts'
import { exceptionFor, exceptions, type Exception } from './descriptions-exceptions.ts'
import { readDescription, type Description } from './descriptions-openapi.ts'
import { examplesOf, talk, type Talk } from './descriptions-sandbox.ts'
import { isMap } from './descriptions-maps.ts'
import { files, folder, there } from './descriptions-table.ts'

const builtIn = fileURLToPath(new URL('../../hub-server/connectors', import.meta.url))

if (!there) test.skip(`the vendors’ descriptions are not in ${folder}: set VENDOR_SPECS_DIR`, () => undefined)

describe.skipIf(!there)('the vendors’ own descriptions', () => {
  let sandbox: Sandbox
  const connectors = new Map<string, Connector>()
  const talks = new Map<string, Talk>()
  const used = new Set<Exception>()
  const described = new Map<string, Description[]>(there ? Object.entries(files).map(([id, names]) => [id, names.map((name) => readDescription(folder, name))]) : [])
  const of = (id: string): Description[] => described.get(id) ?? []

  /** The problems that no exception excuses, each once. */
  const unexcused = (id: string, problems: readonly Problem[]): string[] => {
    const left = problems.filter((problem) => {
      const exception = exceptionFor(id, problem)
      if (exception) used.add(exception)
      return !exception
    })
    return [...new Set(left.map(({ call, at, message }) => `${call}: ${at} ${message}`))]
  }

  beforeAll(async () => {
    sandbox = await startSandbox({ connectorsDir: builtIn })
    for (const [id, connector] of (await loadConnectors({ builtIn })).connectors) if (id in files) connectors.set(id, connector)
    for (const [id, connector] of connectors) talks.set(id, await talk(connector, sandbox))
  })
  afterAll(() => sandbox.stop())

  test('are about connectors that are there', () => {
    expect([...connectors.keys()].sort()).toEqual(Object.keys(files).sort())
  })

  describe.each(Object.keys(files))('%s', (id) => {
    const connectorOf = (): Connector => connectors.get(id) ?? expect.fail(`There is no ${id}.`)
    const talkOf = (): Talk => talks.get(id) ?? expect.fail(`There is no ${id}.`)

    test('knows every request that the examples say must leave', async () => {
      const asked = (await examplesOf(connectorOf())).flatMap(({ exchanges }) => exchanges.map(({ request }): Asked => {
        const headers = Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
        return { method: request.method, url: request.url, headers: { ...(request.body !== undefined && { 'content-type': 'application/json' }), ...headers }, body: request.body }
      }))
      expect(asked.length).toBeGreaterThan(5)
      expect(unexcused(id, asked.flatMap((one) => checkRequest(of(id), one)))).toEqual([])
    })

    test('knows every request that reached the sandbox', () => {
      const { requests, answers } = talkOf()
      expect(requests).toHaveLength(answers.length)
      // A very long body is left out of the sandbox's log.
      const whole = requests.filter(({ body }) => !(isMap(body) && 'leftOut' in body))
      expect(unexcused(id, whole.flatMap((one) => checkRequest(of(id), one)))).toEqual([])
    })

    test('knows every answer of the sandbox', () => {
      expect(unexcused(id, talkOf().answers.flatMap(({ asked, answered }) => checkAnswer(of(id), asked, answered)))).toEqual([])
    })

    test('was held to answers about people that the sandbox knows, in every operation', () => {
      for (const [key, { capability }] of connectorOf().operations) {
        const outcomes = talkOf().outcomes.get(key) ?? []
        expect(outcomes.flatMap(({ error }) => error?.message ?? []), key).toEqual([])
        expect(outcomes.some(({ outputs }) => outputs.length > 0), `${key} found somebody`).toBe(true)
        // What there is to choose from is always there.
        if (capability.effect === 'read' && !['describeFields', 'listOptions'].includes(capability.name)) expect(outcomes.some(({ outputs }) => outputs.length === 0), `${key} found nobody`).toBe(true)
      }
    })
  })

  test('are contradicted only where the vendor’s own page does, and no longer than needed', () => {
    for (const { page } of exceptions) expect(page).toMatch(/^https:\/\//)
    expect(exceptions.filter((one) => !used.has(one))).toEqual([])
  })

  describe('a request that the vendor does not describe is found:', () => {
    const headers = { 'x-api-key': 'k', authorization: 'Bearer k', 'content-type': 'application/json' }
    const mail = { personalizations: [{ to: [{ email: 'ada@acme.example' }] }], from: { email: 'me@hub.example' }, subject: 'Hello', content: [{ type: 'text/plain', value: 'Hello' }] }
    const apollo = (method: string, path: string, more: Partial<Asked> = {}): Asked => ({ method, url: `https://api.apollo.io/api/v1${path}`, headers, ...more })
    const sendgrid = (body: unknown, more: Partial<Asked> = {}): Asked => ({ method: 'POST', url: 'https://api.sendgrid.com/v3/mail/send', headers, body, ...more })

    test('(a right one is not)', () => {
      expect(checkRequest(of('apollo'), apollo('POST', '/mixed_people/api_search?person_titles%5B%5D=ceo&page=1'))).toEqual([])
      expect(checkRequest(of('apollo'), apollo('POST', '/people/bulk_match', { body: { details: [{ email: 'a@b.example' }] } }))).toEqual([])
      expect(checkRequest(of('sendgrid'), sendgrid(mail))).toEqual([])
      expect(checkRequest(of('sendgrid'), sendgrid(mail, { url: 'https://api.eu.sendgrid.com/v3/mail/send' }))).toEqual([])
    })

    test.each<[string, string, () => Asked, string]>([
      ['another path', 'apollo', () => apollo('POST', '/mixed_people/search'), 'path'],
      ['another method', 'apollo', () => apollo('PUT', '/people/match?email=a%40b.example'), 'path'],
      ['another host', 'apollo', () => apollo('POST', '', { url: 'https://app.apollo.io/api/v1/people/match' }), 'path'],
      ['an unknown parameter', 'apollo', () => apollo('POST', '/mixed_people/api_search?titles%5B%5D=ceo'), 'query titles[]'],
      ['a parameter of another type', 'apollo', () => apollo('POST', '/mixed_people/api_search?page=first'), 'query page'],
      ['no key', 'apollo', () => apollo('POST', '/people/match?email=a%40b.example', { headers: {} }), 'key'],
      ['a body where none is taken', 'apollo', () => apollo('POST', '/people/match', { body: { email: 'a@b.example' } }), 'body'],
      ['a body without a required field', 'apollo', () => apollo('POST', '/people/bulk_match', { body: {} }), 'body '],
      ['a body with a misspelt field', 'apollo', () => apollo('POST', '/people/bulk_match', { body: { details: [{ mail: 'a@b.example' }] } }), 'body /details/0'],
      ['a recipient that is a text', 'sendgrid', () => sendgrid({ ...mail, personalizations: [{ to: ['ada@acme.example'] }] }), 'body /personalizations/0/to/0'],
      ['eleven categories', 'sendgrid', () => sendgrid({ ...mail, categories: Array.from({ length: 11 }, (_, at) => `c${at}`) }), 'body /categories'],
      ['a form', 'sendgrid', () => sendgrid('to=ada', { headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' } }), 'body'],
    ])('%s (%s)', (_what, id, asked, at) => {
      expect(checkRequest(of(id), asked()).map((problem) => problem.at)).toContain(at)
    })
  })

  describe('an answer that the vendor does not describe is found:', () => {
    const match: Asked = { method: 'POST', url: 'https://api.apollo.io/api/v1/people/match?email=a%40b.example', headers: {} }
    const scopes: Asked = { method: 'GET', url: 'https://api.sendgrid.com/v3/scopes', headers: {} }
    const send: Asked = { method: 'POST', url: 'https://api.sendgrid.com/v3/mail/send', headers: {} }
    const json = (status: number, body: unknown) => ({ status, type: 'application/json; charset=utf-8', text: JSON.stringify(body) })

    test('(a right one is not)', () => {
      expect(checkAnswer(of('apollo'), match, json(200, { person: { name: 'Ada', extrapolated_email_confidence: null } }))).toEqual([])
      expect(checkAnswer(of('sendgrid'), scopes, json(401, { errors: [{ field: null, message: 'authorization required' }] }))).toEqual([])
      expect(checkAnswer(of('sendgrid'), send, { status: 202, type: '', text: '' })).toEqual([])
    })

    test.each([
      ['another status', 'apollo', match, json(418, {}), 'status 418'],
      ['another content type', 'apollo', match, json(401, { error: 'Invalid API key' }), 'status 401'],
      ['a field of another type', 'apollo', match, json(200, { person: { departments: 'sales' } }), 'answer /person/departments'],
      ['null where none may be', 'apollo', match, json(200, { person: null }), 'answer /person'],
      ['a required field left out', 'sendgrid', scopes, json(200, { rights: [] }), 'answer '],
      ['a body where there is none', 'sendgrid', send, json(202, { id: 'x' }), 'status 202'],
    ])('%s (%s)', (_what, id, asked, answered, at) => {
      expect(checkAnswer(of(id), asked, answered).map((problem) => problem.at)).toContain(at)
    })
  })
})
