import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { asHubError, errorKinds } from '../contracts/errors.ts'
import { collect, parseBody, readBytes } from './vendors/body.ts'
import type { VendorCall, VendorReply } from './vendors/call.ts'
import type { Clock } from './vendors/clock.ts'
import type { CutOffs } from './vendors/cut-off.ts'
import { createMailServers } from './vendors/mailServers.ts'
import type { Outages } from './vendors/outages.ts'
import type { RequestLog } from './vendors/request-log.ts'
import type { Vendors } from './all-vendors.ts'
import type { Websites } from './websites/websites.ts'

export interface ServerParts {
  readonly vendors: Vendors
  readonly websites: Websites
  readonly clock: Clock
  readonly log: RequestLog
  readonly outages: Outages
  readonly cutOffs: CutOffs
  readonly control: (request: IncomingMessage, url: URL) => Promise<unknown>
}

const own = /^(?:127(?:\.\d+){3}|localhost|\[::1\])$/

const hostOf = (request: IncomingMessage): string =>
  (request.headers.host ?? '').toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '')

const headersOf = (request: IncomingMessage): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  return headers
}

const sendJson = (response: ServerResponse, status: number, value: unknown): void => {
  const body = JSON.stringify(value)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

const sendReply = (response: ServerResponse, { status, headers, body }: VendorReply): void => {
  if (response.destroyed) return
  response.writeHead(status, status === 204 ? headers : { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

/**
 * Plain HTTP: websites by their Host header; on its own address the vendors, /<connector>/<server>/<path>, and
 * /_sandbox/.
 * Through CONNECT it is a mail server.
 */
export const createSandboxServer = ({
  vendors,
  websites,
  clock,
  log,
  outages,
  cutOffs,
  control,
}: ServerParts): { http: Server; stopMail: () => void } => {
  const perform = async (call: VendorCall, bytes: number): Promise<VendorReply | null> => {
    const performed = await vendors.perform(call)
    if (!performed) return null
    const { reply, key, route } = performed
    log.add(call, bytes, { at: clock.now(), status: reply.status, ...(key && { key }), ...(route && { route }) })
    return reply
  }

  const vendor = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const found = /^\/([^/]+)\/([^/]+)(\/.*)?$/.exec(url.pathname)
    const [, connector = '', server = '', path = '/'] = found ?? []
    const trouble = outages.meet(connector)
    if (trouble === 'dropped') {
      cutOffs.dismiss(request)
      return void request.socket.destroy()
    }
    if (trouble === 'refused') return sendJson(response, 503, { error: 'unavailable' })
    cutOffs.watch(connector, request, response)
    const bytes = await readBytes(request)
    const { body, problem } = await parseBody(bytes, request.headers['content-type'] ?? '')
    const call: VendorCall = {
      connector,
      server,
      method: request.method ?? 'GET',
      path,
      query: collect(url.searchParams),
      headers: headersOf(request),
      body,
      ...(problem !== undefined && { bodyProblem: problem }),
    }
    const reply = found ? await perform(call, bytes.length) : null
    if (!reply) return sendJson(response, 404, { sandbox: `No sandbox.yaml plays ${url.pathname}.` })
    if (request.method !== 'GET' && outages.isLost(connector, path)) {
      cutOffs.dismiss(request)
      return void request.socket.destroy()
    }
    if (reply.delay === 0) return sendReply(response, reply)
    const timer = setTimeout(() => sendReply(response, reply), reply.delay)
    response.on('close', () => clearTimeout(timer))
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const host = hostOf(request)
    if (!own.test(host)) return websites.handle(host, request, response)
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (url.pathname.startsWith('/_sandbox/')) return sendJson(response, 200, await control(request, url))
    return vendor(request, response, url)
  }

  const mail = createMailServers(perform)
  /** Mail is asked for by CONNECT; the proxy's user and password are connector and server. */
  const tunnel = (request: IncomingMessage, socket: Socket): void => {
    const [connector = '', server = ''] = Buffer.from(
      request.headers['proxy-authorization']?.replace(/^Basic /, '') ?? '',
      'base64',
    )
      .toString()
      .split(':')
    if (outages.meet(connector)) return void socket.destroy()
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    mail.serve(connector, server, socket).catch(() => socket.destroy())
  }

  const http = createServer((request, response) => {
    handle(request, response).catch((thrown: unknown) => {
      const error = asHubError(thrown)
      // A fault of the sandbox must not look like a vendor's answer: 5xx, and the cause in words.
      const cause = error.cause instanceof Error && error !== thrown ? { cause: error.cause.stack } : {}
      if (response.headersSent) response.destroy()
      else
        sendJson(response, error.kind === 'bad_response' ? 500 : errorKinds[error.kind].status, {
          sandbox: error.message,
          ...cause,
        })
    })
  })
  http.on('connect', (request, socket) => {
    if (socket instanceof Socket) tunnel(request, socket)
  })
  return { http, stopMail: mail.stop }
}
