import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HubError } from '../../contracts/errors.ts'
import { createEgress } from '../../egress/egress.ts'
import { loopbackEgress } from '../../egress/testing/loopback-egress.ts'
import type { VendorRequest } from '../port/types.ts'
import { performRequest } from './performRequest.ts'

const egress = loopbackEgress()
let server: Server
let base = ''
let connections = 0

const routes: Record<string, RequestListener> = {
  '/json': (_request, answer) =>
    answer.setHeader('X-Two', ['a', 'b']).setHeader('Content-Type', 'application/json').end('{"a": "ü"}'),
  '/broken': (_request, answer) => answer.end('{"a": '),
  '/latin': (_request, answer) =>
    answer.setHeader('Content-Type', 'text/plain; charset=iso-8859-1').end(Buffer.from([0xfc])),
  '/echo': (request, answer) => void request.pipe(answer),
  '/moved': (_request, answer) => answer.writeHead(302, { Location: `${base}/json` }).end(),
  '/trickle': (_request, answer) => {
    const drip = setInterval(() => answer.write('x'), 20)
    answer.on('close', () => clearInterval(drip))
  },
  '/huge': (_request, answer) => {
    answer.writeHead(200)
    const chunk = Buffer.alloc(1024 * 1024, 'x')
    for (let part = 0; part < 22; part++) answer.write(chunk)
    answer.end()
  },
  '/packed/gzip': (_request, answer) => answer.setHeader('Content-Encoding', 'gzip').end(gzipSync('{"a": 1}')),
  '/packed/deflate': (_request, answer) => answer.setHeader('Content-Encoding', 'deflate').end(deflateSync('{"a": 1}')),
  '/packed/br': (_request, answer) => answer.setHeader('Content-Encoding', 'br').end(brotliCompressSync('{"a": 1}')),
  '/bomb': (_request, answer) =>
    answer.setHeader('Content-Encoding', 'gzip').end(gzipSync(Buffer.alloc(21 * 1024 * 1024))),
  '/mispacked': (_request, answer) => answer.setHeader('Content-Encoding', 'gzip').end('{"a": 1}'),
  '/dropped': (request) => void request.socket.destroy(),
}

