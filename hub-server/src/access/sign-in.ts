import { HubError } from '../contracts/errors.ts'
import type { Audit } from './audit/audit.ts'
import type { AuditEntry } from './audit/entry.ts'
import type { OneTimeLinks, Purpose } from './one-time-links.ts'
import { hashPassword, isPassword } from './passwords.ts'
import { emailOf, type Login, type People } from './people.ts'
import type { RequestLimits } from './request-limits/limits.ts'
import type { Issued, Sessions, SignIn } from './sessions.ts'

/** From where somebody signs in. */
export interface Visitor {
  readonly address: string
  readonly agent: string
}

export interface SignInParts {
  readonly people: People
  readonly sessions: Sessions
  readonly links: OneTimeLinks
  readonly limits: RequestLimits
  readonly audit: Audit
  /** Sends a link by mail; absent where no mail is set up. */
  readonly mail?: (to: string, purpose: Purpose, secret: string) => Promise<void>
  /** Told what went wrong with what nobody waits for: whoever asked is told nothing. */
  readonly onFault: (thrown: unknown) => void
}

export type SignInDesk = ReturnType<typeof createSignIn>

/** How people come in: by a password, by a link that is good once, or because somebody else knows them. */
export const createSignIn = ({ people, sessions, links, limits, audit, mail, onFault }: SignInParts) => {
  /** In the log of each workspace that the person belongs to. */
  const note = async (
    login: Pick<Login, 'id' | 'name'>,
    address: string,
    what: Pick<AuditEntry, 'action' | 'outcome'> & { readonly details?: Record<string, unknown> },
  ): Promise<void> => {
    const actor = { kind: 'person' as const, id: login.id, name: login.name }
    const memberships = await people.memberships(login.id)
    await Promise.all(
      memberships.map(({ workspace }) =>
        audit.add({ details: {}, ...what, workspace: workspace.id, mode: null, actor, address, subject: login.id }),
      ),
    )
  }

  const begin = async (
    login: Login,
    { address, agent }: Visitor,
    way: string,
    outside?: SignIn['outside'],
  ): Promise<Issued> => {
    if (login.disabledAt) throw wrongPassword()
    const session = await sessions.begin({ login: login.id, address, agent, ...(outside && { outside }) })
    await note(login, address, { action: 'session.started', outcome: 'done', details: { way } })
    return session
  }

  const signInWithPassword = async (email: string, password: string, visitor: Visitor): Promise<Issued> => {
    const slowed = await limits.isSlowed(visitor.address)
    if (slowed) throw limits.tooManyWrong(slowed)
    await limits.ofSignIn(emailOf(email))
    const login = await people.loginBy(email)
    const isRight = await isPassword(password, login?.password ?? null)
    if (login && isRight) return begin(login, visitor, 'password')
    await limits.wrong(visitor.address)
    // Not waited for: from the time it took, whether there is somebody could be learnt.
    if (login) void note(login, visitor.address, { action: 'session.refused', outcome: 'refused' }).catch(onFault)
    throw wrongPassword()
  }

  return {
    signInWithPassword,
    /** For those whom somebody else has let in: the provider of sign-ins. */
    begin,
    /**
     * By a link that is good once.
     * @throws HubError unauthorized for one that was used, or is too old
     */
    signInWithLink: async (secret: string, visitor: Visitor): Promise<Issued> => {
      const login = await takeLink(secret, 'welcome', visitor)
      return begin(login, visitor, 'link')
    },
    /** Another password, and nobody stays signed in who was before. */
    resetPassword: async (secret: string, password: string, visitor: Visitor): Promise<Issued> => {
      const hash = await hashPassword(password)
      const login = await takeLink(secret, 'reset', visitor)
      await people.setPassword(login.id, hash)
      await sessions.endAll(login.id)
      await note(login, visitor.address, { action: 'password.reset', outcome: 'done' })
      return begin(login, visitor, 'link')
    },
    /** @param current needed where there is one */
    changePassword: async (login: Login, current: string, password: string, visitor: Visitor): Promise<Issued> => {
      const kept = login.email === null ? null : ((await people.loginBy(login.email))?.password ?? null)
      if (kept !== null && !(await isPassword(current, kept))) {
        await limits.wrong(visitor.address)
        throw wrongPassword()
      }
      await people.setPassword(login.id, await hashPassword(password))
      await sessions.endAll(login.id)
      await links.forget(login.id)
      await note(login, visitor.address, { action: 'password.changed', outcome: 'done' })
      return begin(login, visitor, 'password')
    },
    /** Sends a link where there is somebody; whether there is, nobody learns, from the time neither. */
    forgot: async (email: string, { address }: Visitor): Promise<void> => {
      await limits.ofSignIn(emailOf(email))
      void sendReset(email, address).catch(onFault)
    },
    end: async (login: Login, session: string, address: string): Promise<void> => {
      await sessions.end(session)
      await note(login, address, { action: 'session.ended', outcome: 'done' })
    },
  }

  async function sendReset(email: string, address: string): Promise<void> {
    const login = await people.loginBy(email)
    if (!login?.email || login.disabledAt || !mail) return
    await mail(login.email, 'reset', await links.make(login.id, 'reset'))
    await note(login, address, { action: 'password.forgotten', outcome: 'done' })
  }

  async function takeLink(secret: string, purpose: Purpose, { address }: Visitor): Promise<Login> {
    const slowed = await limits.isSlowed(address)
    if (slowed) throw limits.tooManyWrong(slowed)
    const id = await links.take(secret, purpose)
    const login = id === undefined ? undefined : await people.login(id)
    if (login && !login.disabledAt) return login
    await limits.wrong(address)
    throw new HubError('unauthorized', 'This link was used already, or is too old.', {
      advice: 'Ask for another: ./hub sign-in-link on the hub’s machine makes one.',
    })
  }
}

/** The same for everybody: it does not tell who has an account here. */
const wrongPassword = (): HubError =>
  new HubError('unauthorized', 'The e-mail address or the password is wrong.', {
    advice: 'Try again, or ask for a link to choose another password.',
  })
