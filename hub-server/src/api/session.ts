import type { Response } from 'express'
import { Type, type Static } from 'typebox'
import type { Gate, Person } from '../access/gate.ts'
import type { Login, People } from '../access/people.ts'
import { csrfTokenOf, type Issued, type Sessions } from '../access/sessions.ts'
import { tokenSeconds, type ShortTokens } from '../access/short-tokens.ts'
import type { SignInDesk, Visitor } from '../access/sign-in.ts'
import { isScope } from '../access/rights/permissions.ts'
import { SessionAnswer } from '../contracts/access.ts'
import { Id, Line, ListOf, Moment, Url } from '../contracts/bounded.ts'
import { HubError } from '../contracts/errors.ts'
import { ok, route, type Answer, type Call, type Route } from './route.ts'
import { idOf } from './runs.ts'

export interface SessionParts {
  readonly gate: Gate
  readonly people: People
  readonly sessions: Sessions
  readonly shortTokens: ShortTokens
  readonly signIn: SignInDesk
  readonly cookie: CookieSettings
  /** Where the provider of sign-ins is asked, and its name; absent where there is none. */
  readonly outside?: { readonly name: string; readonly path: string }
  /** Where a person must go to sign out at the provider, too. */
  readonly signOutElsewhere: (session: string) => Promise<string | undefined>
  readonly hasMail: boolean
}

export interface CookieSettings {
  readonly name: string
  /** Whether the hub is reached by https. */
  readonly secure: boolean
}

/** `__Host-`: of this host alone, and never without TLS (RFC 6265bis, section 4.1.3.2). */
export const cookieFor = (publicUrl: string): CookieSettings => {
  const secure = publicUrl.startsWith('https:')
  return { name: secure ? '__Host-hub' : 'hub_session', secure }
}

/** Lax: a link from a mail or from the provider of sign-ins leads to a page that knows who opens it. */
export const setSession = (response: Response, { name, secure }: CookieSettings, session: Issued): void => {
  response.cookie(name, session.secret, {
    httpOnly: true,
    sameSite: 'lax',
    secure,
    path: '/',
    expires: session.expiresAt,
  })
}

const Password = Type.String({ minLength: 1, maxLength: 1_000 })
const Email = Type.String({ minLength: 3, maxLength: 320 })
const Secret = Type.String({ minLength: 20, maxLength: 200 })

const Ways = Type.Object({
  outside: Type.Optional(Type.Object({ name: Line(), path: Url() })),
  mail: Type.Boolean({ description: 'Whether a link to choose another password can be sent' }),
})

const SignedIn = Type.Object({ id: Id(), createdAt: Moment(), seenAt: Moment(), address: Id(), agent: Line() })

