import { isIP } from 'node:net'
import { HubError } from '../contracts/errors.ts'
import type { Mode } from '../contracts/scope.ts'
import { canonicalHost } from '../egress/host.ts'
import { createPolicy, type EgressPolicy } from '../egress/policy.ts'
import type { HostAddress, ResolveHost } from '../egress/resolve-host.ts'
import { noSuchHost, webError } from './webErrors.ts'

/** A URL with the addresses that were checked: connect to these and to no other. */
export interface Target {
  readonly url: URL
  readonly addresses: readonly HostAddress[]
  readonly port: number
  readonly secure: boolean
}

export interface TargetRules {
  readonly mode: Mode
  readonly policy: EgressPolicy
  readonly resolveHost: ResolveHost
}

const ports = new Set(['', '80', '443', '8080', '8443'])
const reserved = /(^|\.)(example|test|invalid|localhost)\.?$/

/** RFC 2606 and 6761: names that never belong to anyone; the sandbox lives there. */
export const isReservedName = (host: string): boolean => reserved.test(host.toLowerCase())

const bare = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

/** The URL, if it is one of the web and holds no trick. @throws HubError invalid_input, unsupported */
export const webUrl = (text: string): URL => {
  if (!URL.canParse(text)) throw new HubError('invalid_input', `“${text.slice(0, 200)}” is not a web address.`)
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new HubError('unsupported', `Only http and https can be read, not ${url.protocol}//.`, {
      advice: 'Give the address of a web page.',
    })
  }
  if (url.username || url.password) {
    throw new HubError('invalid_input', 'The address holds a user name or password.', {
      advice: 'Leave out what stands before the @.',
    })
  }
  // 2130706433, 0x7f.1 and 017700000001 are ways to write 127.0.0.1 that only serve to slip past a check.
  if (isIP(bare(url)) === 4 && !text.includes(bare(url))) {
    throw new HubError('invalid_input', 'The address writes an IP number in an unusual form.', {
      advice: 'Give the name of the website.',
    })
  }
  return url
}

const noPortOfAWebsite = (port: string): HubError =>
  new HubError('forbidden', `Port ${port} is not one of a website.`, {
    advice: 'Ports 80, 443, 8080 and 8443 can be read, and what whoever runs the hub names in EGRESS_ALLOW.',
  })

const lookUp = async (host: string, rules: TargetRules): Promise<HostAddress[]> => {
  try {
    return await rules.resolveHost(host)
  } catch (thrown) {
    const error = webError(thrown, host)
    if (error.kind === 'not_found') return []
    throw error
  }
}

const unknownHost = (host: string, mode: Mode): HubError => {
  if (mode === 'live') return noSuchHost(host)
  if (isReservedName(host))
    return new HubError('not_found', `There is no website ${host} in the sandbox.`, {
      advice: 'Use a website of the sandbox’s population.',
    })
  return new HubError('wrong_mode', `${host} is a real website, and a test key reads only the sandbox.`, {
    advice: 'Use a live key (ainow_live_…).',
  })
}

/**
 * Where a host of the sandbox is: it has a port of its own, and the policy of mode `test` allows that and nothing else.
 */
const inSandbox = (host: string, found: readonly HostAddress[], { mode, policy }: TargetRules): boolean =>
  mode === 'test' &&
  isIP(host) === 0 &&
  found.every(({ address, port }) => port !== undefined && policy.isNamed(host, port, address))

/** What the sandbox's own address is allowed for is its websites, by their names, and no other address. */
const outsideSandbox = createPolicy({ allow: [], closed: true })

/** @throws HubError forbidden, and in mode test wrong_mode for what is public */
const check = (url: URL, host: string, found: readonly HostAddress[], { mode, policy: own }: TargetRules): void => {
  const policy = mode === 'test' ? outsideSandbox : own
  const port = portOf(url)
  const isNamed = found.every(({ address }) => policy.isNamed(host, port, address))
  if (!ports.has(url.port) && !isNamed) throw noPortOfAWebsite(url.port)
  const refused = found.map(({ address }) => policy.refusal(host, address, port)).filter((one) => one !== undefined)
  const [first] = refused.toSorted(
    (one, other) => Number(other.kind === 'forbidden') - Number(one.kind === 'forbidden'),
  )
  if (first?.kind === 'wrong_mode') throw unknownHost(host, mode)
  if (first) throw first
}

const portOf = (url: URL): number => Number(url.port || (url.protocol === 'https:' ? 443 : 80))

/**
 * Looks a URL's host up and checks every address that it may be at. In mode `test` only the resolver's names exist, and
 * only where the sandbox is.
 * @throws HubError wrong_mode, not_found, forbidden, unavailable
 */
export const findTarget = async (url: URL, rules: TargetRules): Promise<Target> => {
  const host = canonicalHost(url.hostname)
  const { mode, policy } = rules
  const family = isIP(host)
  const refusedName = policy.refusalOfName(host)
  if (refusedName) throw refusedName
  if (!family && mode === 'live' && isReservedName(host) && !policy.isNamed(host, portOf(url))) {
    throw new HubError('wrong_mode', `${host} is a made-up website of the sandbox, and this is a live key.`, {
      advice: 'Use a test key (ainow_test_…).',
    })
  }
  const found: HostAddress[] = family ? [{ address: host, family: family === 6 ? 6 : 4 }] : await lookUp(host, rules)
  if (found.length === 0) throw unknownHost(host, mode)
  if (inSandbox(host, found, rules))
    return { url, addresses: found, port: found[0]?.port ?? portOf(url), secure: false }
  check(url, host, found, rules)
  return { url, addresses: found, port: portOf(url), secure: url.protocol === 'https:' }
}
