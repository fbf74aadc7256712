import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHub, type Hub } from '../hub/hub-process.ts'
import { asMachine, cookieIn, enter, post, type Browser } from './people.ts'

const password = 'several words that nobody guesses'

let hub: Hub
let ada: Browser

beforeAll(async () => {
  hub = await startHub({ env: { LOG_LEVEL: 'info', REQUESTS_PER_MINUTE: '600' } })
  ada = await enter(hub, 'ada@acme.example', 'operator')
  const changed = await fetch(`${hub.url}/v1/session/password`, {
    method: 'PUT',
    headers: { ...ada.headers, 'content-type': 'application/json' },
    body: JSON.stringify({ password }),
  })
  expect(changed.status).toBe(200)
})
afterAll(() => hub.stop())

const signIn = (email: string, word: string, headers: Record<string, string> = {}): Promise<Response> =>
  post(hub, '/v1/session', { email, password: word }, headers)

const browserOf = async (response: Response): Promise<Record<string, string>> => {
  const { csrf } = (await response.json()) as { csrf: string }
  return { cookie: cookieIn(response), 'hub-csrf': csrf, 'hub-mode': 'test' }
}

const me = async (headers: Record<string, string>): Promise<number> =>
  (await fetch(`${hub.url}/v1/me`, { headers })).status

