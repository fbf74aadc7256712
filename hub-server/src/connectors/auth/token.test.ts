import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { perform } from '../ask/perform.ts'
import { accountFor, fixture, gatewayTo, play, type Vendor } from '../testing/play.ts'
import { testAccount } from './testAccount.ts'
import { authorizationUrl, exchangeCode } from './authorize.ts'

const company = [{ domain: 'x.example' }]
const good = { data: { result: [{ data: { name: 'X' } }] } }
const isLogin = (url: string) => url.endsWith('/authenticate')

describe('a log-in for a token that expires', async () => {
  const connector = await fixture('login-token')

  it('is done once for many items', async () => {
    const items = ['a', 'b', 'c', 'd'].map((name) => ({ domain: `${name}.example` }))
    const { asked } = await play(connector, 'enrichCompany', items, ({ url }) => ({
      json: isLogin(url) ? { jwt: 'j1' } : good,
    }))
    expect(asked.filter((one) => isLogin(one.url))).toHaveLength(1)
    expect(asked.filter((one) => !isLogin(one.url)).map((one) => one.headers.authorization)).toEqual(
      Array.from({ length: 4 }, () => 'Bearer j1'),
    )
  })

  it('is done again, once, when the token is refused; the call is repeated once', async () => {
    let logins = 0
    const vendor: Vendor = ({ url, headers }) => {
      if (isLogin(url)) return { json: { jwt: `j${++logins}` } }
      if (headers.authorization === 'Bearer j1') return { status: 401, json: { message: 'expired' } }
      return { json: good }
    }
    const { answers } = await play(connector, 'enrichCompany', [...company, { domain: 'y.example' }], vendor)
    expect(answers.map((answer) => answer.outputs)).toEqual([[{ name: 'X' }], [{ name: 'X' }]])
    expect(logins).toBe(2)
  })

  it('is given up when the new token is refused too', async () => {
    const { answers, asked } = await play(connector, 'enrichCompany', company, ({ url }) =>
      isLogin(url) ? { json: { jwt: 'j' } } : { status: 401 },
    )
    expect(answers[0]?.error?.kind).toBe('unauthorized')
    expect(asked).toHaveLength(4)
  })

  it('says that the password was refused', async () => {
    const { answers } = await play(connector, 'enrichCompany', company, () => ({
      status: 400,
      json: { error: 'bad credentials' },
    }))
    expect(answers[0]?.error).toMatchObject({
      kind: 'unauthorized',
      message: 'Login Token did not accept the input (HTTP 400): bad credentials.',
    })
  })

  it('is not done while a stored token is good', async () => {
    const account = accountFor(connector, {}, { access: 'kept', expiresAt: Date.now() + 3_600_000 })
    const { asked } = await play(connector, 'enrichCompany', company, () => ({ json: good }), { account })
    expect(asked.map((one) => one.headers.authorization)).toEqual(['Bearer kept'])
  })
})

describe('stored tokens with refresh', async () => {
  const connector = await fixture('composite-by-order')
  const record = [{ object: 'contact', key: 'a@x.example', fields: {} }]
  const fields = { clientId: 'app', clientSecret: 'shh' }
  const expired = {
    access: 'old',
    refresh: 'r1',
    expiresAt: Date.now() - 1,
    extra: { instance: 'https://my.salesforce.example' },
  }

  it('keep a rotated refresh token before the new access token is used', async () => {
    const account = accountFor(connector, fields, expired)
    const seen: (string | undefined)[] = []
    const vendor: Vendor = ({ url, body }) => {
      if (url.endsWith('/token')) {
        expect(Object.fromEntries(new URLSearchParams(String(body)))).toEqual({
          grant_type: 'refresh_token',
          refresh_token: 'r1',
          client_id: 'app',
          client_secret: 'shh',
        })
        return { json: { access_token: 'new', refresh_token: 'r2', expires_in: 60 } }
      }
      seen.push(account.stored()?.refresh)
      return { json: [{ id: '1', success: true }] }
    }
    const { answers } = await play(connector, 'upsertRecords.contact', record, vendor, { account })
    expect(answers[0]?.outputs).toEqual([{ id: '1', outcome: 'updated' }])
    expect(seen).toEqual(['r2'])
    expect(account.stored()).toMatchObject({
      access: 'new',
      refresh: 'r2',
      extra: { instance: 'https://my.salesforce.example' },
    })
  })

  it('are refreshed once, although two runs find them expired at once', async () => {
    const account = accountFor(connector, fields, expired)
    let refreshes = 0
    const { send } = gatewayTo(({ url }) =>
      url.endsWith('/token')
        ? { json: { access_token: `a${++refreshes}`, expires_in: 3600 } }
        : { json: [{ id: '1', success: true }] },
    )
    const run = () =>
      perform({
        connector,
        operation: 'upsertRecords.contact',
        items: record,
        account,
        send,
        signal: AbortSignal.timeout(5000),
        sleep: () => Promise.resolve(),
      })
    await Promise.all([run(), run(), run()])
    expect(refreshes).toBe(1)
    expect(account.stored()?.refresh).toBe('r1')
  })

  it('need the person again when the refresh token is gone', async () => {
    const { answers, asked } = await play(connector, 'upsertRecords.contact', record, () => ({}), {
      account: accountFor(connector, fields, null),
    })
    expect(answers[0]?.error).toMatchObject({ kind: 'unauthorized', advice: 'Connect the account again.' })
    expect(asked).toEqual([])
  })

  it('begin at the vendor’s page', async () => {
    const account = accountFor(connector, fields)
    const { send } = gatewayTo(({ body }) => ({
      json: {
        access_token: 'a',
        refresh_token: String(new URLSearchParams(String(body)).get('code')),
        instance_url: 'https://i.example',
      },
    }))
    const asked = { connector, account, send, redirectUri: 'https://hub.example/back' }
    const page = new URL(await authorizationUrl({ ...asked, state: 's', codeChallenge: 'c' }))
    expect(page.origin + page.pathname).toBe('https://login.salesforce.com/services/oauth2/authorize')
    expect(Object.fromEntries(page.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'app',
      redirect_uri: 'https://hub.example/back',
      state: 's',
      scope: 'api refresh_token',
      code_challenge: 'c',
    })
    expect(await exchangeCode({ ...asked, code: 'xyz', codeVerifier: 'v' })).toMatchObject({
      access: 'a',
      refresh: 'xyz',
      extra: { instance: 'https://i.example' },
    })
  })
})

