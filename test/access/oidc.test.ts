import { rmSync } from 'node:fs'
import type { Static } from 'typebox'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { SessionAnswer } from '../../hub-server/src/contracts/access.ts'
import { freePort } from '../../hub-server/src/db/testing/free-port.ts'
import { holderFile, readHolder } from '../../hub-server/src/db/lock-holder.ts'
import { newFolder, runRefusedHub, startHub, type Hub } from '../hub/hub-process.ts'
import { openBrowser, type Browser, type Page } from './browser.ts'
import { honest, now, startLyingProvider, tokenOf, type Craft } from './lying-provider.ts'
import { client, startProvider, type Employee } from './provider.ts'

type Session = Static<typeof SessionAnswer>

const sessionCookie = 'hub_session'
const keptCookie = 'hub_sign_in'
const password = 'a long password of nobody'

const settings = (issuer: string): Record<string, string> => ({
  OIDC_ISSUER: issuer,
  OIDC_CLIENT_ID: client.id,
  OIDC_CLIENT_SECRET: client.secret,
  OIDC_NAME: 'Acme',
  OIDC_SCOPES: 'openid email profile groups',
  OIDC_ROLES: 'hub-owners=owner,sales-leads=admin,sales=operator,wrong=no-such-role',
})

const isInside =
  (hub: Hub) =>
  ({ origin, pathname }: URL): boolean =>
    origin === hub.url && !pathname.startsWith('/sign-in/')

const signIn = (hub: Hub, browser: Browser = openBrowser(), to = ''): Promise<Page> =>
  browser.open(`${hub.url}/sign-in/outside${to && `?to=${encodeURIComponent(to)}`}`, isInside(hub))

/** Goes to the provider and comes back no further than to the hub's door. */
const atTheDoor = async (hub: Hub, browser: Browser): Promise<string> => {
  const { url } = await browser.open(
    `${hub.url}/sign-in/outside`,
    ({ origin, pathname }) => origin === hub.url && pathname === '/sign-in/callback',
  )
  return url.href
}

const sessionOf = async (hub: Hub, browser: Browser): Promise<Session> => {
  const response = await browser.ask(`${hub.url}/v1/session`)
  expect(response.status).toBe(200)
  return response.json()
}

const rolesOf = async (hub: Hub, browser: Browser): Promise<string[]> =>
  (await sessionOf(hub, browser)).workspaces.map(({ role }) => role)

const expectPage = ({ status, text }: Page, wanted: number, words: RegExp): void => {
  expect(text).toMatch(words)
  expect(text).toContain('<h1>You are not signed in</h1>')
  expect(status).toBe(wanted)
}

/** As whoever may read the hub's data folder. */
const asOwner = <Body>(hub: Hub, method: string, path: string, body?: unknown) =>
  hub.call<Body>(method, path, { key: readHolder(holderFile(hub.data))?.ownerKey ?? '', body })

/** Somebody who has been invited and has chosen a password. */
const invite = async (hub: Hub, email: string, role: string): Promise<string> => {
  const { body } = await asOwner<{ person: { id: string }; link: string }>(hub, 'POST', '/v1/people', { email, role })
  const browser = openBrowser()
  const json = { 'content-type': 'application/json' }
  const link = body.link.split('#')[1]
  const entered = await browser.ask(`${hub.url}/v1/session/link`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ link }),
  })
  const { csrf }: Session = await entered.json()
  const chosen = await browser.ask(`${hub.url}/v1/session/password`, {
    method: 'PUT',
    headers: { ...json, 'hub-csrf': csrf },
    body: JSON.stringify({ password }),
  })
  expect(chosen.status).toBe(200)
  return body.person.id
}

const byPassword = (hub: Hub, email: string) => hub.call<Session>('POST', '/v1/session', { body: { email, password } })

test('a provider that is not reached by https is none, but on this machine', async () => {
  const data = newFolder()
  const { code, output } = await runRefusedHub({ data, env: settings('http://login.acme.example') })
  rmSync(data, { recursive: true, force: true })
  expect(output).toContain('OIDC_ISSUER http://login.acme.example is not reached by https.')
  expect(code).toBe(1)
})

