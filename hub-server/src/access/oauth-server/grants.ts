import type { Mode } from '../../contracts/scope.ts'
import { HubError } from '../../contracts/errors.ts'
import { hashOfSecret } from '../api-keys.ts'
import type { TokenReader } from '../gate.ts'
import { permissionsOf, type People } from '../people.ts'
import { permissionsIn, type Permission } from '../rights/permissions.ts'
import type { OauthRecords } from './records.ts'

/** What a person has let a program do. */
export interface Consent {
  readonly login: string
  readonly clientId: string
  readonly client: string
  readonly workspace: string
  readonly mode: Mode
  /** As they were shown: a role that gains some later widens no token. */
  readonly permissions: readonly Permission[]
  /** ISO 8601. */
  readonly since: string
}

export interface ListedConsent extends Consent {
  readonly id: string
}

export type OauthGrants = ReturnType<typeof createOauthGrants>

/** Seconds. Then a person is asked again, however busy the program is. */
export const consentSeconds = 365 * 24 * 3600

/** Whom people have let in, and what their tokens may do: without the server that gives these out, which is heavy. */
export const createOauthGrants = (records: OauthRecords, people: People) => {
  const consentOf = async (grantId: string): Promise<Consent | undefined> =>
    // Only `keep` writes there.
    (await records.find('Consent', grantId))?.payload as Consent | undefined

  /** What the person of a consent may do there today; undefined where that one is out. */
  const allowedTo = async ({ login: id, workspace }: Pick<Consent, 'login' | 'workspace'>) => {
    const login = await people.login(id)
    if (!login || login.disabledAt) return undefined
    const membership = (await people.memberships(id)).find((one) => one.workspace.id === workspace)
    return membership && { login, permissions: permissionsOf(membership.role) }
  }

  const read: TokenReader = async (token, address, workspace) => {
    const stored = (await records.find('AccessToken', token))?.payload
    if (!isAccessToken(stored)) return undefined
    const consent = await consentOf(stored.grantId)
    const allowed = consent && (await allowedTo(consent))
    if (!consent || !allowed) return undefined
    if (workspace !== '' && workspace !== consent.workspace)
      throw new HubError('forbidden', 'This token is for another workspace.', {
        advice: 'Leave the header Hub-Workspace out, or let the program into that workspace, too.',
      })
    const wanted = permissionsIn(stored.scope.split(' '))
    const { login, permissions } = allowed
    const given = wanted.filter((one) => consent.permissions.includes(one) && permissions.has(one))
    return {
      workspace: consent.workspace,
      mode: consent.mode,
      actor: { kind: 'person', id: login.id, name: login.name },
      permissions: new Set(given),
      address,
      isByToken: true,
      until: stored.exp * 1000,
    }
  }

  const list = async (login: string): Promise<ListedConsent[]> => {
    const consents = await records.listByUid('Consent', login)
    return consents
      .map(({ id, payload }) => ({ id, ...(payload as Consent) }))
      .toSorted((one, other) => (one.since < other.since ? 1 : -1))
  }

  return {
    read,
    list,
    /** Whether tokens of it are still to be given out. */
    isGood: async (grantId: string, login: string): Promise<boolean> => {
      const consent = await consentOf(grantId)
      return consent?.login === login && (await allowedTo(consent)) !== undefined
    },
    keep: async (grantId: string, consent: Consent): Promise<string> => {
      await records.put('Consent', grantId, {
        payload: consent,
        grantId,
        uid: consent.login,
        expiresIn: consentSeconds,
      })
      await records.keep('Client', consent.clientId)
      return hashOfSecret(grantId)
    },
    /** With all its tokens. @throws HubError not_found for one that is not that person's */
    revoke: async (login: string, id: string): Promise<void> => {
      if (!(await list(login)).some((one) => one.id === id))
        throw new HubError('not_found', `You have let in no program ${id}.`, { advice: 'GET /v1/grants lists them.' })
      await records.revoke(id)
    },
  }
}

interface StoredToken {
  readonly grantId: string
  readonly scope: string
  /** Seconds of the epoch. */
  readonly exp: number
}

const isAccessToken = (value: unknown): value is StoredToken =>
  typeof value === 'object' &&
  value !== null &&
  'grantId' in value &&
  typeof value.grantId === 'string' &&
  'scope' in value &&
  typeof value.scope === 'string' &&
  'exp' in value &&
  typeof value.exp === 'number'
