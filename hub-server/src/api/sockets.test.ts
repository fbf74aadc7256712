import type { RequestListener } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { createGuardedServer, type SocketLimits } from './sockets.ts'

const times = { headMs: 300, bodyMs: 300, stalledMs: 400, lookMs: 50 }
const wide = { most: 1000, mostPerAddress: 1000 }
const close: (() => void)[] = []
afterEach(() => {
  for (const one of close.splice(0)) one()
})

const serve = async (listener: RequestListener, limits: SocketLimits = wide) => {
  const server = createGuardedServer(listener, limits, times)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const open = (localAddress = '127.0.0.1'): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', localAddress }, () => resolve(socket))
      socket.once('error', reject)
      close.push(() => socket.destroy())
    })
  return { open, server }
}

/** All that comes, until the other side closes. */
const untilClosed = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let text = ''
    socket.on('data', (piece: Buffer) => (text += piece.toString('latin1')))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(text))
  })

const readAll: RequestListener = (request, response) => {
  request.resume().once('end', () => response.end('done'))
}

it('closes whoever sends no head, half a head, or half a body', async () => {
  const { open } = await serve(readAll)
  for (const sent of ['', 'POST / HTTP/1.1\r\nHo', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf']) {
    const socket = await open()
    socket.write(sent)
    await untilClosed(socket)
  }
})

it('lets a slow body come that keeps on coming', async () => {
  const { open } = await serve(readAll)
  const socket = await open()
  const closed = untilClosed(socket)
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 8000\r\n\r\n')
  for (let piece = 0; piece < 8; piece++) {
    await pause(100)
    socket.write('x'.repeat(1000))
  }
  expect(await closed).toMatch(/^HTTP\/1\.1 200 /)
})

it('waits for an answer that takes long, and not for who does not take it', async () => {
  const { open, server } = await serve((_request, response) => void setTimeout(() => response.end('late'), 1000))
  const patient = await open()
  const closed = untilClosed(patient)
  patient.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  expect(await closed).toContain('late')

  const large = await serve((_request, response) => void response.end(Buffer.alloc(50 * 1024 * 1024)))
  const stuck = await large.open()
  stuck.pause()
  stuck.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await expect.poll(() => countOf(large.server), { timeout: 10_000 }).toBe(0)
  expect(server.listening).toBe(true)
})

const countOf = (server: Awaited<ReturnType<typeof serve>>['server']): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))))

it('ends a connection that sends more and more and waits for no answer', async () => {
  const { open } = await serve((_request, response) => void setTimeout(() => response.end('late'), 200))
  const ask = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
  const few = await open()
  few.write(ask.repeat(3))
  let heard = ''
  few.on('data', (piece: Buffer) => (heard += piece.toString()))
  await expect.poll(() => heard.split('late').length, { timeout: 10_000 }).toBe(4)
  const many = await open()
  const closed = untilClosed(many)
  many.write(ask.repeat(50))
  expect(await closed).toBe('')
})

it('tells who is one too many to come again, and takes others', async () => {
  const { open } = await serve(readAll, { most: 100, mostPerAddress: 4 })
  for (let held = 0; held < 4; held++) await open('127.0.0.2')
  const ask = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  const oneMore = await open('127.0.0.2')
  const told = untilClosed(oneMore)
  oneMore.write(ask)
  expect(await told).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 1[^]*"kind":"unavailable"/)
  const other = await open('127.0.0.3')
  const answered = untilClosed(other)
  other.write(ask)
  expect(await answered).toMatch(/^HTTP\/1\.1 200 /)
})
