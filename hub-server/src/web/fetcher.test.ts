import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { HubError } from '../contracts/errors.ts'
import { parseAllowances } from '../egress/allowance.ts'
import { createPolicy, type EgressPolicy } from '../egress/policy.ts'
import { createFetcher, type Fetcher, type FetcherOptions, type FetchOptions, type Page } from './fetcher.ts'
import { page, redirect, startSites, type Answer, type LoopbackSites } from './testing/loopbackSites.ts'

const encoded =
  (body: Buffer, encoding: string): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': encoding }).end(body)
  }
const hello = Buffer.from('<html><body>Hello</body></html>')

/** Sends until nobody listens any more. */
const endless: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' })
  const megabyte = Buffer.alloc(1_000_000, 'x')
  let sent = 0
  const more = () => {
    while (sent++ < 1_000 && !response.destroyed)
      if (!response.write(megabyte)) return void response.once('drain', more)
    response.end()
  }
  more()
}

let sites: LoopbackSites
const open: Fetcher[] = []

beforeAll(async () => {
  sites = await startSites({
    'acme.example': {
      '/': page('<p>Acme'),
      '/gzip': encoded(gzipSync(hello), 'gzip'),
      '/br': encoded(brotliCompressSync(hello), 'br'),
      '/deflate': encoded(deflateSync(hello), 'deflate'),
      '/raw-deflate': encoded(deflateRawSync(hello), 'deflate'),
      '/cut-gzip': encoded(gzipSync(hello).subarray(0, -6), 'gzip'),
      '/bad-gzip': encoded(Buffer.from('this is not gzip at all'), 'gzip'),
      '/zstd': encoded(hello, 'zstd'),
      '/bomb': encoded(gzipSync(Buffer.alloc(50_000_000)), 'gzip'),
      '/endless': endless,
      '/silent': () => undefined,
      '/drip': (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).write('<p>'),
      '/huge': (_request, response) =>
        void response.writeHead(200, { 'content-type': 'text/html', 'content-length': '1000000000' }).write('<p>'),
      '/latin': (_request, response) =>
        void response
          .writeHead(200, { 'content-type': 'text/html; charset=iso-8859-1' })
          .end(Buffer.from('<p>Müller', 'latin1')),
      '/pdf': (_request, response) => void response.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF'),
      '/untyped': (_request, response) => void response.writeHead(200).end('<!doctype html><p>x'),
      '/gone': page('<p>Gone', {}, 410),
      '/there': redirect('/gzip'),
      '/circle': redirect('/circle2'),
      '/circle2': redirect('/circle'),
      '/cookie': page('<p>x', { 'set-cookie': 'a=1' }),
      '/echo': (request, response) =>
        void response
          .writeHead(200, { 'content-type': 'text/html' })
          .end(`<p>${request.headers.cookie ?? 'no cookie'}`),
      '/metadata': redirect('http://169.254.169.254/latest/meta-data/'),
      '/hex': redirect('http://0x7f.0.0.1/'),
      '/out': redirect('https://real-company.com/'),
      '/ftp': redirect('ftp://acme.example/'),
      '/broken': (request) => void request.socket.destroy(),
      ...Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`/hop${at}`, redirect(`/hop${at + 1}`)])),
    },
    'other.example': { '/': page('<p>Other'), '/to-acme': redirect('https://acme.example/', 301) },
  })
})
afterEach(() => open.splice(0).forEach((fetcher) => fetcher.close()))
afterAll(() => sites.close())

const fetcherIn = (mode: 'test' | 'live', more: Partial<FetcherOptions> = {}): Fetcher => {
  const fetcher = createFetcher({
    mode,
    resolveHost: sites.resolveHost,
    userAgent: 'AI-Now-Hub/0.1',
    policy: mode === 'test' ? sites.policy : allowing(''),
    ...more,
  })
  open.push(fetcher)
  return fetcher
}
const read = (url: string, more: Partial<FetcherOptions> = {}, options: Partial<FetchOptions> = {}): Promise<Page> =>
  fetcherIn('test', more).fetchPage(url, { signal: new AbortController().signal, respectRobots: false, ...options })
const live = (url: string, more: Partial<FetcherOptions> = {}): Promise<Page> =>
  fetcherIn('live', more).fetchPage(url, { signal: new AbortController().signal, respectRobots: false })
const refusal = (promise: Promise<unknown>): Promise<HubError> =>
  promise.then(
    () => expect.fail('was read'),
    (error: HubError) => error,
  )
const allowing = (entries: string): EgressPolicy => createPolicy({ allow: parseAllowances(entries) })
const at = (address: string, family: 4 | 6 = 4) => ({ resolveHost: () => Promise.resolve([{ address, family }]) })

