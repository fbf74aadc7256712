import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BlockAnswer } from '../../hub-server/src/api/runs.ts'
import type { App, Connection } from '../../hub-server/src/contracts/connection.ts'
import type { Event } from '../../hub-server/src/contracts/event.ts'
import { startServices } from '../../hub-server/src/db/testing/services.ts'
import { freePort } from '../../hub-server/src/db/testing/free-port.ts'
import { newFolder, startHub, type Hub } from '../hub/hub-process.ts'
import { expectProblem } from '../hub/plain-words.ts'
import { browse } from './person.ts'
import { client, startProvider, type TestProvider } from './provider.ts'

const manifest = (provider: string): string => `
format: 1
id: open-crm
name: Open CRM
docs: https://openid.net/specs/openid-connect-core-1_0.html
auth:
  fields:
    clientId: { label: Client id }
    clientSecret: { label: Client secret, secret: true }
  token:
    grant: authorization_code
    authorize: /auth
    authorizeQuery: { prompt: consent }
    post: /token
    client: basic
    pkce: true
    scopes: [openid, email, offline_access]
  send: { bearer: =$token.access }
  test: { get: /me }
servers: { default: ${provider} }
operations:
  enrichPerson:
    one: { get: /me }
    read: { email: =email }
`

const services = await startServices()
afterAll(() => services.stop())
const on: Record<string, string> =
  services.databaseUrl && services.redisUrl ? { DATABASE_URL: services.databaseUrl, REDIS_URL: services.redisUrl } : {}
/** On one database; without PostgreSQL one hub on PGlite. */
const processes = services.databaseUrl ? 3 : 1

