import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isFresh } from '../generate/permissions.ts'
import { placesOf, type Document, type Place } from '../hostile/requests/document.ts'
import { startHub, type Hub } from '../hub/hub-process.ts'
import { asMachine, enter, openLink, type Browser } from './people.ts'
import { roles, unused, whoMay, type Who } from './who-may.ts'

let hub: Hub
let places: Place[]
const browsers = new Map<Who, Browser>()

beforeAll(async () => {
  hub = await startHub()
  places = placesOf((await hub.call<Document>('GET', '/openapi.json')).body)
  for (const role of ['owner', 'admin', 'operator', 'editor', 'analyst'] as const)
    browsers.set(role, await enter(hub, `${role}@acme.example`, role))
})
afterAll(() => hub.stop())

const credentialsOf = (who: Who, mode: 'test' | 'live'): Record<string, string> => {
  const browser = browsers.get(who)
  return browser ? { ...browser.headers, 'hub-mode': mode } : { authorization: `Bearer ${hub.keys[mode]}` }
}

/** Of nothing that is there: what is asked is who may, and nothing shall be changed by it. */
const askFor = async ({ method, path }: Place, headers: Record<string, string>): Promise<string> => {
  const address = path.replaceAll(/\{\w+\}/g, 'none_there')
  const body = method === 'GET' || method === 'DELETE' ? undefined : '[]'
  const response = await fetch(`${hub.url}${address}`, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body }),
  })
  const text = await response.text()
  if (response.status === 401) return 'not known'
  return response.status === 403 && text.includes('This needs the permission') ? 'may not' : 'may'
}

/** They are about the session that asks, and alone about it. */
const isOfSession = ({ path }: Place): boolean => /^\/v1\/(?:sessions?|grants)(?:\/|$)/.test(path)

describe('every route', () => {
  test('stands in docs/permissions.md as it is', async () => {
    const document = await hub.call<Parameters<typeof isFresh>[0]>('GET', '/openapi.json')
    expect(await isFresh(document.body), 'run: node test/generate/permissions.ts').toBe(true)
  })

  test('was thought about, and none is gone', () => {
    expect(places.filter(({ method, path }) => whoMay(method, path) === undefined)).toEqual([])
    expect(unused(places)).toEqual([])
    expect(places.length).toBeGreaterThan(100)
  })

  test.each(
    (Object.keys(roles) as Who[]).flatMap((who) => (['test', 'live'] as const).map((mode) => [who, mode] as const)),
  )('lets in a %s in mode %s exactly where the table says', async (who, mode) => {
    const wrong: string[] = []
    for (const place of places.filter((one) => !isOfSession(one))) {
      const allowed = whoMay(place.method, place.path)
      if (allowed === 'everybody') continue
      const got = await askFor(place, credentialsOf(who, mode))
      if (got !== (allowed?.includes(who) ? 'may' : 'may not')) wrong.push(`${place.method} ${place.path}: ${got}`)
    }
    expect(wrong).toEqual([])
  })

  test('knows nobody by a cookie that is none, or a mode that is not said', async () => {
    for (const place of places.filter(({ method, path }) => whoMay(method, path) !== 'everybody'))
      expect(await askFor(place, { cookie: `hub_session=${'x'.repeat(43)}` }), place.path).toBe('not known')
    const { headers } = browsers.get('owner') ?? { headers: {} }
    expect((await fetch(`${hub.url}/v1/leads`, { headers })).status).toBe(400)
    expect((await fetch(`${hub.url}/v1/keys`, { headers })).status).toBe(200)
  })

  test('of another workspace is closed to who does not belong there', async () => {
    const { headers } = browsers.get('owner') ?? { headers: {} }
    const response = await fetch(`${hub.url}/v1/leads`, {
      headers: { ...headers, 'hub-mode': 'live', 'hub-workspace': 'ws_other' },
    })
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('do not belong to this workspace')
  })
})

