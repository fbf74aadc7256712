import type { Connection } from '../contracts/connection.ts'
import { asHubError, type ErrorKind } from '../contracts/errors.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Connections } from './connections.ts'
import type { OpenVendorAuth } from './vendor-auth.ts'

export interface KeyTestParts {
  readonly connections: Connections
  readonly openVendorAuth: OpenVendorAuth
}

/** Asks the vendor whether an account is good, by a call that costs nothing, and notes the answer. */
export const createKeyTest =
  ({ connections, openVendorAuth }: KeyTestParts) =>
  async (scope: Scope, id: string): Promise<Connection> => {
    const { connector, testKey } = await openVendorAuth(scope, id)
    const { name } = connector
    const error = await testKey().then(() => null, asHubError)
    const { status } = await connections.get(scope, id)
    if (!error) return connections.markTested(scope, id, 'working', `${name} accepts this account.`)
    if (!saysNothing.has(error.kind))
      return connections.markTested(
        scope,
        id,
        status === 'needs_reconnect' ? status : 'refused',
        `${error.message} ${error.advice}`,
      )
    const what =
      error.kind === 'unavailable' || error.kind === 'timeout'
        ? `${name} could not be reached`
        : `${name} could not say whether it takes this account`
    return connections.markUntested(scope, id, `${what}: ${withoutCode(error.message)} ${error.advice}`)
  }

/** The system's own name for what failed, such as (ENOTFOUND), tells a person nothing. */
const withoutCode = (message: string): string => message.replace(/ \(E[A-Z_]+\)/, '')

/** What comes between us and the vendor, or happens at the vendor, says nothing about the account. */
const saysNothing: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'unavailable',
  'timeout',
  'rate_limited',
  'quota_exceeded',
  'bad_response',
  'cancelled',
])
