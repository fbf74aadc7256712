import { readdirSync, readlinkSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startHub, type Hub } from '../../hub/hub-process.ts'
import { isLong } from '../requests/dice.ts'
import { boundOf, quantile, seenOf, watchHealth } from '../requests/health.ts'

const count = isLong ? 10_000 : 2_000
/** At once; of each kind as many. */
const atOnce = 400

let hub: Hub
beforeAll(async () => {
  hub = await startHub()
})
afterAll(() => hub.stop())

/** Sockets that a process has open (Linux); the database's files beside them are opened when they are needed. */
const socketsOf = (pid: number): number =>
  readdirSync(`/proc/${pid}/fd`).filter((fd) => linkOf(`/proc/${pid}/fd/${fd}`).startsWith('socket:')).length

/** One may be closed since it was listed. */
const linkOf = (path: string): string => {
  try {
    return readlinkSync(path)
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return ''
    throw thrown
  }
}

/** On Linux every 127.x.y.z is this machine: the attack comes from addresses of its own. */
const addressOf = (number: number): string => `127.0.1.${1 + (number % 200)}`

const open = (number: number): Promise<Socket | undefined> =>
  new Promise((resolve) => {
    const port = Number(new URL(hub.url).port)
    const socket = connect({ port, host: '127.0.0.1', localAddress: addressOf(number) }, () => resolve(socket))
    // The hub closes it: that is what is wanted of it.
    socket.on('error', () => resolve(undefined))
  })

const head = 'POST /v1/leads HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'

/** Bit by bit, as long as the other side bears it. */
const drip = async (socket: Socket, text: string, everyMs: number, most: number): Promise<void> => {
  for (let at = 0; at < most && !socket.destroyed; at++) {
    socket.write(text[at % text.length] ?? '')
    await pause(everyMs)
  }
}

/** Each lasts some seconds at most, by itself or because the hub ends it. */
const kinds: readonly ((socket: Socket) => Promise<void>)[] = [
  // Nothing at all.
  () => pause(3_000),
  // A head, sign by sign.
  (socket) => drip(socket, `${head}X-Slow: ${'y'.repeat(100)}`, 300, 10),
  // A body, sign by sign.
  async (socket) => {
    socket.write(`${head}Authorization: Bearer ${hub.keys.test}\r\nContent-Length: 100000\r\n\r\n`)
    await drip(socket, '{"lead":{"note":"', 300, 10)
  },
  // A body of a stranger, which nobody reads.
  async (socket) => {
    socket.write(`${head}Content-Length: 20000000\r\n\r\n${'x'.repeat(20_000)}`)
    await pause(2_000)
  },
  // Half open: this side has said all that it will say.
  async (socket) => {
    socket.end(`${head}Content-Length: 50\r\n\r\n{"lead"`)
    await pause(1_000)
  },
  // Cut in the middle of a head, and of a body.
  async (socket) => {
    socket.write(head.slice(0, 30))
    await pause(50)
    socket.resetAndDestroy()
  },
  async (socket) => {
    socket.write(`${head}Authorization: Bearer ${hub.keys.test}\r\nContent-Length: 500\r\n\r\n{"lead":{`)
    await pause(50)
    socket.resetAndDestroy()
  },
  // Asks again and again and never reads what comes.
  async (socket) => {
    socket.pause()
    socket.write('GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(5))
    await pause(2_000)
  },
  // The same at once, and far too often.
  async (socket) => {
    socket.pause()
    socket.write('GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(500))
    await pause(1_000)
  },
]

const attack = async (number: number): Promise<void> => {
  const socket = await open(number)
  const kind = kinds[number % kinds.length]
  if (!socket || !kind) return
  await kind(socket)
  socket.destroy()
}

test(
  `${count} slow, half-open and cut connections, ${atOnce} at once: the hub answers others, and keeps none of them`,
  async () => {
    const before = socketsOf(hub.pid)
    const health = watchHealth(hub.url)
    let next = 0
    const work = async (): Promise<void> => {
      for (let number = next++; number < count; number = next++) await attack(number)
    }
    let answered = 0
    const asking = (async () => {
      while (next < count) {
        const { status } = await hub.call('POST', '/v1/blocks/score-lead', {
          key: hub.keys.test,
          body: { items: [{ email: 'anna@acme.example' }] },
        })
        expect(status).toBe(200)
        answered++
        await pause(100)
      }
    })()
    await Promise.all([asking, ...Array.from({ length: atOnce }, work)])
    const { took, wrong } = await health.stop()
    process.stderr.write(`${answered} others were answered; ${seenOf(took)}\n`)
    expect(wrong).toEqual([])
    expect(answered).toBeGreaterThan(5)
    expect(quantile(took, 0.99)).toBeLessThan(boundOf(250))
    await expect.poll(() => socketsOf(hub.pid), { timeout: 60_000 }).toBeLessThanOrEqual(before + 5)
  },
  15 * 60_000,
)

test('who stays is closed: no head, no body, no reader', async () => {
  const before = socketsOf(hub.pid)
  const staying = await Promise.all(Array.from({ length: 120 }, (_, number) => open(number)))
  await expect.poll(() => socketsOf(hub.pid)).toBeGreaterThan(before + 100)
  for (const [number, socket] of staying.entries()) {
    if (number % 3 === 1) socket?.write(`${head}Content-Length: 100\r\n\r\n{`)
    if (number % 3 === 2) {
      socket?.pause()
      socket?.write('GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(7))
    }
  }
  await expect.poll(() => socketsOf(hub.pid), { timeout: 100_000, interval: 1_000 }).toBeLessThanOrEqual(before + 5)
  for (const socket of staying) socket?.destroy()
})

test('an address that holds too many is told to come again, and nobody else', async () => {
  const one = '127.0.2.1'
  const port = Number(new URL(hub.url).port)
  const from = (localAddress: string, text: string): Promise<string> =>
    new Promise((resolve) => {
      let heard = ''
      const socket = connect({ port, host: '127.0.0.1', localAddress }, () => socket.write(text))
      socket.on('data', (piece: Buffer) => (heard += piece.toString('latin1')))
      socket.on('error', () => resolve(heard)).on('close', () => resolve(heard))
    })
  const held = Array.from({ length: 500 }, () => connect({ port, host: '127.0.0.1', localAddress: one }))
  await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
  const ask = 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  expect(await from(one, ask)).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 1/i)
  expect(await from('127.0.2.2', ask)).toMatch(/^HTTP\/1\.1 200 /)
  for (const socket of held) socket.destroy()
})
