import { parseCookie } from 'cookie'
import type { CookieOptions } from 'express'
import { Type } from 'typebox'
import type { Gate } from '../access/gate.ts'
import { callbackPath, signInSeconds, type Oidc } from '../access/oidc/oidc.ts'
import type { Sessions } from '../access/sessions.ts'
import { errorKinds, HubError } from '../contracts/errors.ts'
import { failurePage } from './failure-page.ts'
import { localPath } from './local-path.ts'
import { route, type Answer, type Call, type Route } from './route.ts'
import { setSession, type CookieSettings } from './session.ts'

export interface OidcRouteParts {
  /** Absent where people sign in with passwords alone. */
  readonly oidc?: Oidc
  readonly gate: Gate
  readonly sessions: Sessions
  readonly cookie: CookieSettings
}

/** Where somebody goes to sign in at the provider. */
export const outsidePath = '/sign-in/outside'

/** Signing in at a provider of sign-ins: there, and back. */
export const oidcRoutes = ({ oidc, gate, sessions, cookie }: OidcRouteParts): Route[] => {
  if (!oidc) return []
  const { name, options } = keptCookie(cookie)

  const begin = async ({ response }: Pick<Call, 'response'>, to: string | undefined): Promise<Answer> => {
    const { url, kept } = await oidc.begin(localPath(to))
    response.cookie(name, kept, { ...options, maxAge: signInSeconds * 1000 })
    response.redirect(303, url)
    return { status: 303 }
  }

  const finish = async ({ response, headers, caller }: Omit<Call, 'query'>): Promise<Answer> => {
    const { address } = caller
    // Whatever comes of it: it is good once.
    response.clearCookie(name, options)
    const kept = parseCookie(headers.cookie ?? '')[name] ?? ''
    const agent = String(headers['user-agent'] ?? '')
    const query = queryIn(response.req.originalUrl)
    // Whoever is let in no more may have lost a role by it.
    const { session, to } = await oidc.finish(query, kept, { address, agent }).finally(gate.forget)
    const before = await gate.session({ method: 'GET', headers, address })
    if (before) await sessions.end(before.person.session)
    gate.forget()
    setSession(response, cookie, session)
    response.redirect(303, localPath(to))
    return { status: 303 }
  }

  /** Whom it concerns has a browser before them, no program. */
  const orPage = async ({ response }: Pick<Call, 'response'>, work: () => Promise<Answer>): Promise<Answer> => {
    response.setHeader('Referrer-Policy', 'no-referrer')
    try {
      return await work()
    } catch (thrown) {
      if (!(thrown instanceof HubError)) throw thrown
      const { status } = errorKinds[thrown.kind]
      response.status(status).type('html').send(failurePage(words, thrown))
      return { status }
    }
  }

  const common = { method: 'get', group: 'People', permission: 'open', unlisted: true } as const
  return [
    route({
      ...common,
      path: outsidePath,
      summary: 'Sends a browser to the provider of sign-ins; `to` is where to go in the hub afterwards',
      query: Type.Object({ to: Type.Optional(Type.String({ maxLength: 1_000 })) }),
      answers: { 303: null },
      handle: (call) => orPage(call, () => begin(call, call.query.to)),
    }),
    route({
      ...common,
      path: callbackPath,
      summary: 'Where the provider of sign-ins sends a browser back to: ends in the hub, signed in',
      answers: { 303: null },
      handle: (call) => orPage(call, () => finish(call)),
    }),
  ]
}

/** Lax: the provider's page leads back here. */
const keptCookie = ({ secure }: CookieSettings): { name: string; options: CookieOptions } => ({
  name: secure ? '__Host-hub-sign-in' : 'hub_sign_in',
  options: { httpOnly: true, sameSite: 'lax', secure, path: '/' },
})

/** All of it: a provider may send more than we know of (RFC 9207). */
const queryIn = (address: string): string => (address.includes('?') ? address.slice(address.indexOf('?')) : '')

const words = {
  title: 'Not signed in',
  heading: 'You are not signed in',
  back: { path: '/sign-in', text: 'Back to signing in' },
}