describe('people sign in at a provider', () => {
  let hub: Hub
  let provider: Awaited<ReturnType<typeof startProvider>>
  const seat = (id: string, more: Partial<Employee> = {}): void =>
    provider.seat(id, { email: `${id}@acme.example`, email_verified: true, name: id, groups: ['sales'], ...more })

  beforeAll(async () => {
    const port = await freePort()
    provider = await startProvider(`http://127.0.0.1:${port}`)
    hub = await startHub({ port, env: settings(provider.url) })
  })
  afterAll(async () => {
    await hub?.stop()
    await provider?.stop()
  })

  test('and the page of signing in knows of it', async () => {
    const { body } = await hub.call('GET', '/v1/sign-in')
    expect(body).toEqual({ outside: { name: 'Acme', path: '/sign-in/outside' }, mail: false })
  })

  test('with PKCE, and come back to where they wanted to go', async () => {
    seat('ada', { name: 'Ada' })
    const browser = openBrowser()
    const { url, way } = await signIn(hub, browser, '/leads?list=1#top')
    expect(url.href).toBe(`${hub.url}/leads?list=1#top`)
    const asked = way.find(({ pathname }) => pathname === '/auth')?.searchParams
    expect(asked?.get('code_challenge_method')).toBe('S256')
    const { person, workspaces } = await sessionOf(hub, browser)
    expect(person).toMatchObject({ name: 'Ada', email: 'ada@acme.example' })
    expect(workspaces).toHaveLength(1)
    expect(workspaces[0]?.role).toBe('operator')
    expect(browser.cookies(hub.url).has(keptCookie)).toBe(false)
    const again = openBrowser()
    await signIn(hub, again)
    expect((await sessionOf(hub, again)).person.id).toBe(person.id)
  })

  test('changed groups change the role at the next sign-in, and none takes it away', async () => {
    seat('bob')
    const browser = openBrowser()
    await signIn(hub, browser)
    expect(await rolesOf(hub, browser)).toEqual(['operator'])
    seat('bob', { groups: ['sales', 'sales-leads'] })
    await signIn(hub, openBrowser())
    expect(await rolesOf(hub, browser)).toEqual(['admin'])
    seat('bob', { groups: ['kitchen'] })
    expectPage(await signIn(hub), 403, /do not belong to any workspace/)
    expect((await browser.ask(`${hub.url}/v1/session`)).status).toBe(403)
  })

  test('nobody without a group is let in, or kept', async () => {
    seat('carl', { groups: [] })
    const browser = openBrowser()
    expectPage(await signIn(hub, browser), 403, /Ask an owner/)
    expect(browser.cookies(hub.url).has(sessionCookie)).toBe(false)
    const { body } = await asOwner<{ people: { email: string | null }[] }>(hub, 'GET', '/v1/people')
    expect(body.people.map(({ email }) => email)).not.toContain('carl@acme.example')
  })

  test('a group whose role is not there says so', async () => {
    seat('dora', { groups: ['wrong'] })
    expectPage(await signIn(hub), 409, /no-such-role.*correct OIDC_ROLES/s)
  })

  test('an account that has a password is not taken over by who only says to have its address', async () => {
    const id = await invite(hub, 'fay@acme.example', 'admin')
    seat('mallory', { email: 'fay@acme.example', email_verified: false })
    const browser = openBrowser()
    await signIn(hub, browser)
    const { person } = await sessionOf(hub, browser)
    expect(person).toMatchObject({ email: null })
    expect(person.id).not.toBe(id)
    expect(await rolesOf(hub, browser)).toEqual(['operator'])
  })

  test('who was invited is the same person there, and keeps the role, where the address is vouched for', async () => {
    const id = await invite(hub, 'gus@acme.example', 'analyst')
    seat('gus', { email: 'Gus@Acme.example' })
    const browser = openBrowser()
    await signIn(hub, browser)
    expect((await sessionOf(hub, browser)).person.id).toBe(id)
    expect(await rolesOf(hub, browser)).toEqual(['analyst'])
    seat('gus', { groups: [] })
    await signIn(hub, browser)
    expect(await rolesOf(hub, browser)).toEqual(['analyst'])
  })

  test('the last owner stays, whatever the groups say', async () => {
    seat('olga', { groups: ['hub-owners'] })
    const browser = openBrowser()
    await signIn(hub, browser)
    const { body } = await asOwner<{ people: { id: string; role: string }[] }>(hub, 'GET', '/v1/people')
    const { person } = await sessionOf(hub, browser)
    for (const { id } of body.people.filter(({ id, role }) => role === 'owner' && id !== person.id))
      expect((await asOwner(hub, 'DELETE', `/v1/people/${id}`)).status).toBe(204)
    seat('olga', { groups: [] })
    await signIn(hub, browser)
    expect(await rolesOf(hub, browser)).toEqual(['owner'])
  })

  test('the audit log tells of the sign-in and of what the groups gave', async () => {
    const { body } = await asOwner<{ entries: { action: string; details: unknown }[] }>(hub, 'GET', '/v1/audit')
    const actions = body.entries.map(({ action }) => action)
    for (const action of ['session.started', 'membership.joined', 'membership.changed', 'membership.left'])
      expect(actions).toContain(action)
  })

  test('signing out ends the session and leads to the provider’s own page', async () => {
    seat('hal')
    const browser = openBrowser()
    await signIn(hub, browser)
    const { csrf } = await sessionOf(hub, browser)
    const cookie = [...browser.cookies(hub.url)].map((pair) => pair.join('=')).join('; ')
    const response = await browser.ask(`${hub.url}/v1/session`, { method: 'DELETE', headers: { 'hub-csrf': csrf } })
    const { url }: { url: string } = await response.json()
    expect(url).toContain(`${provider.url}/session/end?`)
    const asked = new URL(url).searchParams
    expect(asked.get('id_token_hint')).toMatch(/^ey/)
    expect(asked.get('post_logout_redirect_uri')).toBe(`${hub.url}/sign-in`)
    expect((await browser.open(url)).status).toBe(200)
    expect((await hub.call('GET', '/v1/session', { headers: { cookie } })).status).toBe(401)
  })

  test('no token stands in the log', () => {
    expect(hub.output()).not.toMatch(/eyJ[\w-]+\.eyJ/)
  })

  test('the provider changes its keys, and signing in goes on', async () => {
    seat('ida')
    await signIn(hub)
    provider.rotateKeys()
    const browser = openBrowser()
    await signIn(hub, browser)
    expect((await sessionOf(hub, browser)).person.name).toBe('ida')
  })

  test('what has come back once is worth nothing a second time', async () => {
    seat('jon')
    const browser = openBrowser()
    const callback = await atTheDoor(hub, browser)
    const kept = browser.cookies(hub.url).get(keptCookie) ?? ''
    expect((await browser.open(callback, isInside(hub))).status).toBe(303)
    expectPage(await openBrowser().open(callback), 401, /not begun in this browser/)
    const thief = openBrowser()
    thief.cookies(hub.url).set(keptCookie, kept)
    expectPage(await thief.open(callback), 401, /used before/)
  })

  test('what another browser began is not finished here', async () => {
    seat('kim')
    const callback = await atTheDoor(hub, openBrowser())
    const victim = openBrowser()
    await atTheDoor(hub, victim)
    expectPage(await victim.open(callback), 401, /could not be trusted/)
    expect(victim.cookies(hub.url).has(sessionCookie)).toBe(false)
  })

  test.each(['//evil.example', '/\\evil.example', 'https://evil.example', '/\t/evil.example', '/.//evil.example', 'x'])(
    'nobody is led to %j',
    async (to) => {
      seat('lea')
      expect((await signIn(hub, openBrowser(), to)).url.href).toBe(`${hub.url}/`)
    },
  )

  test('a session that somebody else has put into the browser is not the one that comes of it', async () => {
    seat('max')
    const attacker = openBrowser()
    await signIn(hub, attacker)
    const planted = attacker.cookies(hub.url).get(sessionCookie) ?? ''
    seat('nia')
    const browser = openBrowser()
    browser.cookies(hub.url).set(sessionCookie, planted)
    await signIn(hub, browser)
    expect(browser.cookies(hub.url).get(sessionCookie)).not.toBe(planted)
    expect((await sessionOf(hub, browser)).person.name).toBe('nia')
    const before = { cookie: `${sessionCookie}=${planted}` }
    expect((await hub.call('GET', '/v1/session', { headers: before })).status).toBe(401)
  })

  test('who says no at the provider is told so', async () => {
    const browser = openBrowser()
    const back = new URL(await atTheDoor(hub, browser))
    const state = back.searchParams.get('state') ?? ''
    back.search = new URLSearchParams({ error: 'access_denied', state, iss: provider.url }).toString()
    expectPage(await browser.open(back.href), 403, /did not let you sign in/)
  })
})