describe('a key', () => {
  interface Made {
    readonly secret: string
    readonly key: { readonly id: string }
  }
  const make = (more: object): Promise<Made> =>
    asMachine<Made>(hub, 'POST', '/v1/keys', { name: 'Narrow', mode: 'test', ...more })
  const status = async (secret: string, method: string, path: string, body?: unknown): Promise<number> =>
    (await hub.call(method, path, { key: secret, body })).status

  test('with scopes may do those and no other', async () => {
    const { secret } = await make({ scopes: ['leads.read', 'suppression'] })
    expect(await status(secret, 'GET', '/v1/leads')).toBe(200)
    expect(await status(secret, 'GET', '/v1/suppression')).toBe(200)
    expect(await status(secret, 'POST', '/v1/leads', { lead: {} })).toBe(403)
    expect(await status(secret, 'GET', '/v1/connections')).toBe(403)
  })

  test('that only runs sends nothing, and reads no stored leads through a block', async () => {
    const { secret } = await make({ scopes: ['runs'] })
    expect(await status(secret, 'POST', '/v1/blocks/score-lead', { items: [] })).toBeLessThan(300)
    expect(await status(secret, 'POST', '/v1/blocks/send-message', { items: [] })).toBe(403)
    expect(await status(secret, 'POST', '/v1/capabilities/sendEmail', { items: [] })).toBe(403)
    expect(await status(secret, 'POST', '/v1/blocks/lead-store', { items: [] })).toBe(403)
    expect(await status(secret, 'POST', '/v1/runs', { block: 'sendEmail', items: [] })).toBe(403)
    expect(await status(secret, 'POST', '/v1/runs', { block: 'score-lead', leads: { query: '' } })).toBe(403)
  })

  test('that is read-only changes nothing', async () => {
    const { secret } = await make({ scopes: null, readOnly: true })
    expect(await status(secret, 'GET', '/v1/leads')).toBe(200)
    for (const { method, path } of places.filter((one) => !isOfSession(one) && one.method !== 'GET')) {
      const allowed = whoMay(method, path)
      if (allowed === 'everybody' || /estimate|check|token/.test(path)) continue
      expect(await askFor({ method, path, operation: {} }, { authorization: `Bearer ${secret}` }), path).toBe('may not')
    }
  })

  test('that is revoked, has expired or comes from elsewhere is refused at once', async () => {
    const revoked = await make({})
    expect(await status(revoked.secret, 'GET', '/v1/me')).toBe(200)
    await asMachine(hub, 'POST', `/v1/keys/${revoked.key.id}/revoke`)
    expect(await status(revoked.secret, 'GET', '/v1/me')).toBe(401)
    const soon = new Date(Date.now() + 1_500).toISOString()
    const expiring = await make({ expiresAt: soon })
    expect(await status(expiring.secret, 'GET', '/v1/me')).toBe(200)
    await expect.poll(() => status(expiring.secret, 'GET', '/v1/me')).toBe(401)
    const elsewhere = await make({ networks: ['10.0.0.0/8'] })
    expect(await status(elsewhere.secret, 'GET', '/v1/me')).toBe(403)
    const here = await make({ networks: ['127.0.0.0/8', '::1'] })
    expect(await status(here.secret, 'GET', '/v1/me')).toBe(200)
  })

  test('is rotated with both good for a while, and the new one worth no more', async () => {
    const old = await make({ scopes: ['leads.read'] })
    const fresh = await asMachine<Made>(hub, 'POST', `/v1/keys/${old.key.id}/rotate`, { overlapHours: 0.0005 })
    expect(await status(old.secret, 'GET', '/v1/leads')).toBe(200)
    expect(await status(fresh.secret, 'GET', '/v1/leads')).toBe(200)
    expect(await status(fresh.secret, 'GET', '/v1/runs')).toBe(403)
    await expect.poll(() => status(old.secret, 'GET', '/v1/leads')).toBe(401)
    expect(await status(fresh.secret, 'GET', '/v1/leads')).toBe(200)
  })

  test('is not made by one who may less, nor a role or an owner', async () => {
    const admin = browsers.get('admin')?.headers ?? {}
    const ask = (method: string, path: string, body: unknown): Promise<number> =>
      hub.call(method, path, { body, headers: { ...admin } }).then((answer) => answer.status)
    expect(await ask('POST', '/v1/keys', { name: 'x', mode: 'live', scopes: ['owners'] })).toBe(403)
    expect(await ask('POST', '/v1/people', { email: 'x@acme.example', role: 'owner' })).toBe(403)
    expect(await ask('PUT', '/v1/roles/more', { about: 'More', permissions: ['owners.write'] })).toBe(403)
    const owner = browsers.get('owner')?.person ?? ''
    expect(await ask('PUT', `/v1/people/${owner}`, { role: 'analyst' })).toBe(403)
    expect(await ask('POST', `/v1/people/${owner}/link`, undefined)).toBe(403)
  })

  test('gives a token that is worth no more, and that makes no other', async () => {
    const { secret, key } = await make({ scopes: ['leads', 'hub'] })
    const { body } = await hub.call<{ token: string }>('POST', '/v1/token', {
      key: secret,
      body: { scopes: ['leads.read', 'runs'] },
    })
    expect(await status(body.token, 'GET', '/v1/leads')).toBe(200)
    expect(await status(body.token, 'GET', '/v1/runs')).toBe(403)
    expect(await status(body.token, 'POST', '/v1/leads', { lead: {} })).toBe(403)
    expect(await status(body.token, 'POST', '/v1/token', {})).toBe(422)
    const [head = '', claims = ''] = body.token.split('.')
    expect(await status(`${head}.${claims}.${'A'.repeat(43)}`, 'GET', '/v1/leads')).toBe(401)
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    expect(await status(`${none}.${claims}.AAAA`, 'GET', '/v1/leads')).toBe(401)
    await asMachine(hub, 'POST', `/v1/keys/${key.id}/revoke`)
    expect(await status(body.token, 'GET', '/v1/leads')).toBe(401)
  })
})