describe('reading', () => {
  it('reads http and https addresses of the sandbox from its one port', async () => {
    expect((await read('http://acme.example/')).html).toBe('<p>Acme')
    expect((await read('https://acme.example/')).url).toBe('https://acme.example/')
  })

  it.each(['gzip', 'br', 'deflate', 'raw-deflate', 'cut-gzip'])('reads a page sent as %s', async (path) => {
    expect((await read(`http://acme.example/${path}`)).html).toBe(hello.toString())
  })

  it('says where redirects led and where they began', async () => {
    const { url, redirects } = await read('http://acme.example/there')
    expect([url, redirects]).toEqual(['http://acme.example/gzip', ['http://acme.example/there']])
    expect((await read('http://other.example/to-acme')).html).toBe('<p>Acme')
  })

  it('decodes a Latin-1 page', async () => {
    expect(await read('http://acme.example/latin')).toMatchObject({ html: '<p>Müller', charset: 'windows-1252' })
  })

  it('gives an error page with its status', async () => {
    expect(await read('http://acme.example/gone')).toMatchObject({ status: 410, html: '<p>Gone' })
  })

  it('recognises a page that has no type', async () => {
    expect((await read('http://acme.example/untyped')).html).toContain('<p>x')
  })

  it('keeps no cookies', async () => {
    const fetcher = fetcherIn('test')
    const options = { signal: new AbortController().signal, respectRobots: false }
    await fetcher.fetchPage('http://acme.example/cookie', options)
    expect((await fetcher.fetchPage('http://acme.example/echo', options)).html).toContain('no cookie')
  })

  it('gives an earlier answer only to those who accept its age', async () => {
    let clock = 0
    const fetcher = fetcherIn('test', { now: () => clock })
    const readTimes = async (maxAgeMs?: number) => {
      const before = sites.asked.length
      await fetcher.fetchPage('http://other.example/', {
        signal: new AbortController().signal,
        respectRobots: false,
        maxAgeMs,
      })
      return sites.asked.length - before
    }
    expect(await readTimes(1_000)).toBe(1)
    expect(await readTimes(1_000)).toBe(0)
    expect(await readTimes()).toBe(1)
    clock = 2_000
    expect(await readTimes(1_000)).toBe(1)
  })
})

describe('limits', () => {
  it('gives up on a site that never answers', async () => {
    expect(await refusal(read('http://acme.example/silent', { limits: { firstByteMs: 100 } }))).toMatchObject({
      kind: 'timeout',
    })
  })

  it('gives up on a page that never ends its body', async () => {
    expect(await refusal(read('http://acme.example/drip', { limits: { totalMs: 200 } }))).toMatchObject({
      kind: 'timeout',
    })
  })

  it('gives up on a look-up that never ends', async () => {
    const never = { resolveHost: () => new Promise<never>(() => undefined), limits: { totalMs: 100 } }
    expect(await refusal(live('http://slow-name.com/', never))).toMatchObject({ kind: 'timeout' })
  })

  it.each(['endless', 'bomb', 'huge'])('stops at 5 MB: %s', async (path) => {
    const error = await refusal(read(`http://acme.example/${path}`))
    expect(error).toMatchObject({ kind: 'bad_response' })
    expect(error.message).toContain('larger than 5 MB')
  })

  it.each([
    ['circle', 'in a circle'],
    ['hop0', 'more than 5 times'],
  ])('ends redirects: %s', async (path, words) => {
    const error = await refusal(read(`http://acme.example/${path}`))
    expect(error).toMatchObject({ kind: 'bad_response' })
    expect(error.message).toContain(words)
  })

  it.each([
    ['bad-gzip', 'bad_response'],
    ['zstd', 'bad_response'],
    ['pdf', 'unsupported'],
    ['ftp', 'unsupported'],
    ['broken', 'unavailable'],
  ])('names what is wrong: %s is %s', async (path, kind) => {
    expect(await refusal(read(`http://acme.example/${path}`))).toMatchObject({ kind })
  })

  it('is cancelled by its caller, before and during', async () => {
    const stop = new AbortController()
    const reading = refusal(read('http://acme.example/silent', {}, { signal: stop.signal }))
    stop.abort()
    expect(await reading).toMatchObject({ kind: 'cancelled' })
    expect(await refusal(read('http://acme.example/', {}, { signal: stop.signal }))).toMatchObject({
      kind: 'cancelled',
    })
  })
})