describe('two ways to log in', async () => {
  const connector = await fixture('two-logins')
  const gone = [{ object: 'contact', id: '7' }]
  const bearers = async (fields: Record<string, string>) => {
    const account = { ...accountFor(connector, {}, { access: 'stored', refresh: 'r' }), fields }
    const { asked, answers } = await play(connector, 'deleteRecords.contact', gone, () => ({ status: 204 }), {
      account,
    })
    return answers[0]?.error ?? asked.map(({ headers }) => headers.authorization)
  }

  it('are told apart by what the person chose, and each asks for its own fields alone', async () => {
    expect(await bearers({ token: 'pat' })).toEqual(['Bearer pat'])
    expect(await bearers({ login: 'oauth', clientId: 'app', clientSecret: 'shh' })).toEqual(['Bearer stored'])
    expect(await bearers({ login: 'oauth', token: 'pat' })).toMatchObject({
      kind: 'invalid_input',
      message: 'The Two Logins account is not complete: Client id is missing; Client secret is missing.',
    })
  })

  it('have a page at the vendor only where that way has one', async () => {
    const asked = { connector, send: gatewayTo(() => ({})).send, redirectUri: 'https://hub.example/back', state: 's' }
    expect(await authorizationUrl({ ...asked, account: accountFor(connector, { login: 'oauth' }) })).toContain(
      'https://app.hubspot.com/oauth/authorize?response_type=code&client_id=my-clientId',
    )
    await expect(authorizationUrl({ ...asked, account: accountFor(connector) })).rejects.toMatchObject({
      kind: 'unsupported',
    })
  })
})

it('a signed JWT for a token', async () => {
  const connector = await fixture('signed-jwt')
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  let assertion = ''
  const vendor: Vendor = ({ url, body }) => {
    if (!url.endsWith('/token')) return { json: { values: [['Name', 'E-mail']] } }
    const form = new URLSearchParams(String(body))
    assertion = form.get('assertion') ?? ''
    return {
      json: {
        access_token: form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer' ? 'ya29' : '',
        expires_in: 3599,
      },
    }
  }
  // As pasted from Google's JSON file.
  const { answers, asked } = await play(connector, 'describeFields.contact', [{ object: 'contact' }], vendor, {
    fields: { privateKey: pem.replaceAll('\n', '\\n'), clientEmail: 'robot@x.example', sheet: 's1' },
  })
  expect(answers[0]?.outputs).toEqual(
    ['Name', 'E-mail'].map((name) => ({ name, label: name, type: 'text', custom: true, writable: true })),
  )
  expect(asked[1]?.headers.authorization).toBe('Bearer ya29')
  const { payload } = await jwtVerify(assertion, createPublicKey(privateKey), {
    audience: 'https://oauth2.googleapis.com/token',
    issuer: 'robot@x.example',
  })
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600)
})

it('client credentials, then a form with a repeated name', async () => {
  const connector = await fixture('client-credentials')
  const completed = {
    status: 'completed',
    data: [
      { email: 'a@x.example', result: { smtp_status: 'valid' } },
      { email: 'b@x.example', result: { smtp_status: 'unknown' } },
    ],
  }
  const vendor: Vendor = (_asked, nth) => {
    if (nth === 1) return { json: { access_token: 't', expires_in: 3600 } }
    return { json: nth === 2 ? { data: { task_hash: 'h' } } : completed }
  }
  const { asked, answers } = await play(
    connector,
    'verifyEmail',
    [{ email: 'b@x.example' }, { email: 'a@x.example' }],
    vendor,
  )
  expect(asked.map((one) => one.body)).toEqual([
    'grant_type=client_credentials&client_id=my-clientId&client_secret=my-clientSecret',
    'emails%5B%5D=b%40x.example&emails%5B%5D=a%40x.example',
    undefined,
  ])
  expect(answers.map((answer) => answer.outputs)).toEqual([[{ status: 'unknown' }], [{ status: 'deliverable' }]])
})

describe('the key test', async () => {
  const connector = await fixture('errors-in-200')
  const test = (json: unknown) =>
    testAccount({ connector, account: accountFor(connector), send: gatewayTo(() => ({ json })).send })

  it('tells good from refused', async () => {
    expect(await test({ errorId: 0, balance: 0 })).toBeNull()
    expect(await test({ errorId: 1, errorDescription: 'no such key' })).toMatchObject({ kind: 'unauthorized' })
    expect(await test({ errorId: 0 })).toMatchObject({ kind: 'unauthorized' })
  })

  it('asks nobody when a field is missing', async () => {
    const account = accountFor(connector, { apiKey: '' })
    expect(await testAccount({ connector, account, send: () => Promise.reject(new Error('asked')) })).toMatchObject({
      kind: 'invalid_input',
      fields: [{ path: '/fields/apiKey', message: 'API key is missing' }],
    })
  })
})