describe('a session', () => {
  test('is a new secret at each sign-in, and one that somebody has put there is worth nothing', async () => {
    const planted = `hub_session=${'p'.repeat(43)}`
    const response = await signIn('ada@acme.example', password, { cookie: planted })
    expect(response.status).toBe(200)
    expect(cookieIn(response)).not.toBe(planted)
    expect(await me({ cookie: planted })).toBe(401)
    expect(response.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax/)
  })

  test('of the browser that signs in again is over, and signing out ends it for good', async () => {
    const first = await browserOf(await signIn('ada@acme.example', password))
    const second = await browserOf(await signIn('ada@acme.example', password, { cookie: first.cookie ?? '' }))
    expect(await me(first)).toBe(401)
    expect(await me(second)).toBe(200)
    expect((await fetch(`${hub.url}/v1/session`, { method: 'DELETE', headers: second })).status).toBe(200)
    expect(await me(second)).toBe(401)
  })

  test('changes nothing without its token, or for a page of another origin', async () => {
    const browser = await browserOf(await signIn('ada@acme.example', password))
    const start = (headers: Record<string, string>): Promise<Response> => post(hub, '/v1/start', {}, headers)
    const { 'hub-csrf': csrf = '', ...without } = browser
    expect((await start(without)).status).toBe(403)
    expect((await start({ ...without, 'hub-csrf': `${csrf}x` })).status).toBe(403)
    expect((await start({ ...browser, origin: 'https://evil.example' })).status).toBe(403)
    expect((await start({ ...browser, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await start({ ...browser, 'sec-fetch-site': 'same-site' })).status).toBe(403)
    expect((await start(browser)).status).toBe(204)
  })

  test('is begun by no other site', async () => {
    expect((await signIn('ada@acme.example', password, { origin: 'https://evil.example' })).status).toBe(403)
  })

  test('is shown in no frame', async () => {
    for (const path of ['/sign-in', '/welcome', '/reset', '/connect'])
      expect((await fetch(`${hub.url}${path}`)).headers.get('content-security-policy'), path).toContain(
        "frame-ancestors 'none'",
      )
  })

  test('ends when the role or the person goes', async () => {
    const eve = await enter(hub, 'eve@acme.example', 'analyst')
    const headers = { ...eve.headers, 'hub-mode': 'test' }
    expect(await me(headers)).toBe(200)
    await asMachine(hub, 'DELETE', `/v1/people/${eve.person}`)
    expect(await me(headers)).toBe(403)
  })
})

describe('a link', () => {
  test('signs in once, also where it is opened ten times at once', async () => {
    const { link } = await asMachine<{ link: string }>(hub, 'POST', `/v1/people/${ada.person}/link`)
    const secret = link.split('#')[1]
    const all = await Promise.all(Array.from({ length: 10 }, () => post(hub, '/v1/session/link', { link: secret })))
    expect(all.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1)
  })
})

describe('an invitation', () => {
  test('gives nobody a way into another workspace of whom it is for', async () => {
    const bea = await enter(hub, 'bea@acme.example', 'owner')
    const headers = { ...bea.headers, 'hub-mode': 'test' }
    const made = await post(hub, '/v1/workspaces', { name: 'Bea’s own' }, headers)
    expect(made.status).toBe(201)
    const { id } = (await made.json()) as { id: string }
    // Somebody of the first workspace who has not been here yet.
    const invite = (more: Record<string, string>): Promise<Response> =>
      post(hub, '/v1/people', { email: 'cal@acme.example', role: 'owner' }, { ...headers, ...more })
    expect(((await (await invite({})).json()) as { link: string }).link).toContain('/welcome#')
    const elsewhere = await invite({ 'hub-workspace': id })
    expect(elsewhere.status).toBe(201)
    expect(((await elsewhere.json()) as { link: string }).link).toMatch(/\/sign-in$/)
  })
})

describe('whoever guesses', () => {
  test('learns from neither words nor time who has an account', async () => {
    const timed = async (email: string): Promise<{ text: string; status: number; ms: number }> => {
      const began = performance.now()
      const response = await signIn(email, 'a wrong password')
      return { text: await response.text(), status: response.status, ms: performance.now() - began }
    }
    const known = await timed('ada@acme.example')
    const unknown = await timed('nobody@acme.example')
    expect(unknown.text).toBe(known.text)
    expect(unknown.status).toBe(401)
    const forgot = await Promise.all(
      ['ada@acme.example', 'nobody@acme.example'].map((email) => post(hub, '/v1/session/forgot', { email })),
    )
    expect(forgot.map(({ status }) => status)).toEqual([202, 202])
  })

  test('a password is slowed down, from one address and for one person', async () => {
    const answers: number[] = []
    for (let tries = 0; tries < 40; tries++) answers.push((await signIn('ada@acme.example', `wrong ${tries}`)).status)
    expect(answers.filter((status) => status === 429).length).toBeGreaterThan(20)
    expect(answers.at(-1)).toBe(429)
  })

  test('a key is slowed down and told of; good keys from there go on', async () => {
    expect(await me({ authorization: `Bearer ${hub.keys.test}` })).toBe(200)
    const wrong = (count: number): string => `ainow_test_${String(count).padStart(32, 'w')}`
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, count) =>
        fetch(`${hub.url}/v1/me`, { headers: { authorization: `Bearer ${wrong(count)}` } }),
      ),
    )
    const slowed = answers.filter(({ status }) => status === 429)
    expect(slowed.length).toBeGreaterThan(250)
    expect(Number(slowed[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await me({ authorization: `Bearer ${hub.keys.test}` })).toBe(200)
    await expect.poll(async () => (await told()).length, { timeout: 30_000 }).toBeGreaterThan(0)
    expect(hub.output()).toContain('wrong keys came from an address')
  })

  const told = async (): Promise<unknown[]> =>
    (await asMachine<{ entries: unknown[] }>(hub, 'GET', '/v1/audit?action=key.refused')).entries
})

describe('the log', () => {
  test('tells who asked, by the key’s id, and holds no key, cookie or password', () => {
    const output = hub.output()
    expect(output).toContain('"msg":"request"')
    expect(output).toMatch(/"by":\{"kind":"key","id":"key_/)
    for (const secret of [hub.keys.test, hub.keys.live, password, ada.cookie.split('=')[1] ?? '', ada.csrf])
      expect(output).not.toContain(secret)
  })
})

describe('a key that asks too often', () => {
  test('is told when to come again, and has its room back then', async () => {
    const headers = { authorization: `Bearer ${hub.keys.live}` }
    const answers = await Promise.all(Array.from({ length: 200 }, () => fetch(`${hub.url}/v1/me`, { headers })))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(50)
    expect(refused[0]?.headers.get('ratelimit-policy')).toMatch(/^"key";q=100;w=10$/)
    expect(refused[0]?.headers.get('ratelimit')).toMatch(/^"key";r=0;t=\d+$/)
    await expect.poll(() => me(headers)).toBe(200)
  })

  test('has a bounded number of long polls', async () => {
    const stop = new AbortController()
    const headers = { authorization: `Bearer ${hub.keys.test}` }
    const waiting = Array.from({ length: 60 }, () =>
      fetch(`${hub.url}/v1/events?after=0&types=no.such&wait=20s`, { headers, signal: stop.signal }).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    const first = await Promise.race(waiting)
    expect(first).toBe(429)
    stop.abort()
    await Promise.all(waiting)
  })
})
