import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConnectors, type Connector } from '../../../hub-server/src/connectors/index.ts'
import { startSandbox, type Sandbox } from '../../../hub-server/src/sandbox/index.ts'
import { parseBody } from '../../../hub-server/src/sandbox/vendors/body.ts'
import { attached, folder, there, type Attached } from './attached.ts'
import { checkAnswer, checkRequest, nameOf, type Answered, type Asked, type Problem } from './check.ts'
import { descriptionsOf } from './descriptions.ts'
import { exceptionFor, exceptions, withinFor, type Exception } from './exceptions.ts'
import type { Description } from './openapi.ts'
import { examplesOf, talk, type Talk } from './talk.ts'

const builtIn = fileURLToPath(new URL('../../../hub-server/connectors', import.meta.url))
const { connectors } = await loadConnectors({ builtIn })
const ids = [...attached.keys()].filter((id) => connectors.has(id))

test('every connector that says so is held to its vendor’s own description', () => {
  const official = [...connectors.values()]
    .filter(({ manifest }) => manifest.checked?.against === 'official')
    .map(({ id }) => id)
  expect(official.filter((id) => !attached.has(id))).toEqual([])
  expect([...attached.keys()].filter((id) => !connectors.has(id))).toEqual([])
})

if (!there) test.skip(`the vendors’ descriptions are not in ${folder}: set VENDOR_SPECS_DIR`, () => undefined)

