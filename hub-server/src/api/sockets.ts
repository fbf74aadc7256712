import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { problemOf } from './problem.ts'
import { HubError } from '../contracts/errors.ts'

export interface SocketLimits {
  /** Connections at once. */
  readonly most: number
  readonly mostPerAddress: number
}

export interface SocketTimes {
  /** Until a request's head is there. */
  readonly headMs: number
  /** Until a body must come at {@link leastPerSecond}; and until one that was refused must have ended. */
  readonly bodyMs: number
  /** Without anybody taking what is sent. */
  readonly stalledMs: number
  /** Between two looks. */
  readonly lookMs: number
}

const usualTimes: SocketTimes = { headMs: 10_000, bodyMs: 15_000, stalledMs: 30_000, lookMs: 2_000 }

/** Bytes of a body: a modem's speed. */
const leastPerSecond = 1_000

/** Beyond the limits so many more are told so; what is more still is closed without a word. */
const toldShare = 0.25

const keepAliveMs = 65_000

/** Requests on one connection without waiting for answers: hardly anybody sends a second one. */
const mostPipelined = 8

/** A request that is being read, or answered. */
interface Open {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly bytesBefore: number
  /** Since when its body is waited for; not while the hub does not take what is there. */
  since: number
  answeredAt?: number
}

/**
 * An HTTP server that nobody can hold by being slow or many: heads and bodies have to come, answers have to be taken,
 * and connections are counted, in all and for each address. Whoever is one too many is told to come again.
 */
export const createGuardedServer = (
  listener: RequestListener,
  limits: SocketLimits,
  times: SocketTimes = usualTimes,
): Server => {
  const tooMany = countSockets(limits)
  const pipelined = countRequests()
  const open = new Set<Open>()
  const server = createServer(
    {
      headersTimeout: times.headMs,
      // Files may be long: how fast they come is looked at below.
      requestTimeout: 0,
      connectionsCheckingInterval: times.lookMs,
      maxHeaderSize: 16 * 1024,
      // Longer than clients keep an idle connection: else one of them asks just when it is being closed.
      keepAliveTimeout: keepAliveMs,
      keepAlive: true,
    },
    (request, response) => {
      if (tooMany.has(request.socket)) return sendBusy(response)
      if (!pipelined.take(request.socket, response)) return void request.socket.destroy()
      open.add({ request, response, bytesBefore: request.socket.bytesRead, since: performance.now() })
      listener(request, response)
    },
  ).on('clientError', answerAlone)
  server.maxHeadersCount = 200
  server.maxConnections = Math.ceil(limits.most * (1 + toldShare))
  server.on('connection', tooMany.count)
  const timer = setInterval(createLook(open, times), times.lookMs).unref()
  server.on('close', () => clearInterval(timer))
  return server
}

/** Counts the requests of a connection that are under way: one that does not wait for answers would fill the memory. */
const countRequests = () => {
  const bySocket = new WeakMap<Socket, number>()
  const add = (socket: Socket, change: number): number => {
    const count = (bySocket.get(socket) ?? 0) + change
    bySocket.set(socket, count)
    return count
  }
  return {
    /** @returns whether it is not one too many */
    take: (socket: Socket, response: ServerResponse): boolean => {
      response.once('close', () => add(socket, -1))
      return add(socket, 1) <= mostPipelined
    },
  }
}

/** Counts connections by address. */
const countSockets = ({ most, mostPerAddress }: SocketLimits) => {
  const tooMany = new WeakSet<Socket>()
  const byAddress = new Map<string, number>()
  let all = 0
  const count = (socket: Socket): void => {
    const address = socket.remoteAddress ?? ''
    const here = (byAddress.get(address) ?? 0) + 1
    byAddress.set(address, here)
    all++
    socket.once('close', () => {
      all--
      const left = (byAddress.get(address) ?? 1) - 1
      if (left > 0) byAddress.set(address, left)
      else byAddress.delete(address)
    })
    if (here > mostPerAddress * (1 + toldShare)) socket.destroy()
    else if (here > mostPerAddress || all > most) tooMany.add(socket)
  }
  return { count, has: (socket: Socket): boolean => tooMany.has(socket) }
}

const busy = new HubError('unavailable', 'The hub has as many connections as it can hold just now.', {
  advice: 'Close those that you do not need, and try again in a moment.',
  retryAfter: 1,
})

const sendBusy = (response: ServerResponse): void => {
  response
    .writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '1', connection: 'close' })
    .end(JSON.stringify(problemOf(busy)))
}

const createLook = (open: Set<Open>, times: SocketTimes) => {
  let last = performance.now()
  return (): void => {
    const now = performance.now()
    // A hub that stood still was slow itself.
    const lateMs = Math.max(0, now - last - times.lookMs)
    last = now
    for (const one of open) {
      one.since += lateMs
      if (one.answeredAt !== undefined) one.answeredAt += lateMs
      lookAt(open, one, now, times)
    }
  }
}

const lookAt = (open: Set<Open>, one: Open, now: number, { bodyMs, stalledMs, lookMs }: SocketTimes): void => {
  const { request, response } = one
  const { socket } = request
  if (response.closed) one.answeredAt ??= now
  if (socket.destroyed || (response.closed && request.complete)) open.delete(one)
  else if (!request.complete && isSlow(one, now, bodyMs, lookMs)) socket.destroy()
  // Node counts what of a long answer was taken; it ends this by itself when the next request comes.
  else if (!response.closed && socket.writableLength > 0 && socket.timeout !== stalledMs) socket.setTimeout(stalledMs)
}

const isSlow = (one: Open, now: number, bodyMs: number, lookMs: number): boolean => {
  const { request, bytesBefore, answeredAt } = one
  if (answeredAt !== undefined) return now - answeredAt > bodyMs
  // What has come and is not taken is the hub's own delay.
  if (request.readableLength > 0) one.since += lookMs
  const came = request.socket.bytesRead - bytesBefore
  return now - one.since > bodyMs + (came / leastPerSecond) * 1_000
}

/**
 * What Node answers by itself to what is no HTTP. But whoever is late hears nothing: after a hub had stood still, its
 * callers would be told that they were slow, and would not ask again.
 */
const answerAlone = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (!socket.writable || error.code === 'ECONNRESET' || error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return void socket.destroy()
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request'
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`)
}
