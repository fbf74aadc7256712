import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseAllowances } from '../../egress/allowance.ts'
import { createPolicy, type EgressPolicy } from '../../egress/policy.ts'
import type { ResolveHost } from '../../egress/resolve-host.ts'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

export interface LoopbackSites {
  readonly port: number
  /** Knows the given hosts, all of them at this server, as the sandbox's resolver does. */
  readonly resolveHost: ResolveHost
  /** Lets a connection go to this server and nowhere else, as mode test does with the sandbox. */
  readonly policy: EgressPolicy
  /** host + path of every request, in order. */
  readonly asked: string[]
  readonly close: () => Promise<void>
}

/** Answers with a page of HTML. */
export const page =
  (html: string, headers: Record<string, string> = {}, status = 200): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(html)
  }

export const redirect =
  (location: string, status = 302): Answer =>
  (_request, response) => {
    response.writeHead(status, { location }).end()
  }

/** Robots' rules as a site would serve them. */
export const robotsTxt =
  (text: string): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' }).end(text)
  }

/** A real HTTP server on loopback that plays several websites: host → path → answer. What is not there is a 404. */
export const startSites = async (sites: Record<string, Record<string, Answer>>): Promise<LoopbackSites> => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const host = request.headers.host?.replace(/:\d+$/, '') ?? ''
    asked.push(`${host}${request.url ?? ''}`)
    const answer = sites[host]?.[request.url ?? '']
    if (answer) answer(request, response)
    else response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not found</h1>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    asked,
    policy: createPolicy({ allow: parseAllowances(`127.0.0.1:${port}`), closed: true }),
    resolveHost: (host) => Promise.resolve(host in sites ? [{ address: '127.0.0.1', family: 4, port }] : []),
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