describe('what must not be reached', () => {
  it.each(['metadata', 'hex'])('a sandbox site cannot lead elsewhere by a redirect: %s', async (path) => {
    expect(await refusal(read(`http://acme.example/${path}`))).toMatchObject({ kind: 'forbidden' })
  })

  it('a test key reads no real website, and is told of a made-up one that does not exist', async () => {
    expect(await refusal(read('https://acme.example/out'))).toMatchObject({ kind: 'wrong_mode' })
    expect(await refusal(read('https://real-company.com/'))).toMatchObject({ kind: 'wrong_mode' })
    expect(await refusal(read('https://nobody.example/'))).toMatchObject({ kind: 'not_found' })
    expect(await refusal(read('http://8.8.8.8/'))).toMatchObject({ kind: 'wrong_mode' })
  })

  it('in test mode only loopback with the sandbox’s port is trusted', async () => {
    expect(await refusal(read('http://acme.example/', at('127.0.0.1')))).toMatchObject({ kind: 'forbidden' })
    const inside = { resolveHost: () => Promise.resolve([{ address: '10.0.0.1', family: 4 as const, port: 80 }]) }
    expect(await refusal(read('http://acme.example/', inside))).toMatchObject({ kind: 'forbidden' })
    expect(await refusal(read('http://acme.com/', at('8.8.8.8')))).toMatchObject({ kind: 'wrong_mode' })
  })

  it('a live key reads no made-up website', async () => {
    for (const host of ['acme.example', 'acme.test', 'x.invalid', 'localhost', 'a.localhost']) {
      expect(await refusal(live(`http://${host}/`))).toMatchObject({ kind: 'wrong_mode' })
    }
  })

  it.each([
    ['10.0.0.1', 4],
    ['127.0.0.1', 4],
    ['169.254.169.254', 4],
    ['100.64.0.1', 4],
    ['224.0.0.1', 4],
    ['0.0.0.0', 4],
    ['::1', 6],
    ['fe80::1', 6],
    ['fc00::1', 6],
    ['::ffff:10.0.0.1', 6],
    ['64:ff9b::a00:1', 6],
  ] as const)('a public name that resolves to %s is refused', async (address, family) => {
    expect(await refusal(live('http://rebind.com/', at(address, family)))).toMatchObject({ kind: 'forbidden' })
  })

  it('one private address among public ones is enough to refuse', async () => {
    const resolveHost = () =>
      Promise.resolve([
        { address: '93.184.215.14', family: 4 as const },
        { address: '10.0.0.1', family: 4 as const },
      ])
    expect(await refusal(live('http://mixed.com/', { resolveHost }))).toMatchObject({ kind: 'forbidden' })
  })

  it.each(['http://127.0.0.1/', 'http://[::1]/', 'http://[::ffff:7f00:1]/', 'http://169.254.169.254/'])(
    '%s is refused',
    async (url) => {
      expect(await refusal(live(url))).toMatchObject({ kind: 'forbidden' })
    },
  )

  it.each([
    'http://2130706433/',
    'http://0x7f.1/',
    'http://017700000001/',
    'http://user:pw@acme.com/',
    'not an address',
  ])('%s is no proper address', async (url) => {
    expect(await refusal(live(url))).toMatchObject({ kind: 'invalid_input' })
  })

  it('other ports and other protocols are refused', async () => {
    expect(await refusal(live('http://acme.com:22/', at('8.8.8.8')))).toMatchObject({ kind: 'forbidden' })
    expect(await refusal(live('file:///etc/passwd'))).toMatchObject({ kind: 'unsupported' })
  })

  it('connects to the address that was checked, though the name has changed since', async () => {
    let asked = 0
    const resolveHost = () =>
      Promise.resolve(
        asked++ === 0 ? [{ address: '127.0.0.1', family: 4 as const }] : [{ address: '10.9.9.9', family: 4 as const }],
      )
    const { html } = await live(`http://acme.example.com:${sites.port}/`, {
      resolveHost,
      policy: allowing(`127.0.0.1:${sites.port}`),
    }).catch((error: HubError) => expect.fail(error.message))
    expect([html, asked]).toEqual(['<h1>Not found</h1>', 1])
  })

  it('what the operator names is read, on its port alone, and a cloud’s credentials still are not', async () => {
    const url = `http://localhost:${sites.port}/`
    expect((await live(url, { policy: allowing('localhost'), ...at('127.0.0.1') })).status).toBe(404)
    expect(await refusal(live(url, { policy: allowing('localhost:11434'), ...at('127.0.0.1') }))).toMatchObject({
      kind: 'wrong_mode',
    })
    const everything = { policy: allowing('0.0.0.0/0,::/0') }
    expect(await refusal(live('http://169.254.169.254/', everything))).toMatchObject({ kind: 'forbidden' })
  })

  it('says plainly that a name does not exist', async () => {
    const resolveHost = () => Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }))
    expect(await refusal(live('http://no-such-name.com/', { resolveHost }))).toMatchObject({ kind: 'not_found' })
    const busy = () => Promise.reject(Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' }))
    expect(await refusal(live('http://some-name.com/', { resolveHost: busy }))).toMatchObject({ kind: 'unavailable' })
  })
})
