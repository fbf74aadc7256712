import type { Logger } from 'pino'
import { HubError } from '../../contracts/errors.ts'
import type { Db } from '../../db/database.ts'
import type { Audit } from '../audit/audit.ts'
import { firstWorkspace } from '../first-start.ts'
import type { Login, People } from '../people.ts'
import type { Issued, Sessions } from '../sessions.ts'
import type { SignInDesk, Visitor } from '../sign-in.ts'
import { followGroups, loginOf, roleByGroups, type GroupRole } from './known-person.ts'
import { createProvider, type Checks, type ProviderSettings, type Told } from './provider.ts'
import { reasonOf } from './refusals.ts'

export interface OidcParts {
  readonly settings: ProviderSettings & { readonly roles: readonly GroupRole[] }
  readonly publicUrl: string
  readonly db: Db
  readonly people: People
  readonly sessions: Sessions
  readonly signIn: Pick<SignInDesk, 'begin'>
  readonly audit: Pick<Audit, 'add'>
  /** Text that only this hub can read and make, each for one use. */
  readonly sealer: {
    readonly seal: (plain: string, boundTo: string) => string
    readonly open: (sealed: string, boundTo: string) => string
  }
  readonly log: Logger
}

/** Somebody who was sent to the provider. */
export interface Begun {
  readonly url: string
  /** For a cookie of the browser that began: the same one must come back. */
  readonly kept: string
}

export type Oidc = ReturnType<typeof createOidc>

/** Where the provider sends people back to; it must be registered there, under PUBLIC_URL. */
export const callbackPath = '/sign-in/callback'
/** Of somebody at the provider's page; seconds. */
export const signInSeconds = 600

/** People sign in at a provider (OpenID Connect): https://openid.net/specs/openid-connect-core-1_0.html */
export const createOidc = (parts: OidcParts) => {
  const { settings, publicUrl, db, people, sessions, signIn, audit, sealer, log } = parts
  const provider = createProvider(settings, `${publicUrl}${callbackPath}`, `${publicUrl}/sign-in`)

  /** Why a sign-in failed is for whoever runs the hub: the person is told less. */
  const logged = async <Value>(work: Promise<Value>): Promise<Value> => {
    try {
      return await work
    } catch (thrown) {
      if (thrown instanceof HubError && thrown.cause !== undefined)
        log.warn(reasonOf(thrown.cause), 'a sign-in at the provider failed')
      throw thrown
    }
  }

  /** @throws HubError conflict where OIDC_ROLES names a role that is not there */
  const roleFor = async (workspace: string, claims: Told['claims']): Promise<string | undefined> => {
    const role = roleByGroups(claims, settings.groupsClaim, settings.roles)
    if (role === undefined || (await people.rolesOf(workspace)).some(({ id }) => id === role)) return role
    throw new HubError('conflict', `Your groups give you the role “${role}”, which this hub does not have.`, {
      advice: 'Whoever runs the hub: correct OIDC_ROLES and start it again, or make such a role.',
    })
  }

  /** @throws HubError forbidden for somebody who belongs to no workspace */
  const letIn = async (told: Told, address: string): Promise<Login> => {
    const workspace = await firstWorkspace(db)
    if (workspace === undefined) throw new HubError('unavailable', 'This hub has no workspace yet.')
    const role = await roleFor(workspace, told.claims)
    const login = await loginOf(db, told, role !== undefined)
    if (!login) throw notInvited()
    if (login.disabledAt) throw switchedOff()
    const change = await followGroups({ db, people }, workspace, login.id, role)
    if (change) await note(workspace, login, address, `membership.${change}`, role)
    if ((await people.memberships(login.id)).length === 0) throw notInvited()
    return login
  }

  const note = (workspace: string, login: Login, address: string, action: string, role: string | undefined) =>
    audit.add({
      workspace,
      mode: null,
      actor: { kind: 'person', id: login.id, name: login.name },
      address,
      action,
      subject: login.id,
      outcome: 'done',
      details: { by: 'groups', ...(role !== undefined && { role }) },
    })

  const finish = async (query: string, kept: string, visitor: Visitor): Promise<{ session: Issued; to: string }> => {
    const { to, ...checks } = readKept(sealer, kept)
    const told = await provider.finish(query, checks)
    const login = await letIn(told, visitor.address)
    const { issuer, idToken } = told
    const session = await signIn.begin(login, visitor, 'provider', {
      issuer,
      idToken: sealer.seal(idToken, idTokenOf(issuer)),
    })
    return { session, to }
  }

  const signOutUrl = async (session: string): Promise<string | undefined> => {
    const outside = await sessions.outside(session)
    if (!outside) return undefined
    const { issuer, idToken } = outside
    return provider.signOutUrl(idToken === null ? undefined : sealer.open(idToken, idTokenOf(issuer)))
  }

  return {
    /**
     * @param to where to go in the hub afterwards
     * @throws HubError unavailable while the provider is
     */
    begin: async (to: string): Promise<Begun> => {
      const { url, checks } = await logged(provider.begin())
      return {
        url,
        kept: sealer.seal(JSON.stringify({ ...checks, to, until: Date.now() + signInSeconds * 1000 }), use),
      }
    },
    /**
     * @param query of the address that the person came back to
     * @param kept as it was given at the beginning
     * @throws HubError unauthorized, forbidden, conflict or unavailable, in words for the person
     */
    finish: (query: string, kept: string, visitor: Visitor) => logged(finish(query, kept, visitor)),
    /** Where to sign out at the provider, too. Nobody stays signed in here because the provider is away. */
    signOutUrl: (session: string): Promise<string | undefined> =>
      logged(signOutUrl(session)).catch((thrown: unknown) => {
        if (thrown instanceof HubError) return undefined
        throw thrown
      }),
  }
}

const use = 'a sign-in under way'
const idTokenOf = (issuer: string): string => `an id token of ${issuer}`

const readKept = (sealer: OidcParts['sealer'], kept: string): Checks & { to: string } => {
  const value = opened(sealer, kept)
  if (typeof value !== 'object' || value === null) throw notBegun()
  const { state, nonce, verifier, to, until }: Partial<Record<string, unknown>> = { ...value }
  if (typeof until !== 'number' || until < Date.now()) throw notBegun()
  if (![state, nonce, verifier, to].every((one) => typeof one === 'string')) throw notBegun()
  return { state: String(state), nonce: String(nonce), verifier: String(verifier), to: String(to) }
}

const opened = ({ open }: OidcParts['sealer'], kept: string): unknown => {
  try {
    return JSON.parse(open(kept, use))
  } catch {
    // Nobody's but a stranger's, or of before the sealing key was changed.
    throw notBegun()
  }
}

const notBegun = (): HubError =>
  new HubError('unauthorized', 'This sign-in was not begun in this browser, was finished already, or took too long.', {
    advice: 'Sign in again.',
  })

const notInvited = (): HubError =>
  new HubError('forbidden', 'You do not belong to any workspace of this hub.', {
    advice: 'Ask an owner of the hub to invite you, or to give one of your groups a role (OIDC_ROLES).',
  })

const switchedOff = (): HubError =>
  new HubError('forbidden', 'Your account on this hub is switched off.', {
    advice: 'Ask an owner of the hub to switch it on again.',
  })
