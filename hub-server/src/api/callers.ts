import { isIP } from 'node:net'
import type { Request, RequestHandler } from 'express'
import { HubError } from '../contracts/errors.ts'

/**
 * Names that lead to this machine wherever they are asked for: nobody else can own them.
 * Docker's is how a container reaches its host: https://docs.docker.com/desktop/features/networking/
 */
const ownNames = ['localhost', 'host.docker.internal']

/**
 * Refuses requests for a name that is not the hub's. A page can have its own name lead to 127.0.0.1, and would then be
 * of one origin with the hub (DNS rebinding, https://owasp.org/www-community/attacks/DNS_Rebinding); with an address
 * in numbers it cannot, and a request without a name is no browser's.
 * @param names by which the hub is reached beside those of every machine
 */
export const onlyKnownNames = (names: readonly string[]): RequestHandler => {
  const known = new Set([...ownNames, ...names.map((name) => name.toLowerCase())])
  return (request, _response, next) => {
    const name = nameIn(request.headers.host)
    if (name === undefined || isIP(name) !== 0 || known.has(name) || name.endsWith('.localhost')) return next()
    throw new HubError('forbidden', `The hub does not go by the name “${name.slice(0, 100)}”.`, {
      advice: 'Ask it at one of its names, or add this one to HUB_NAMES and start it again.',
    })
  }
}

/** Of a Host header, without the port. */
const nameIn = (host: string | undefined): string | undefined =>
  host === undefined || host === ''
    ? undefined
    : host
        .toLowerCase()
        .replace(/:\d{1,5}$/, '')
        .replace(/^\[(.*)\]$/, '$1')
        .replace(/\.$/, '')

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses what a page from elsewhere makes a person's browser send. Browsers say which page it was; programs say
 * nothing (https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site).
 * @param publicUrl where a proxy may have asked the hub by another name
 */
export const onlyOwnPages =
  (publicUrl: string): RequestHandler =>
  (request, _response, next) => {
    if (reading.has(request.method) || !isFromElsewhere(request, publicUrl)) return next()
    throw new HubError('forbidden', 'A page of another site sent this.', {
      advice: 'Send it from a program with its key, or from the hub’s own page.',
    })
  }

const isFromElsewhere = ({ headers }: Request, publicUrl: string): boolean => {
  const { origin, host } = headers
  const site = headers['sec-fetch-site']
  if (site === 'cross-site' || site === 'same-site') return true
  if (origin === undefined) return false
  if (!URL.canParse(origin)) return true
  return new URL(origin).host !== host?.toLowerCase() && new URL(origin).origin !== originOf(publicUrl)
}

const originOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).origin : undefined)