describe(`an account that is connected on the vendor’s own page, ${processes} processes`, () => {
  const hubs: Hub[] = []
  let provider: TestProvider
  let id: string
  const [first, others] = [() => hubs[0] ?? expect.fail('no hub'), () => hubs.slice(1)]
  const ask = <Body>(method: string, path: string, body?: unknown, hub = first()) =>
    hub.call<Body>(method, path, { key: first().keys.live, body })
  const enrich = (hub: Hub, email: string) =>
    ask<BlockAnswer<{ email: string }>>(
      'POST',
      '/v1/capabilities/enrichPerson',
      { items: [{ email }], options: { providers: ['open-crm'], maxAgeDays: 0 } },
      hub,
    )
  const connect = async (account = id): Promise<URL> => {
    const { body } = await ask<{ url: string }>('POST', `/v1/connections/${account}/authorize`)
    return browse(body.url, (url) => url.pathname === '/connect')
  }
  const listed = async () =>
    (await ask<{ connections: Connection[] }>('GET', '/v1/connections')).body.connections.map((each) => each.id)
  const connection = async () => (await ask<Connection>('GET', `/v1/connections/${id}`)).body

  beforeAll(async () => {
    const port = await freePort()
    provider = await startProvider(`http://127.0.0.1:${port}/oauth/callback`)
    const connectors = newFolder()
    mkdirSync(join(connectors, 'open-crm'))
    writeFileSync(join(connectors, 'open-crm', 'connector.yaml'), manifest(provider.url))
    const env = {
      ...on,
      EGRESS_ALLOW: '127.0.0.1',
      CONNECTORS_DIR: connectors,
      SEALING_KEYS: Buffer.alloc(32, 7).toString('base64'),
    }
    const data = newFolder()
    hubs.push(await startHub({ env, port, data }))
    for (let more = 1; more < processes; more++) hubs.push(await startHub({ env, data }))
  })
  afterAll(async () => {
    for (const hub of hubs) await hub.stop()
    await provider?.stop()
  })

  test('is not connected before a person has said yes, and its app’s secret is never shown', async () => {
    const { status, body, text } = await ask<Connection>('POST', '/v1/connections', {
      connector: 'open-crm',
      fields: { clientId: client.id, clientSecret: client.secret },
    })
    expect(status).toBe(201)
    expect(body.status).toBe('needs_reconnect')
    id = body.id
    expect(await listed()).toEqual([])
    const apps = await ask<{ apps: App[] }>('GET', '/v1/apps')
    expect(apps.body.apps).toEqual([{ connector: 'open-crm', clientId: client.id }])
    expect(text + apps.text).not.toContain(client.secret)
  })

  test('a page that was asked for by nobody, and a person who says no, are told in plain words', async () => {
    const { body } = await ask<{ url: string }>('POST', `/v1/connections/${id}/authorize`)
    const state = new URL(body.url).searchParams.get('state') ?? ''
    for (const [query, words] of [
      ['state=guessed&code=x', 'too late'],
      [`state=${state}&error=access_denied`, 'did not let the hub into Open CRM'],
      [`state=${state}&code=x`, 'a second time'],
    ]) {
      const answer = await fetch(`${first().url}/oauth/callback?${query}`, { redirect: 'manual' })
      expect(answer.status).toBe(400)
      expect(await answer.text()).toContain(words)
    }
    expect((await connection()).status).toBe('needs_reconnect')
    expect(await listed(), 'an attempt that came to nothing leaves nothing in the list').toEqual([])
  })

  test('is connected when the person comes back, and works', async () => {
    const back = await connect()
    expect(back.searchParams.get('connector')).toBe('open-crm')
    expect(await connection()).toMatchObject({ status: 'working', statusMessage: 'Open CRM accepts this account.' })
    expect(await listed()).toEqual([id])
    expect((await enrich(first(), 'ada@acme.example')).body.results[0]).toMatchObject({
      status: 'done',
      outputs: [{ email: 'ada@acme.example' }],
    })
  })

  test(
    'has its token renewed once by all processes together, with the refresh token that is ' + 'the last one',
    async () => {
      provider.setSlow(300)
      for (let round = 0; round < 3; round++) {
        // Renewed a minute before it ends: this one is worth nothing as soon as it is there.
        provider.setLife(30)
        await connect()
        provider.setLife(3600)
        provider.takeAsked()
        const answers = await Promise.all(
          hubs.flatMap((hub) => Array.from({ length: 6 }, (_, at) => enrich(hub, `p${round}-${at}@acme.example`))),
        )
        expect(answers.map(({ body }) => body.results[0]?.status)).toEqual(answers.map(() => 'done'))
        expect(provider.takeAsked()).toEqual([{ grant: 'refresh_token', ok: true }])
      }
      provider.setSlow(0)
    },
  )

  test('a second account needs no app of its own', async () => {
    const { status, body } = await ask<Connection>('POST', '/v1/connections', { connector: 'open-crm', fields: {} })
    expect(status).toBe(201)
    await connect(body.id)
    expect((await ask<Connection>('GET', `/v1/connections/${body.id}`)).body.status).toBe('working')
    await ask('DELETE', `/v1/connections/${body.id}`)
  })

  test('that the vendor has thrown out must be connected again: it says so, and an event is there', async () => {
    provider.setLife(30)
    await enrich(first(), 'before@acme.example')
    await provider.revokeAll()
    expect(
      (await enrich(others().at(-1) ?? first(), 'late@acme.example')).body.results?.[0]?.error?.kind ?? 'paused',
    ).toMatch(/unauthorized|paused/)
    expect(await connection()).toMatchObject({ status: 'needs_reconnect' })
    await expect
      .poll(
        async () =>
          (await ask<{ events: Event[] }>('GET', '/v1/events?limit=1000')).body.events.filter(
            ({ type, subject }) => type === 'connection.needs_reconnect' && subject === id,
          ).length,
        { timeout: 10_000 },
      )
      .toBe(1)
    await connect()
    expect((await enrich(first(), 'again@acme.example')).body.results[0]?.status).toBe('done')
  })

  test('in mode test nobody is sent to a real vendor', async () => {
    const answer = await first().call('POST', '/v1/connections', {
      key: first().keys.test,
      body: { connector: 'open-crm', fields: { clientId: 'x', clientSecret: 'y' } },
    })
    expectProblem(answer, { status: 409, kind: 'wrong_mode', names: /live key/ })
  })
})