describe('a provider that lies, or is away', () => {
  let hub: Hub
  let provider: Awaited<ReturnType<typeof startLyingProvider>>

  beforeAll(async () => {
    provider = await startLyingProvider(client.id)
    provider.goAway(() => true)
    hub = await startHub({ env: settings(provider.issuer) })
  })
  afterAll(async () => {
    await hub?.stop()
    await provider?.stop()
  })
  beforeEach(() => provider.say(honest))

  test('away from the beginning: it is said in plain words, and passwords go on; then it is there', async () => {
    await invite(hub, 'ann@acme.example', 'operator')
    expectPage(await signIn(hub), 503, /cannot be reached just now.*sign in with e-mail address and password/s)
    expect((await byPassword(hub, 'ann@acme.example')).status).toBe(200)
    provider.goAway(() => false)
    expect((await signIn(hub)).status).toBe(303)
  })

  test.each(['/token', '/jwks'])('away in the middle, at %s', async (path) => {
    provider.goAway((asked) => asked === path)
    const page = await signIn(hub)
    provider.goAway(() => false)
    expectPage(page, 503, /cannot be reached just now/)
  })

  const lies: Record<string, Craft> = {
    'without a signature': (right, { kid }) => tokenOf(right, kid),
    'signed with another key': (right, { kid, strange }) => tokenOf(right, kid, strange),
    'signed with a key that nobody knows': (right, { strange }) => tokenOf(right, 'unknown', strange),
    'signed with the secret that both have': (right, { kid }) => tokenOf(right, kid, client.secret),
    'for somebody else': (right, keys) => honest({ ...right, aud: 'another' }, keys),
    'of somebody else': (right, keys) => honest({ ...right, iss: 'https://evil.example' }, keys),
    'of another sign-in': (right, keys) => honest({ ...right, nonce: 'another' }, keys),
    'of no sign-in': (right, keys) => honest({ ...right, nonce: undefined }, keys),
    'about nobody': (right, keys) => honest({ ...right, sub: undefined }, keys),
    'that is no token': () => 'x.y.z',
  }
  test.each(Object.entries(lies))('a token %s is refused', async (_name, lie) => {
    provider.say(lie)
    const browser = openBrowser()
    expectPage(await signIn(hub, browser), 401, /could not be trusted/)
    expect(browser.cookies(hub.url).has(sessionCookie)).toBe(false)
  })

  test.each([
    ['half a minute behind', 303, { iat: -330, exp: -30 }],
    ['half a minute ahead', 303, { iat: 30, exp: 330 }],
    ['ten minutes behind', 401, { iat: -900, exp: -600 }],
    ['ten minutes ahead', 401, { iat: 600, exp: 900 }],
  ])('a clock that is %s: %i', async (_name, status, { iat, exp }) => {
    provider.say((right, keys) => honest({ ...right, iat: now() + iat, exp: now() + exp }, keys))
    const page = await signIn(hub)
    if (status === 303) expect(page.status).toBe(303)
    else expectPage(page, status, /clocks/)
  })

  test('nobody is signed in for ever because the provider is away: signing out goes on', async () => {
    const browser = openBrowser()
    await signIn(hub, browser)
    const { csrf } = await sessionOf(hub, browser)
    provider.goAway(() => true)
    const response = await browser.ask(`${hub.url}/v1/session`, { method: 'DELETE', headers: { 'hub-csrf': csrf } })
    provider.goAway(() => false)
    expect(await response.json()).toEqual({})
  })
})
