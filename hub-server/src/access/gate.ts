import type { IncomingHttpHeaders } from 'node:http'
import { parseCookie } from 'cookie'
import { HubError } from '../contracts/errors.ts'
import type { Mode } from '../contracts/scope.ts'
import { isKey, idInKey, type ApiKeys } from './api-keys.ts'
import type { Caller } from './rights/caller.ts'
import { permissionsOf, type People } from './people.ts'
import { isOfEveryMode, permissionsIn, type Permission } from './rights/permissions.ts'
import type { LimitHeaders, RequestLimits } from './request-limits/limits.ts'
import { isCsrfToken, type Sessions } from './sessions.ts'
import { isShortToken, type ShortTokens } from './short-tokens.ts'

/** What a request says of who sends it. */
export interface Asking {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  readonly address: string
}

/** What a route asks of who calls it: a permission, or only to be known. */
export type Wanted = Permission | 'anybody'

/**
 * An access token of another door (the OAuth server's): who it stands for; undefined where it is none of its.
 * @param workspace that is asked for, if any
 */
export type TokenReader = (token: string, address: string, workspace: string) => Promise<Caller | undefined>

export interface GateParts {
  readonly keys: ApiKeys
  readonly people: People
  readonly sessions: Sessions
  readonly shortTokens: ShortTokens
  readonly limits: RequestLimits
  readonly cookieName: string
  readonly readToken: TokenReader
  /** Told of each wrong key, with the id that it says it has. */
  readonly onWrong: (address: string, key: string | undefined) => void
}

/** Whom a gate lets through, and how many more requests may follow. */
export interface Admitted {
  readonly caller: Caller
  readonly limit: LimitHeaders
}

export type Gate = ReturnType<typeof createGate>

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

/** What the database said of a person holds so long; milliseconds. */
const rememberedMs = 2_000

/**
 * The one place that every request goes through: who it is, in which workspace and mode, whether he may, and how often.
 */
export const createGate = (parts: GateParts) => {
  const { keys, people, sessions, shortTokens, limits, cookieName, readToken, onWrong } = parts
  const remembered = new Map<string, { person: Person | undefined; at: number }>()

  const personOf = async (secret: string): Promise<Person | undefined> => {
    const known = remembered.get(secret)
    if (known && performance.now() - known.at < rememberedMs) return known.person
    const session = await sessions.find(secret)
    const login = session && (await people.login(session.login))
    const person = session &&
      login && { session: session.id, until: session.expiresAt, login, memberships: await people.memberships(login.id) }
    if (remembered.size > 10_000) remembered.clear()
    remembered.set(secret, { person, at: performance.now() })
    return person
  }

  /** By the cookie: which workspace and mode is meant stands in headers, so that two windows do not mix them up. */
  const bySession = async (secret: string, asking: Asking, wanted: Wanted): Promise<Caller> => {
    const person = await personOf(secret)
    if (!person) throw signInAgain()
    if (!reading.has(asking.method) && !isCsrfToken(headerOf(asking, 'hub-csrf'), secret))
      throw new HubError('forbidden', 'This was not sent by a page of the hub.', {
        advice: 'Send the token of GET /v1/session as the header Hub-CSRF.',
      })
    return callerOfPerson(person, asking, wanted)
  }

  const byShortToken = async (token: string, asking: Asking): Promise<Caller> => {
    const { sub, kind, workspace, mode, scopes } = await shortTokens.read(token)
    const maker =
      kind === 'key'
        ? await keys.callerOfId(sub, asking.address)
        : await callerOfSession(sub, workspace, mode, asking.address)
    if (maker.workspace !== workspace || maker.mode !== mode) throw signInAgain()
    return { ...narrowed(maker, scopes), isByToken: true }
  }

  const callerOfSession = async (id: string, workspace: string, mode: Mode, address: string): Promise<Caller> => {
    const session = await sessions.byId(id)
    const login = session && (await people.login(session.login))
    if (!session || !login) throw signInAgain()
    const memberships = await people.memberships(login.id)
    const person = { session: id, until: session.expiresAt, login, memberships }
    return callerIn(person, workspace, mode, address)
  }

  const byBearer = async (token: string, asking: Asking): Promise<Caller> => {
    if (isShortToken(token)) return byShortToken(token, asking)
    if (isKey(token)) return keys.callerOf(token, asking.address)
    const caller = await readToken(token, asking.address, headerOf(asking, 'hub-workspace'))
    if (caller) return caller
    throw new HubError('unauthorized', 'This key is not one of this hub’s.', {
      advice: 'Use a key that is good: ./hub keys lists and makes them; the first ones stand in keys.json.',
    })
  }

  /** Wrong ones are counted: who sends many waits, and is not even looked up meanwhile. */
  const watched = async (token: string, asking: Asking): Promise<Caller> => {
    // Who has been let in goes on: a stranger behind the same proxy shuts nobody out.
    const slowed = good.has(token) ? undefined : await limits.isSlowed(asking.address)
    if (slowed) {
      onWrong(asking.address, idInKey(token))
      throw limits.tooManyWrong(slowed)
    }
    try {
      const caller = await byBearer(token, asking)
      if (good.size > 10_000) good.clear()
      good.add(token)
      return caller
    } catch (thrown) {
      if (!(thrown instanceof HubError) || thrown.kind !== 'unauthorized') throw thrown
      good.delete(token)
      await limits.wrong(asking.address)
      onWrong(asking.address, idInKey(token))
      throw thrown
    }
  }
  const good = new Set<string>()

  const callerOf = async (asking: Asking, wanted: Wanted): Promise<Caller> => {
    const [scheme = '', token] = headerOf(asking, 'authorization').split(' ')
    if (scheme.toLowerCase() === 'bearer' && token) return watched(token, asking)
    const secret = sessionSecretOf(asking, cookieName)
    if (secret !== undefined) return bySession(secret, asking, wanted)
    throw new HubError('unauthorized', 'This address needs an API key, or somebody who has signed in.', {
      advice:
        'Send a key as “Authorization: Bearer ainow_…” (the first ones stand in keys.json in the hub’s data folder, ' +
        './hub keys makes others), or sign in at /sign-in.',
    })
  }

  return {
    /**
     * Who asks; whether that one may is looked at with {@link requirePermission}.
     * @throws HubError unauthorized for nobody known, rate_limited for too many
     */
    admit: async (asking: Asking, wanted: Wanted): Promise<Admitted> => {
      await limits.ofAddress(asking.address)
      const caller = await callerOf(asking, wanted)
      return { caller, limit: await limits.ofCaller(caller) }
    },
    /** Whose session a browser has, if any. */
    session: async (asking: Asking): Promise<{ person: Person; secret: string } | undefined> => {
      const secret = sessionSecretOf(asking, cookieName)
      const person = secret === undefined ? undefined : await personOf(secret)
      return person && secret !== undefined ? { person, secret } : undefined
    },
    /** Somebody's role, session or workspace has changed: it holds at once, in this process. */
    forget: (): void => remembered.clear(),
  }
}

