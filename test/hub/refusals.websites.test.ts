import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BlockAnswer } from '../../hub-server/src/api/runs.ts'
import type { Companies } from '../../hub-server/src/api/sandbox.ts'
import type { ErrorKind } from '../../hub-server/src/contracts/errors.ts'
import { memoryOf, startHub, type Hub } from './hub-process.ts'
import { expectItemError } from './plain-words.ts'

let hub: Hub
beforeAll(async () => {
  hub = await startHub()
})
afterAll(() => hub.stop())

const scrape = async (key: string, websites: readonly string[]) => {
  const { status, body } = await hub.call<BlockAnswer<object>>('POST', '/v1/blocks/scrape-website', {
    key,
    body: { items: websites.map((website) => ({ website })) },
  })
  expect(status).toBe(200)
  return body.results
}

const ofTheSandbox = async (): Promise<string> => {
  const { body } = await hub.call<Companies>('GET', '/v1/sandbox/companies?limit=1', {
    key: hub.keys.test,
  })
  return body.companies[0]?.website ?? ''
}

type Case = [website: string, kind: ErrorKind, names: RegExp]

test.for<Case>([
  ['http://redirects-inside.test', 'forbidden', /169\.254\.169\.254/],
  ['http://redirects-home.test', 'forbidden', /own machine|website/],
  ['http://redirects-private.test', 'forbidden', /10\.0\.0\.1/],
  ['http://private.test', 'forbidden', /10\.0\.0\.1/],
  ['http://metadata.test', 'forbidden', /169\.254\.169\.254/],
  ['http://redirect-loop.test', 'bad_response', /circle/],
  ['http://server-error.test', 'unavailable', /server-error\.test/],
  ['http://nobody-at-all.example', 'not_found', /nobody-at-all\.example/],
  ['http://example.com', 'wrong_mode', /live key/],
  ['ftp://acme.example', 'invalid_input', /web|http/],
  ['', 'invalid_input', /website/i],
])('a test key’s scrape of “%s” is refused as %s, in plain words', async ([website, kind, names]) => {
  const [result] = await scrape(hub.keys.test, [website])
  expect(result).toMatchObject({ status: 'failed', outputs: [] })
  expectItemError(result?.error, kind, names)
})

test.for<Case>([
  ['http://acme.example', 'wrong_mode', /acme\.example.*test key/],
  ['http://shop.acme.test', 'wrong_mode', /test key/],
  ['http://10.0.0.1', 'forbidden', /inside your network/],
  ['http://127.0.0.1', 'forbidden', /own machine/],
  ['http://[::1]/', 'forbidden', /own machine/],
  ['http://[::ffff:169.254.169.254]/', 'forbidden', /hides another/],
  ['http://169.254.169.254/latest/meta-data/', 'forbidden', /169\.254\.169\.254/],
  ['http://2130706433/', 'forbidden', /own machine/],
])('a live key’s scrape of “%s” is refused as %s, and nothing is sent there', async ([website, kind, names]) => {
  const [result] = await scrape(hub.keys.live, [website])
  expect(result).toMatchObject({ status: 'failed', outputs: [] })
  expectItemError(result?.error, kind, names)
})

test(
  'a website that never answers, or sends its page drop by drop, is given up; the one beside ' + 'it is read',
  async () => {
    const [silent, dripping, good] = await scrape(hub.keys.test, [
      'http://never-answers.test',
      'http://slow-drip.test',
      await ofTheSandbox(),
    ])
    expectItemError(silent?.error, 'timeout', /never-answers\.test/)
    expectItemError(dripping?.error, 'timeout', /slow-drip\.test/)
    expect(good?.status).toBe('done')
  },
  90_000,
)

test('endless pages and bombs of gzip do not fill the memory, and the website beside them is read', async () => {
  const before = memoryOf(hub.pid)
  for (let count = 0; count < 3; count++) {
    const [endless, bomb, good] = await scrape(hub.keys.test, [
      'http://endless.test',
      'http://gzip-bomb.test',
      await ofTheSandbox(),
    ])
    expectItemError(endless?.error, 'bad_response', /5 MB/)
    expectItemError(bomb?.error, 'bad_response', /5 MB/)
    expect(good?.status).toBe('done')
  }
  // Six gigabytes were offered.
  expect(memoryOf(hub.pid) - before).toBeLessThan(150)
})

test('a website without end is read only so far', async () => {
  const [result] = await scrape(hub.keys.test, ['http://calendar.test'])
  expect(result?.status).toBe('done')
})

test('after all this the hub reads a website as before', async () => {
  const [result] = await scrape(hub.keys.test, [await ofTheSandbox()])
  expect(result).toMatchObject({ status: 'done' })
  expect(result?.outputs).not.toEqual([])
})