describe('an account', () => {
  const put = (id: string, body: unknown) => asMachine<{ disabled: boolean }>(hub, 'PUT', `/v1/people/${id}`, body)

  test('that is switched off signs in nowhere, also by a link, and keeps its place', async () => {
    const { headers, person } = await enter(hub, 'switched@acme.example', 'analyst')
    const reads = () =>
      hub.call('GET', '/v1/leads', { headers: { ...headers, 'hub-mode': 'test' } }).then(({ status }) => status)
    const enterAgain = async () =>
      openLink(hub, (await asMachine<{ link: string }>(hub, 'POST', `/v1/people/${person}/link`)).link)
    expect(await reads()).toBe(200)
    expect(await put(person, { disabled: true })).toMatchObject({ disabled: true, role: 'analyst' })
    expect(await reads()).toBe(401)
    await expect(enterAgain()).rejects.toThrow('does not sign in')
    expect(await put(person, { disabled: false })).toMatchObject({ disabled: false, role: 'analyst' })
    expect((await enterAgain()).person).toBe(person)
  })

  test('of somebody who belongs elsewhere, too, is not switched off here, nor given a role then', async () => {
    const owner = browsers.get('owner')
    const elsewhere = await hub.call<{ id: string }>('POST', '/v1/workspaces', {
      headers: { ...owner?.headers },
      body: { name: 'Elsewhere' },
    })
    expect(elsewhere.status).toBe(201)
    const { person } = await enter(hub, 'both@acme.example', 'analyst')
    const there = { ...owner?.headers, 'hub-workspace': elsewhere.body.id }
    const joined = await hub.call('POST', '/v1/people', {
      headers: there,
      body: { email: 'both@acme.example', role: 'analyst' },
    })
    expect(joined.status).toBe(201)
    const both = { disabled: true, role: 'editor' }
    const answer = await hub.call('PUT', `/v1/people/${person}`, { headers: { ...owner?.headers }, body: both })
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('other workspaces')
    const { people } = await asMachine<{ people: { id: string }[] }>(hub, 'GET', '/v1/people')
    expect(people.find(({ id }) => id === person)).toMatchObject({ role: 'analyst', disabled: false })
  })

  // The last of all: owners are signed out by it.
  test('of the last owner is not switched off', async () => {
    const { people } = await asMachine<{ people: { id: string; role: string }[] }>(hub, 'GET', '/v1/people')
    const owners = people.filter(({ role }) => role === 'owner').map(({ id }) => id)
    const last = owners.pop() ?? ''
    for (const id of owners) await put(id, { disabled: true })
    await expect(put(last, { disabled: true, role: 'analyst' })).rejects.toThrow('last owner')
    for (const id of owners) await put(id, { disabled: false })
    const { people: after } = await asMachine<{ people: { id: string }[] }>(hub, 'GET', '/v1/people')
    expect(after.find(({ id }) => id === last)).toMatchObject({ role: 'owner', disabled: false })
  })
})
