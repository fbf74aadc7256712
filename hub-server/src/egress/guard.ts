import { isIP, type LookupFunction } from 'node:net'
import { canonicalHost } from './host.ts'
import type { EgressPolicy } from './policy.ts'
import type { HostAddress } from './resolve-host.ts'

/** What a connection is made with, as Node's clients pass it on. */
export interface ConnectionOptions {
  readonly host?: string | null | undefined
  readonly port?: number | string | null | undefined
  readonly lookup?: LookupFunction | undefined
}

const answer = (found: readonly HostAddress[], all: boolean, callback: Parameters<LookupFunction>[2]): void => {
  const places = found.map(({ address, family }) => ({ address, family }))
  const first = places[0]
  if (!first) return callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '', 4)
  if (all) callback(null, places)
  else callback(null, first.address, first.family)
}

/** Checks addresses that somebody has looked up already, as the policy checks its own. */
const checked =
  (policy: EgressPolicy, host: string, port: number, lookup: LookupFunction): LookupFunction =>
  (name, options, callback) =>
    lookup(name, options, (error, found, family) => {
      if (error) return callback(error, '', 4)
      const addresses = typeof found === 'string' ? [found] : found.map(({ address }) => address)
      const refused = addresses.map((address) => policy.refusal(host, address, port)).find(Boolean)
      if (refused) callback(refused, '', 4)
      else callback(null, found, family)
    })

/**
 * The same options, so that the connection goes to a checked address or is not begun: Node asks `lookup` for a name,
 * and connects to what it says; for an address it asks nobody, so that is looked at here.
 * @throws HubError forbidden, wrong_mode, invalid_input
 */
export const guarded = <Options extends ConnectionOptions>(policy: EgressPolicy, options: Options): Options => {
  const port = Number(options.port)
  const host = canonicalHost(options.host ?? 'localhost')
  if (isIP(host)) {
    const refused = policy.refusal(host, host, port)
    if (refused) throw refused
    return { ...options, host }
  }
  const own: LookupFunction = (_name, { all }, callback) => {
    policy.find(host, port).then(
      (found) => answer(found, all ?? false, callback),
      (thrown: unknown) => callback(thrown instanceof Error ? thrown : new Error(String(thrown)), '', 4),
    )
  }
  return { ...options, host, lookup: options.lookup ? checked(policy, host, port, options.lookup) : own }
}

/**
 * The checked addresses of a connection that somebody else makes for us.
 * @throws HubError forbidden, wrong_mode, invalid_input; the system's error where the name cannot be looked up
 */
export const checkedAddresses = async (
  policy: EgressPolicy,
  options: ConnectionOptions,
): Promise<readonly { readonly address: string; readonly family: number }[]> => {
  const { host, lookup } = guarded(policy, options)
  const name = host ?? ''
  if (!lookup || isIP(name)) return [{ address: name, family: isIP(name) }]
  const { promise, resolve, reject } = Promise.withResolvers<readonly { address: string; family: number }[]>()
  lookup(name, { all: true }, (error, found) => {
    if (error) reject(error)
    else resolve(typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found)
  })
  return promise
}
