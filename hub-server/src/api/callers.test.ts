import { createServer, request as ask } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asHubError } from '../contracts/errors.ts'
import { onlyKnownNames, onlyOwnPages } from './callers.ts'

const app = express()
app.use(onlyKnownNames(['hub.lan']), onlyOwnPages('https://hub.acme.example'))
app.use((_request, response) => void response.end('taken'))
const told: express.ErrorRequestHandler = (thrown: unknown, _request, response, _next) => {
  const { kind, advice } = asHubError(thrown)
  response.status(403).json({ kind, advice })
}
app.use(told)
const server = createServer(app)
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => void server.close())

const answerTo = (method: string, headers: Record<string, string>): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo
    const sending = ask({ port, method, headers, agent: false }, (response) => {
      response
        .toArray()
        .then((pieces) => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString() }), reject)
    })
    sending.on('error', reject).end()
  })

describe('the hub takes requests for', () => {
  it.each([
    'localhost:8787',
    'LocalHost.',
    'me.localhost',
    '127.0.0.1:1',
    '10.1.2.3',
    '[::1]:8787',
    'hub.lan:8787',
    'host.docker.internal',
  ])('%s', async (host) => {
    expect(await answerTo('GET', { host })).toEqual({ status: 200, text: 'taken' })
  })
})

describe('and for no other name, whatever a page has its own lead to', () => {
  it.each(['evil.example:8787', 'hub.lan.evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '[x]'])(
    '%s',
    async (host) => {
      const { status, text } = await answerTo('GET', { host })
      expect(status).toBe(403)
      expect(text).toContain('HUB_NAMES')
    },
  )
})

describe('what a page of another site sends is refused', () => {
  const host = 'localhost:8787'
  it.each<[string, Record<string, string>, number]>([
    ['POST', { origin: 'https://evil.example' }, 403],
    ['POST', { origin: 'null' }, 403],
    ['DELETE', { origin: 'http://localhost:3000' }, 403],
    ['POST', { 'sec-fetch-site': 'cross-site' }, 403],
    ['PUT', { 'sec-fetch-site': 'same-site' }, 403],
    ['GET', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 200],
    ['POST', { origin: 'http://localhost:8787', 'sec-fetch-site': 'same-origin' }, 200],
    ['POST', { origin: 'https://hub.acme.example' }, 200],
    ['POST', {}, 200],
  ])('%s %o', async (method, headers, status) => {
    expect((await answerTo(method, { host, ...headers })).status).toBe(status)
  })
})
