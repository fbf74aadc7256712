import { HubError } from '../../contracts/errors.ts'
import type { Scope } from '../../contracts/scope.ts'
import { permissions, type Permission } from './permissions.ts'

/** Who does something: told in the audit log and in the access log. */
export interface Actor {
  /** `machine`: somebody on the hub's machine who may read its data folder; `hub`: the hub by itself. */
  readonly kind: 'person' | 'key' | 'machine' | 'hub'
  readonly id: string
  readonly name: string
}

/** Who asks at a door, where, and what that one may do there. */
export interface Caller extends Scope {
  readonly actor: Actor
  readonly permissions: ReadonlySet<Permission>
  /** The address that it is asked from; empty where that is not known. */
  readonly address: string
  /** Requests a minute, where the key has a limit of its own. */
  readonly requestsPerMinute?: number
  /** Of a person who has signed in here. */
  readonly session?: string
  /** By a token that was made of something else: it makes no further ones. */
  readonly isByToken?: boolean
}

export const may = ({ permissions: given }: Pick<Caller, 'permissions'>, permission: Permission): boolean =>
  given.has(permission)

/** @throws HubError forbidden that names what is missing */
export const requirePermission = (caller: Pick<Caller, 'actor' | 'permissions'>, permission: Permission): void => {
  if (may(caller, permission)) return
  const { about } = permissions[permission]
  const isKey = caller.actor.kind === 'key'
  throw new HubError('forbidden', `This needs the permission “${permission}” (${about.toLowerCase()}).`, {
    advice: isKey
      ? 'Use a key with that scope: whoever may make keys can give one.'
      : 'Ask an owner or admin of the workspace for a role that has it.',
  })
}

/** @throws HubError forbidden where somebody would give away what he does not have himself */
export const requireAll = (caller: Pick<Caller, 'permissions'>, wanted: readonly Permission[], what: string): void => {
  const missing = wanted.filter((permission) => !may(caller, permission))
  if (missing.length > 0)
    throw new HubError('forbidden', `${what} could do more than you: ${missing.join(', ')}.`, {
      advice: 'Nobody gives more than he has himself. Leave these out, or ask an owner.',
    })
}
