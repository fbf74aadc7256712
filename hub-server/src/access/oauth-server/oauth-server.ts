import express, { type Request, type RequestHandler, type Response } from 'express'
import type { Provider } from 'oidc-provider'
import { readingPermissions } from '../rights/permissions.ts'
import type { RequestLimits } from '../request-limits/limits.ts'
import { addressOf } from '../address.ts'
import { createConsentDesk, type ConsentParts } from './consent.ts'
import { issuerOf, resourceMetadata, resourceMetadataPath } from './metadata.ts'
import type { ProviderParts } from './provider.ts'

export interface OauthServerParts extends ProviderParts, ConsentParts {
  readonly limits: RequestLimits
}

/** RFC 8414, section 3.1: of an issuer with a path, and where older clients look. */
const metadataPaths = ['/.well-known/oauth-authorization-server/oauth', '/.well-known/oauth-authorization-server']

/**
 * Lets programs that a person knows and the hub does not act for that person (OAuth 2.1; MCP clients and public apps
 * want it so).
 */
export const createOauthServer = (parts: OauthServerParts) => {
  const { publicUrl, limits } = parts
  const desk = createConsentDesk(parts)
  let making: Promise<Provider> | undefined

  const provider = (): Promise<Provider> =>
    (making ??= open(parts).catch((thrown: unknown) => {
      making = undefined
      throw thrown
    }))

  /** @param path below the issuer */
  const pass = async (request: Request, response: Response, path: string): Promise<void> => {
    const opened = await provider()
    Object.assign(request.headers, forwardedAs(publicUrl))
    Object.assign(request, { url: path, originalUrl: `${new URL(issuerOf(publicUrl)).pathname}${path}` })
    await opened.callback()(request, response)
  }

  const limited: RequestHandler = async (request, response, next) => {
    response.set(await limits.ofAddress(addressOf(request)))
    next()
  }

  return {
    programs: programsRouter(publicUrl, limited, pass),
    pages: pagesRouter(limited, pass, {
      show: async (request, response) => desk.show(await provider(), request, response),
      decide: async (request, response) => desk.decide(await provider(), request, response),
    }),
  }
}

/** Loaded when somebody first asks: it is heavy. */
const open = async (parts: ProviderParts): Promise<Provider> => (await import('./provider.ts')).createProvider(parts)

type Pass = (request: Request, response: Response, path: string) => Promise<void>
type Handler = (request: Request, response: Response) => Promise<void>

/** What programs ask, from pages of any site too: no cookie counts here, so nobody is lent anybody's power. */
const programsRouter = (publicUrl: string, limited: RequestHandler, pass: Pass): RequestHandler => {
  const router = express.Router()
  const asked: RequestHandler = (request, response, next) => {
    delete request.headers.cookie
    response.set({ 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'WWW-Authenticate' })
    if (request.method !== 'OPTIONS') return next()
    response.set({
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers': 'Authorization, Content-Type, MCP-Protocol-Version',
      'Access-Control-Max-Age': '3600',
    })
    response.status(204).end()
  }
  const readable = [...metadataPaths, '/oauth/.well-known/oauth-authorization-server']
  router.use(
    [...readable, resourceMetadataPath, '/oauth/jwks', '/oauth/token', '/oauth/register', '/oauth/revoke'],
    asked,
  )
  router.get(resourceMetadataPath, (_request, response) => {
    response.json(resourceMetadata(publicUrl))
  })
  router.get(readable, limited, (request, response) =>
    pass(request, response, '/.well-known/oauth-authorization-server'),
  )
  router.get('/oauth/jwks', limited, (request, response) => pass(request, response, '/jwks'))
  for (const path of ['/token', '/register', '/revoke'])
    router.post(`/oauth${path}`, limited, (request, response) => pass(request, response, path))
  return router
}

/** What a person's browser is sent to. */
const pagesRouter = (limited: RequestHandler, pass: Pass, desk: { show: Handler; decide: Handler }): RequestHandler => {
  const router = express.Router()
  router.get(['/oauth/auth', '/oauth/auth/:uid'], limited, (request, response) => {
    forgetEarlier(request)
    const url = new URL(request.originalUrl, 'http://hub')
    // RFC 6749, section 3.3: without a scope a default is taken; here what changes nothing.
    if (url.pathname === '/oauth/auth' && !url.searchParams.get('scope'))
      url.searchParams.set('scope', readingPermissions.join(' '))
    return pass(request, response, `${url.pathname.slice('/oauth'.length)}${url.search}`)
  })
  const form = express.urlencoded({ extended: false, limit: '16kb' })
  const inner = express.Router()
  inner.get('/interaction/:uid', limited, desk.show)
  inner.post('/interaction/:uid', limited, form, desk.decide)
  router.use('/oauth', inner)
  return router
}

/** Each question is put afresh, to whoever has signed in at the hub by now. */
const forgetEarlier = (request: Request): void => {
  const cookies = (request.headers.cookie ?? '').split(/; */)
  request.headers.cookie = cookies.filter((one) => !one.startsWith('hub_oauth_session')).join('; ')
}

/** The library makes addresses of what a proxy says: it is told what people call the hub, whatever was sent. */
const forwardedAs = (publicUrl: string): Record<string, string> => {
  const { protocol, host } = new URL(publicUrl)
  return { 'x-forwarded-proto': protocol.slice(0, -1), 'x-forwarded-host': host }
}
