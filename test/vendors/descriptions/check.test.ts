import { describe, expect, test } from 'vitest'
import { folder, there } from './attached.ts'
import { checkAnswer, checkRequest, type Answered, type Asked } from './check.ts'
import { describedBy } from './descriptions.ts'

if (!there) test.skip(`the vendors’ descriptions are not in ${folder}: set VENDOR_SPECS_DIR`, () => undefined)

describe.skipIf(!there)('what holds connectors to the vendors’ own descriptions', () => {
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
        checkRequest(describedBy('apollo'), apollo('POST', '/mixed_people/api_search?person_titles%5B%5D=ceo&page=1')),
      ).toEqual([])
      expect(
        checkRequest(
          describedBy('apollo'),
          apollo('POST', '/people/bulk_match', { body: { details: [{ email: 'a@b.example' }] } }),
        ),
      ).toEqual([])
      expect(checkRequest(describedBy('sendgrid'), sendgrid(mail))).toEqual([])
      expect(
        checkRequest(describedBy('sendgrid'), sendgrid(mail, { url: 'https://api.eu.sendgrid.com/v3/mail/send' })),
      ).toEqual([])
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
      expect(checkRequest(describedBy(id), asked()).map((problem) => problem.at)).toContain(at)
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
        checkAnswer(
          describedBy('apollo'),
          match,
          json(200, { person: { name: 'Ada', extrapolated_email_confidence: null } }),
        ),
      ).toEqual([])
      expect(
        checkAnswer(
          describedBy('sendgrid'),
          scopes,
          json(401, { errors: [{ field: null, message: 'authorization required' }] }),
        ),
      ).toEqual([])
      expect(checkAnswer(describedBy('sendgrid'), send, { status: 202, type: '', text: '' })).toEqual([])
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
      expect(checkAnswer(describedBy(id), asked, answered).map((problem) => problem.at)).toContain(at)
    })
  })
})