export const sessionRoutes = (parts: SessionParts): Route[] => {
  const { gate, people, sessions, shortTokens, signIn, cookie } = parts

  /** Of a browser that was somebody else's before, nothing stays. */
  const enter = async (
    { caller, headers, response }: Pick<Call, 'caller' | 'headers' | 'response'>,
    begin: (visitor: Visitor) => Promise<Issued>,
  ): Promise<Answer> => {
    const before = await gate.session({ method: 'GET', headers, address: caller.address })
    const session = await begin({ address: caller.address, agent: String(headers['user-agent'] ?? '') })
    if (before) await sessions.end(before.person.session)
    gate.forget()
    setSession(response, cookie, session)
    const login = await people.login(session.login)
    if (!login) throw new HubError('unauthorized', 'This account is gone.')
    const person = {
      session: session.id,
      until: session.expiresAt,
      login,
      memberships: await people.memberships(login.id),
    }
    return ok(await shown(person, session.secret))
  }

  const shown = async (
    { login, memberships, until }: Person,
    secret: string,
  ): Promise<Static<typeof SessionAnswer>> => ({
    person: { id: login.id, name: login.name, email: login.email },
    workspaces: memberships.map(({ workspace, role }) => ({
      ...workspace,
      role: role.id,
      permissions: [...role.permissions],
    })),
    csrf: csrfTokenOf(secret),
    expiresAt: until.toISOString(),
    needsPassword: !(await people.hasPassword(login.id)),
  })

  const present = async ({ headers, caller }: Pick<Call, 'headers' | 'caller'>) => {
    const found = await gate.session({ method: 'GET', headers, address: caller.address })
    if (found && caller.session !== undefined) return found
    throw new HubError('unauthorized', 'Nobody has signed in here.', { advice: 'Sign in at /sign-in.' })
  }

  const loginOf = async (call: Pick<Call, 'headers' | 'caller'>): Promise<Login> => {
    const { person } = await present(call)
    const login = await people.login(person.login.id)
    if (login) return login
    throw new HubError('unauthorized', 'This account is gone.')
  }

  const group = 'People'
  return [
    route({
      method: 'get',
      path: '/v1/sign-in',
      group,
      permission: 'open',
      summary: 'By what ways people sign in here',
      answers: { 200: Ways },
      handle: async () => ok({ ...(parts.outside && { outside: parts.outside }), mail: parts.hasMail }),
    }),
    route({
      method: 'post',
      path: '/v1/session',
      group,
      permission: 'open',
      summary: 'Signs in with e-mail address and password; the session is a cookie',
      body: Type.Object({ email: Email, password: Password }, { additionalProperties: false }),
      answers: { 200: SessionAnswer },
      handle: (call) =>
        enter(call, (visitor) => signIn.signInWithPassword(call.body.email, call.body.password, visitor)),
    }),
    route({
      method: 'post',
      path: '/v1/session/link',
      group,
      permission: 'open',
      summary: 'Signs in with a link that is good once',
      body: Type.Object({ link: Secret }, { additionalProperties: false }),
      answers: { 200: SessionAnswer },
      handle: (call) => enter(call, (visitor) => signIn.signInWithLink(call.body.link, visitor)),
    }),
    route({
      method: 'post',
      path: '/v1/session/reset',
      group,
      permission: 'open',
      summary: 'Chooses another password with a link that is good once, and signs in',
      body: Type.Object({ link: Secret, password: Password }, { additionalProperties: false }),
      answers: { 200: SessionAnswer },
      handle: (call) => enter(call, (visitor) => signIn.resetPassword(call.body.link, call.body.password, visitor)),
    }),
    route({
      method: 'post',
      path: '/v1/session/forgot',
      group,
      permission: 'open',
      summary: 'Sends a link to choose another password, where somebody has this address',
      body: Type.Object({ email: Email }, { additionalProperties: false }),
      answers: { 202: null },
      handle: async ({ body, caller, headers }) => {
        await signIn.forgot(body.email, { address: caller.address, agent: String(headers['user-agent'] ?? '') })
        return { status: 202 }
      },
    }),
    route({
      method: 'get',
      path: '/v1/session',
      group,
      permission: 'anybody',
      summary: 'Who has signed in here, and what that one may do in which workspace',
      answers: { 200: SessionAnswer },
      handle: async (call) => {
        const { person, secret } = await present(call)
        return ok(await shown(person, secret))
      },
    }),
    route({
      method: 'delete',
      path: '/v1/session',
      group,
      permission: 'anybody',
      summary: 'Signs out; `url` leads to signing out at the provider, too',
      answers: { 200: Type.Object({ url: Type.Optional(Url()) }) },
      handle: async (call) => {
        const { person } = await present(call)
        const url = await parts.signOutElsewhere(person.session)
        await signIn.end(await loginOf(call), person.session, call.caller.address)
        gate.forget()
        call.response.clearCookie(cookie.name, { path: '/', secure: cookie.secure, httpOnly: true, sameSite: 'lax' })
        return ok(url === undefined ? {} : { url })
      },
    }),
    route({
      method: 'put',
      path: '/v1/session/password',
      group,
      permission: 'anybody',
      summary: 'Chooses another password; all other sessions end',
      body: Type.Object({ current: Type.Optional(Password), password: Password }, { additionalProperties: false }),
      answers: { 200: SessionAnswer },
      handle: async (call) => {
        const login = await loginOf(call)
        return enter(call, (visitor) =>
          signIn.changePassword(login, call.body.current ?? '', call.body.password, visitor),
        )
      },
    }),
    route({
      method: 'put',
      path: '/v1/session/person',
      group,
      permission: 'anybody',
      summary: 'Changes one’s own name and e-mail address',
      body: Type.Object(
        { name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })), email: Type.Optional(Email) },
        { additionalProperties: false },
      ),
      answers: { 200: SessionAnswer },
      handle: async (call) => {
        const { person } = await present(call)
        await people.describe(person.login.id, call.body)
        gate.forget()
        const again = await present(call)
        return ok(await shown(again.person, again.secret))
      },
    }),
    route({
      method: 'get',
      path: '/v1/sessions',
      group,
      permission: 'anybody',
      summary: 'Where one is signed in',
      answers: { 200: Type.Object({ sessions: ListOf(SignedIn) }) },
      handle: async (call) => {
        const login = await loginOf(call)
        const rows = await sessions.list(login.id)
        return ok({
          sessions: rows.map(({ id, created_at, seen_at, address, agent }) => ({
            id,
            createdAt: created_at.toISOString(),
            seenAt: seen_at.toISOString(),
            address,
            agent,
          })),
        })
      },
    }),
    route({
      method: 'delete',
      path: '/v1/sessions/{id}',
      group,
      permission: 'anybody',
      summary: 'Signs out elsewhere',
      answers: { 204: null },
      handle: async (call) => {
        const login = await loginOf(call)
        const mine = await sessions.list(login.id)
        const id = idOf(call.params)
        if (!mine.some((one) => one.id === id)) throw new HubError('not_found', `You have no session ${id}.`)
        await sessions.end(id)
        gate.forget()
        return { status: 204 }
      },
    }),
    route({
      method: 'post',
      path: '/v1/token',
      group,
      permission: 'anybody',
      summary: 'A JWT for a quarter of an hour, worth no more than what it is asked for with',
      body: Type.Object({ scopes: Type.Optional(ListOf(Id(), { maxItems: 100 })) }, { additionalProperties: false }),
      answers: {
        200: Type.Object({
          token: Line({ maxLength: 8_000 }),
          expiresIn: Type.Integer({ minimum: 1, maximum: 86_400 }),
        }),
      },
      handle: async ({ caller, body: { scopes } }) => {
        const unknown = scopes?.filter((scope) => !isScope(scope)) ?? []
        if (unknown.length > 0)
          throw new HubError('invalid_input', `These are no scopes: ${unknown.join(', ')}.`, {
            advice: 'GET /v1/permissions lists them.',
          })
        const { actor, session, workspace, mode } = caller
        if (caller.isByToken || (actor.kind !== 'key' && session === undefined))
          throw new HubError('unsupported', 'A token is made with a key or by somebody who has signed in.')
        const token = await shortTokens.make({
          ...(session === undefined ? { sub: actor.id, kind: 'key' } : { sub: session, kind: 'person' }),
          workspace,
          mode,
          ...(scopes && { scopes }),
        })
        return ok({ token, expiresIn: tokenSeconds })
      },
    }),
  ]
}