describe.skipIf(!there)('the vendors’ own descriptions', () => {
  let sandbox: Sandbox
  const used = new Set<Exception>()
  /** What the connectors asked: "connector GET /path", as it is described. */
  const calls = new Set<string>()
  /** Those of them that an exception was needed for. */
  const excused = new Set<string>()
  /** Those that no description speaks of. */
  const heard = new Set<string>()
  const descriptions = new Map<string, Description[]>()
  const of = (id: string): Description[] => {
    const known = descriptions.get(id) ?? descriptionsOf(attached.get(id) ?? {})
    descriptions.set(id, known)
    return known
  }

  const use = (exception: Exception | undefined, call: string): Exception | undefined => {
    if (exception) {
      used.add(exception)
      excused.add(`${exception.connector} ${call}`)
    }
    return exception
  }
  /** A call that is only on the vendor's page, or whose answer is. */
  const isSilent = (id: string, { call, at, message }: Problem): boolean => {
    const is = (at === 'path' || message === 'has no body') && attached.get(id)?.silent?.[call] !== undefined
    if (is) heard.add(`${id} ${call}`)
    return is
  }

  /** The problems that no exception excuses, each once. */
  const unexcused = (id: string, problems: readonly { operation: string; problem: Problem }[]): string[] => {
    const left = problems.filter(
      ({ problem }) => !isSilent(id, problem) && !use(exceptionFor(id, problem), problem.call),
    )
    return [
      ...new Set(
        left.map(({ operation, problem: { call, at, message } }) => `${operation}: ${call}: ${at} ${message}`),
      ),
    ]
  }

  beforeAll(async () => {
    sandbox = await startSandbox({ connectorsDir: builtIn })
  })
  afterAll(() => sandbox.stop())

  describe.each(ids)('%s', (id) => {
    const connector: Connector = connectors.get(id) ?? expect.fail(`There is no ${id}.`)
    const attachedTo: Attached = attached.get(id) ?? {}
    let said: Talk
    beforeAll(async () => {
      said = await talk(connector, attachedTo, sandbox)
    })

    test('knows every request that the examples say must leave', async () => {
      const asked = (await examplesOf(connector)).flatMap(({ operation, exchanges }) =>
        exchanges
          .filter(({ request, answer }) => request.url.startsWith('http') && !isWrongInput(answer.status))
          .map((exchange) => ({ operation, ...exchange })),
      )
      expect(asked.length).toBeGreaterThan(5)
      const problems = await Promise.all(
        asked.map(async ({ operation, request }) =>
          checkRequest(of(id), await writtenOut(request)).map((problem) => ({ operation, problem })),
        ),
      )
      // An example need not write down the key.
      expect(
        unexcused(
          id,
          problems.flat().filter(({ problem }) => problem.at !== 'key'),
        ),
      ).toEqual([])
    })

    test('knows every request that reached the sandbox', () => {
      for (const { asked } of said.exchanges) calls.add(`${id} ${nameOf(of(id), asked)}`)
      expect(
        unexcused(
          id,
          said.exchanges
            .filter(({ answered }) => !isWrongInput(answered.status))
            .flatMap(({ operation, asked }) => checkRequest(of(id), asked).map((problem) => ({ operation, problem }))),
        ),
      ).toEqual([])
    })

    test('knows every answer of the sandbox', () => {
      const silent = Object.keys(attachedTo.silent ?? {})
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
      const problems = said.exchanges.flatMap(({ operation, asked, answered }) => {
        const within = (call: string): string | undefined => use(withinFor(id, call), call)?.within
        return checkAnswer(of(id), asked, answered, { silent, within }).map((problem) => ({ operation, problem }))
      })
      expect(unexcused(id, problems)).toEqual([])
      expect(
        silent.filter((status) => !said.exchanges.some(({ answered }) => answered.status === status)),
        'silent about what is never answered',
      ).toEqual([])
    })

    test('was held to answers about people that the sandbox knows, in every operation', () => {
      for (const operation of connector.operations.keys()) {
        const { known = [], unknown = [] } = said.outcomes.get(operation) ?? {}
        expect(
          [...known, ...unknown].flatMap(({ error }) => error?.message ?? []),
          operation,
        ).toEqual([])
        expect(
          known.some(({ outputs }) => outputs.length > 0),
          `${operation} found somebody`,
        ).toBe(true)
        expect(
          unknown.flatMap(({ outputs }) => outputs),
          `${operation} found nobody`,
        ).toEqual([])
      }
    })
  })

  test(
    'are contradicted only where the vendor’s own page does, no longer than needed, and in a twentieth of the ' +
      'calls at most',
    () => {
      for (const { page } of exceptions) expect(page).toMatch(/^https:\/\//)
      expect(exceptions.filter((one) => !used.has(one))).toEqual([])
      expect(
        ids.flatMap((id) =>
          Object.keys(attached.get(id)?.silent ?? {}).filter(
            (name) => name.includes(' ') && !heard.has(`${id} ${name}`),
          ),
        ),
      ).toEqual([])
      expect(excused.size, `${[...excused].join(', ')}: of ${calls.size} calls`).toBeLessThanOrEqual(calls.size / 20)
    },
  )

  describe('a request that the vendor does not describe is found:', () => {
    const headers = { 'x-api-key': 'k', authorization: 'Bearer k', 'content-type': 'application/json' }
    const mail = {
      personalizations: [{ to: [{ email: 'ada@acme.example' }] }],
      from: { email: 'me@hub.example' },
      subject: 'Hello',
      content: [{ type: 'text/plain', value: 'Hello' }],
    }
    const apollo = (method: string, path: string, more: Partial<Asked> = {}): Asked => ({
      method,
      url: `https://api.apollo.io/api/v1${path}`,
      headers,
      ...more,
    })
    const sendgrid = (body: unknown, more: Partial<Asked> = {}): Asked => ({
      method: 'POST',
      url: 'https://api.sendgrid.com/v3/mail/send',
      headers,
      body,
      ...more,
    })

    test('(a right one is not)', () => {
      expect(
        checkRequest(of('apollo'), apollo('POST', '/mixed_people/api_search?person_titles%5B%5D=ceo&page=1')),
      ).toEqual([])
      expect(
        checkRequest(
          of('apollo'),
          apollo('POST', '/people/bulk_match', { body: { details: [{ email: 'a@b.example' }] } }),
        ),
      ).toEqual([])
      expect(checkRequest(of('sendgrid'), sendgrid(mail))).toEqual([])
      expect(checkRequest(of('sendgrid'), sendgrid(mail, { url: 'https://api.eu.sendgrid.com/v3/mail/send' }))).toEqual(
        [],
      )
    })

    test.each<[string, string, () => Asked, string]>([
      ['another path', 'apollo', () => apollo('POST', '/mixed_people/search'), 'path'],
      ['another method', 'apollo', () => apollo('PUT', '/people/match?email=a%40b.example'), 'path'],
      [
        'another host',
        'apollo',
        () => apollo('POST', '', { url: 'https://app.apollo.io/api/v1/people/match' }),
        'path',
      ],
      [
        'an unknown parameter',
        'apollo',
        () => apollo('POST', '/mixed_people/api_search?titles%5B%5D=ceo'),
        'query titles[]',
      ],
      [
        'a parameter of another type',
        'apollo',
        () => apollo('POST', '/mixed_people/api_search?page=first'),
        'query page',
      ],
      ['no key', 'apollo', () => apollo('POST', '/people/match?email=a%40b.example', { headers: {} }), 'key'],
      [
        'a body where none is taken',
        'apollo',
        () => apollo('POST', '/people/match', { body: { email: 'a@b.example' } }),
        'body',
      ],
      ['a body without a required field', 'apollo', () => apollo('POST', '/people/bulk_match', { body: {} }), 'body '],
      [
        'a body with a misspelt field',
        'apollo',
        () => apollo('POST', '/people/bulk_match', { body: { details: [{ mail: 'a@b.example' }] } }),
        'body /details/0',
      ],
      [
        'a recipient that is a text',
        'sendgrid',
        () => sendgrid({ ...mail, personalizations: [{ to: ['ada@acme.example'] }] }),
        'body /personalizations/0/to/0',
      ],
      [
        'eleven categories',
        'sendgrid',
        () => sendgrid({ ...mail, categories: Array.from({ length: 11 }, (_, at) => `c${at}`) }),
        'body /categories',
      ],
      [
        'a misspelt field of a form',
        'twilio',
        () => ({
          method: 'POST',
          url: 'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json',
          headers: { authorization: 'Basic a', 'content-type': 'application/x-www-form-urlencoded' },
          body: { To: '+15550100', Text: 'Hello' },
        }),
        'body ',
      ],
      [
        'a parameter that Google does not have',
        'google-sheets',
        () => ({
          method: 'GET',
          url: 'https://sheets.googleapis.com/v4/spreadsheets/s/values:batchGet?range=A1',
          headers,
        }),
        'query range',
      ],
      [
        'a misspelt field in Swagger 2.0',
        'mailchimp',
        () => ({
          method: 'PUT',
          url: 'https://us21.api.mailchimp.com/3.0/lists/l/members/m',
          headers: { ...headers, authorization: 'Basic a' },
          body: { email_address: 'ada@acme.example', status_if_new: 'subscribed', merge_field: {} },
        }),
        'body ',
      ],
      [
        'a field that a GraphQL schema does not have',
        'leadiq',
        () => ({
          method: 'POST',
          url: 'https://api.leadiq.com/graphql',
          headers,
          body: { query: '{ account { name } }' },
        }),
        'body /query',
      ],
      [
        'a log-in without what its grant wants',
        'zoominfo',
        () => ({
          method: 'POST',
          url: 'https://api.zoominfo.com/gtm/oauth/v1/token',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: { grant_type: 'refresh_token' },
        }),
        'body ',
      ],
      [
        'a form',
        'sendgrid',
        () => sendgrid('to=ada', { headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' } }),
        'body',
      ],
    ])('%s (%s)', (_what, id, asked, at) => {
      expect(checkRequest(of(id), asked()).map((problem) => problem.at)).toContain(at)
    })
  })

  describe('an answer that the vendor does not describe is found:', () => {
    const match: Asked = {
      method: 'POST',
      url: 'https://api.apollo.io/api/v1/people/match?email=a%40b.example',
      headers: {},
    }
    const scopes: Asked = { method: 'GET', url: 'https://api.sendgrid.com/v3/scopes', headers: {} }
    const send: Asked = { method: 'POST', url: 'https://api.sendgrid.com/v3/mail/send', headers: {} }
    const json = (status: number, body: unknown) => ({
      status,
      type: 'application/json; charset=utf-8',
      text: JSON.stringify(body),
    })

    test('(a right one is not)', () => {
      expect(
        checkAnswer(of('apollo'), match, json(200, { person: { name: 'Ada', extrapolated_email_confidence: null } })),
      ).toEqual([])
      expect(
        checkAnswer(
          of('sendgrid'),
          scopes,
          json(401, { errors: [{ field: null, message: 'authorization required' }] }),
        ),
      ).toEqual([])
      expect(checkAnswer(of('sendgrid'), send, { status: 202, type: '', text: '' })).toEqual([])
    })

    test.each<[string, string, Asked, Answered, string]>([
      ['another status', 'apollo', match, json(418, {}), 'status 418'],
      ['another content type', 'apollo', match, json(401, { error: 'Invalid API key' }), 'status 401'],
      [
        'a field of another type',
        'apollo',
        match,
        json(200, { person: { departments: 'sales' } }),
        'answer /person/departments',
      ],
      ['null where none may be', 'apollo', match, json(200, { person: null }), 'answer /person'],
      ['a required field left out', 'sendgrid', scopes, json(200, { rights: [] }), 'answer '],
      [
        'a type that Google does not answer',
        'google-sheets',
        { method: 'GET', url: 'https://sheets.googleapis.com/v4/spreadsheets/s', headers: {} },
        json(200, { sheets: 'Leads' }),
        'answer /sheets',
      ],
      [
        'a type that was never recorded',
        'fullcontact',
        { method: 'POST', url: 'https://api.fullcontact.com/v3/person.enrich', headers: {} },
        json(200, { fullName: 7 }),
        'answer /fullName',
      ],
      [
        'a field that Meta does not have',
        'facebook-lead-ads',
        { method: 'GET', url: 'https://graph.facebook.com/v23.0/1/leads', headers: {} },
        json(200, { data: [{ id: '1', email: 'ada@acme.example' }] }),
        'answer /data/0',
      ],
      [
        'GraphQL data that nobody asked for',
        'leadiq',
        {
          method: 'POST',
          url: 'https://api.leadiq.com/graphql',
          headers: {},
          body: { query: '{ account { universalPlan { name } } }' },
        },
        json(200, { data: { account: { universalPlan: { name: 'Free', extra: 1 } } } }),
        'answer /data',
      ],
      ['a body where there is none', 'sendgrid', send, json(202, { id: 'x' }), 'status 202'],
    ])('%s (%s)', (_what, id, asked, answered, at) => {
      expect(checkAnswer(of(id), asked, answered).map((problem) => problem.at)).toContain(at)
    })
  })
})

/**
 * What the vendor itself refuses as wrong input is not held to its description: examples of it are wrong on purpose.
 */
const isWrongInput = (status: number | undefined): boolean => status === 400 || status === 422

const usualType = (body: unknown): string => {
  if (typeof body !== 'string') return 'application/json'
  return body.startsWith('--') ? 'multipart/form-data' : 'application/x-www-form-urlencoded'
}

/** A request as an example writes it down; the parts of a multipart form can only be read when they are sent. */
const writtenOut = async ({
  method,
  url,
  headers = {},
  body,
}: {
  method: string
  url: string
  headers?: Readonly<Record<string, string>>
  body?: unknown
}): Promise<Asked> => {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  if (body === undefined) return { method, url, headers: lower }
  const { 'content-type': type = usualType(body) } = lower
  const read =
    typeof body === 'string'
      ? (await parseBody(Buffer.from(body), type.startsWith('multipart/') ? 'text/plain' : type)).body
      : body
  return { method, url, headers: { ...lower, 'content-type': type }, body: read }
}