export interface Person {
  readonly session: string
  readonly until: Date
  readonly login: { readonly id: string; readonly name: string; readonly email: string | null }
  readonly memberships: Awaited<ReturnType<People['memberships']>>
}

const headerOf = ({ headers }: Asking, name: string): string => String(headers[name] ?? '')

const sessionSecretOf = ({ headers }: Asking, name: string): string | undefined =>
  headers.cookie === undefined ? undefined : parseCookie(headers.cookie)[name]

const signInAgain = (): HubError =>
  new HubError('unauthorized', 'You are not signed in any more.', { advice: 'Sign in at /sign-in.' })

const callerOfPerson = (person: Person, asking: Asking, wanted: Wanted): Caller => {
  const workspace = headerOf(asking, 'hub-workspace') || person.memberships[0]?.workspace.id || ''
  return callerIn(person, workspace, modeOf(asking, wanted), asking.address)
}

/** What is of both modes needs none; all else is never guessed. */
const modeOf = (asking: Asking, wanted: Wanted): Mode => {
  const mode = headerOf(asking, 'hub-mode')
  if (mode === 'test' || mode === 'live') return mode
  if (mode === '' && (wanted === 'anybody' || isOfEveryMode(wanted))) return 'test'
  throw new HubError('invalid_input', 'It is not said which mode is meant.', {
    advice: 'Send the header Hub-Mode: test or live.',
  })
}

const callerIn = ({ session, login, memberships }: Person, workspace: string, mode: Mode, address: string): Caller => {
  const membership = memberships.find((one) => one.workspace.id === workspace)
  if (!membership)
    throw new HubError('forbidden', 'You do not belong to this workspace.', {
      advice: 'Choose one of yours (GET /v1/session lists them), or ask its owner to invite you.',
    })
  return {
    workspace,
    mode,
    actor: { kind: 'person', id: login.id, name: login.name },
    permissions: permissionsOf(membership.role),
    address,
    session,
  }
}

/** Only what both its maker may do and the scopes name. */
export const narrowed = (caller: Caller, scopes: readonly string[] | undefined): Caller => {
  if (scopes === undefined) return caller
  const wanted = permissionsIn(scopes)
  return { ...caller, permissions: new Set(wanted.filter((permission) => caller.permissions.has(permission))) }
}
