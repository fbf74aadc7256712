import { isIP } from 'node:net'
import { HubError } from '../contracts/errors.ts'
import { classOf } from './addresses.ts'
import { covers, type Allowance } from './allowance.ts'
import { canonicalHost } from './host.ts'
import { resolveHostBySystem, type HostAddress, type ResolveHost } from './resolve-host.ts'

export interface PolicyOptions {
  /** What of the hub's own networks is meant. */
  readonly allow: readonly Allowance[]
  /** Nothing else may be reached at all: mode test knows the sandbox alone. */
  readonly closed?: boolean
  readonly resolveHost?: ResolveHost
}

/** Who may be connected to. Everything that leaves the hub asks one of these, once for each connection. */
export interface EgressPolicy {
  /** Why an address that a host leads to must not be connected to; undefined where it may. */
  readonly refusal: (host: string, address: string, port: number) => HubError | undefined
  /** Why a name must not even be looked up; undefined where it may. */
  readonly refusalOfName: (host: string) => HubError | undefined
  /** Whether the operator named this host, or this address, for this port. */
  readonly isNamed: (host: string, port: number, address?: string) => boolean
  /**
   * A host's addresses, each of them checked: connect to these and to no other.
   * @throws HubError forbidden, wrong_mode, invalid_input; the system's error where the name cannot be looked up
   */
  readonly find: (host: string, port: number) => Promise<readonly HostAddress[]>
}

/** Names under which clouds give a machine its credentials: not even looked up. */
const metadataNames = /^(metadata|metadata\.google\.internal|metadata\.goog|instance-data(\.ec2\.internal)?)$/

const isClosed = (host: string): HubError =>
  new HubError('wrong_mode', `${host} is not in the sandbox, and a test key reaches nothing else.`, {
    advice: 'Use a live key (ainow_live_…).',
  })

const sentence = (host: string, address: string, where: string): string =>
  host === address ? `${host} is an address ${where}.` : `${host} leads to an address ${where} (${address}).`

const adviceFor = (canBeMeant: boolean, closed: boolean): string => {
  if (closed) return 'A test key reaches the sandbox and nothing else.'
  return canBeMeant
    ? 'If that is meant, whoever runs the hub names it in EGRESS_ALLOW.'
    : 'The hub connects to no such address, whatever its settings.'
}

/** The answer is the same whether anything listens there or not: it is given before any connection is begun. */
export const createPolicy = ({
  allow,
  closed = false,
  resolveHost = resolveHostBySystem,
}: PolicyOptions): EgressPolicy => {
  const isNamed: EgressPolicy['isNamed'] = (host, port, address) =>
    allow.some((entry) => covers(entry, { host, port, ...(address !== undefined && { address }) }))

  const refusal: EgressPolicy['refusal'] = (host, address, port) => {
    const named = isNamed(host, port, address)
    const found = classOf(address)
    if (found && !(named && found.canBeMeant))
      return new HubError('forbidden', sentence(host, address, found.where), {
        advice: adviceFor(found.canBeMeant, closed),
      })
    return closed && !named ? isClosed(host) : undefined
  }

  const refusalOfName: EgressPolicy['refusalOfName'] = (host) =>
    metadataNames.test(host)
      ? new HubError('forbidden', `${host} is where clouds keep a machine’s credentials.`, {
          advice: adviceFor(false, closed),
        })
      : undefined

  return {
    refusal,
    refusalOfName,
    isNamed,
    find: async (given, port) => {
      const host = canonicalHost(given)
      const family = isIP(host)
      const refusedName = refusalOfName(host)
      if (refusedName) throw refusedName
      if (closed && !family && !isNamed(host, port)) throw isClosed(host)
      const found = family ? [{ address: host, family: family === 6 ? 6 : 4 } as const] : await resolveHost(host)
      for (const { address } of found) {
        const refused = refusal(host, address, port)
        if (refused) throw refused
      }
      if (found.length === 0) throw Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' })
      return found
    },
  }
}