beforeAll(async () => {
  server = createServer((request, answer) =>
    (routes[request.url ?? ''] ?? ((_request, missing) => missing.writeHead(404).end()))(request, answer),
  )
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const ask = (path: string, more: Partial<VendorRequest> = {}, signal = new AbortController().signal, way = egress) =>
  performRequest(
    {
      connector: 'acme',
      operation: 'verifyEmail',
      server: 'default',
      bucket: 'default',
      protocol: 'http',
      method: 'GET',
      url: base + path,
      headers: {},
      as: 'json',
      timeoutMs: 5000,
      ...more,
    },
    { signal, egress: way },
  )

describe('an HTTP call', () => {
  it('reads JSON, headers in lower case, lists of them joined', async () => {
    expect(await ask('/json')).toMatchObject({ status: 200, body: { a: 'ü' }, headers: { 'x-two': 'a, b' } })
  })

  it('keeps the text of what is not JSON', async () => {
    expect(await ask('/broken')).toMatchObject({ body: undefined, text: '{"a": ' })
  })

  it('reads other character sets, and bytes', async () => {
    expect((await ask('/latin', { as: 'text' })).body).toBe('ü')
    expect((await ask('/latin', { as: 'bytes' })).body).toEqual(new Uint8Array([0xfc]))
  })

  it('sends a body byte for byte', async () => {
    const bytes = new Uint8Array([0, 255, 10, 13])
    expect((await ask('/echo', { method: 'POST', body: bytes, as: 'bytes' })).body).toEqual(bytes)
    expect(
      (await ask('/echo', { method: 'POST', body: '"{\\"a\\": 1}"', headers: { 'content-type': 'application/json' } }))
        .text,
    ).toBe('"{\\"a\\": 1}"')
  })

  it('sends the body of a DELETE, too', async () => {
    expect((await ask('/echo', { method: 'DELETE', body: '{"id": 1}' })).text).toBe('{"id": 1}')
  })

  it.each(['gzip', 'deflate', 'br'])('unpacks %s', async (encoding) => {
    expect(await ask(`/packed/${encoding}`)).toMatchObject({ status: 200, body: { a: 1 } })
  })

  it('refuses what cannot be unpacked, and what unpacks to more than 20 MB', async () => {
    await expect(ask('/mispacked')).rejects.toMatchObject({
      kind: 'bad_response',
      message: expect.stringContaining('unpacked') as string,
    })
    await expect(ask('/bomb')).rejects.toMatchObject({
      kind: 'bad_response',
      message: expect.stringContaining('20 MB') as string,
    })
  })

  it('takes every status for an answer, and follows no redirect', async () => {
    expect((await ask('/nothing')).status).toBe(404)
    expect(await ask('/moved')).toMatchObject({ status: 302 })
  })

  it('uses one connection again and again', async () => {
    await ask('/json')
    const before = connections
    for (let count = 0; count < 5; count++) await ask('/json')
    expect(connections).toBe(before)
  })

  it('ends after its time, although something keeps trickling in', async () => {
    const start = Date.now()
    await expect(ask('/trickle', { timeoutMs: 300 })).rejects.toMatchObject({ kind: 'timeout' })
    expect(Date.now() - start).toBeLessThan(2000)
  })

  it('stops when told to', async () => {
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 50)
    await expect(ask('/trickle', {}, stop.signal)).rejects.toMatchObject({ kind: 'cancelled' })
  })

  it('refuses more than 20 MB', async () => {
    await expect(ask('/huge')).rejects.toMatchObject({
      kind: 'bad_response',
      message: expect.stringContaining('20 MB') as string,
    })
  })

  it('names the host that cannot be reached, and never the key', async () => {
    const failure: unknown = await ask('', { url: 'http://127.0.0.1:9/x?key=secret' }).catch(
      (thrown: unknown) => thrown,
    )
    expect(failure).toMatchObject({
      kind: 'unavailable',
      message: '127.0.0.1:9 cannot be reached (ECONNREFUSED).',
      cause: { code: 'ECONNREFUSED' },
    })
    expect(JSON.stringify(failure) + String((failure as Error).stack)).not.toContain('secret')
    await expect(ask('/dropped')).rejects.toMatchObject({ kind: 'unavailable' })
  })

  it('is not made to the hub’s own machine unless that is allowed, whether anybody listens there or not', async () => {
    const closed = createEgress({ allow: [] })
    const before = connections
    const signal = new AbortController().signal
    for (const url of [`${base}/json`, 'http://127.0.0.1:9/', 'http://0x7f.1:9/', 'http://[::ffff:127.0.0.1]:9/'])
      await expect(ask('', { url }, signal, closed)).rejects.toMatchObject({
        kind: 'forbidden',
        advice: expect.stringMatching(/EGRESS_ALLOW|whatever its settings/) as string,
      })
    expect(connections).toBe(before)
  })

  it('writes nothing before it may leave, and begins the time of the answer then', async () => {
    let arrived = 0
    const heard = createServer((_request, answer) => void (arrived++, answer.end('{}')))
    await new Promise<void>((resolve) => heard.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(heard.address() as AddressInfo).port}/`
    const seen: string[] = []
    const departure = {
      leave: async () => {
        await new Promise((resolve) => setTimeout(resolve, 400))
        seen.push(`leaves, ${arrived} arrived`)
      },
      left: () => void seen.push('left'),
    }
    const request: VendorRequest = {
      connector: 'acme',
      operation: 'sendEmail',
      server: 'default',
      bucket: 'default',
      protocol: 'http',
      method: 'POST',
      url,
      headers: {},
      body: '{}',
      as: 'json',
      timeoutMs: 2000,
    }
    const options = { signal: new AbortController().signal, egress }
    expect(await performRequest(request, { ...options, departure })).toMatchObject({ status: 200 })
    expect(seen).toEqual(['leaves, 0 arrived', 'left'])
    const held = {
      leave: () => Promise.reject(new HubError('cancelled', 'stopped')),
      left: () => void seen.push('left in spite of it'),
    }
    await expect(performRequest(request, { ...options, departure: held })).rejects.toMatchObject({ kind: 'cancelled' })
    expect([arrived, seen.length]).toEqual([1, 2])
    heard.closeAllConnections()
    heard.close()
  })
})
