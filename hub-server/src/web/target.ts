import { isIP } from 'node:net'
import { HubError } from '../contracts/errors.ts'
import type { Mode } from '../contracts/scope.ts'
import { refusalOf } from './addresses.ts'
import type { HostAddress, ResolveHost } from './resolveHost.ts'
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
  readonly allowPrivate: boolean
  readonly resolveHost: ResolveHost
}

const ports = new Set(['', '80', '443', '8080', '8443'])
const reserved = /(^|\.)(example|test|invalid|localhost)\.?$/

/** RFC 2606 and 6761: names that never belong to anyone; the sandbox lives there. */
export const isReservedName = (host: string): boolean => reserved.test(host.toLowerCase())

const bare = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

/** The URL, if it is one of the web and holds no trick. @throws HubError invalid_input, unsupported, forbidden */
export const webUrl = (text: string, allowPrivate: boolean): URL => {
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
  if (allowPrivate) return url
  if (!ports.has(url.port)) {
    throw new HubError('forbidden', `Port ${url.port} is not one of a website.`, {
      advice: 'Ports 80, 443, 8080 and 8443 can be read.',
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

const refused = (host: string, address: string, why: string): HubError =>
  new HubError('forbidden', host === address ? `${address} is ${why}.` : `${host} leads to ${address}, ${why}.`, {
    advice: 'Only public websites are read. Whoever runs the hub can allow its own networks in the settings.',
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

/** The sandbox never leaves the machine: any other address, with a port or without, is checked as in mode `live`. */
const isSandbox = ({ address, port }: HostAddress): boolean =>
  port !== undefined && (address === '127.0.0.1' || address === '::1')

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
 * Looks a URL's host up and checks every address it may be at. In mode `test` only the resolver's names exist, and only
 * where they are on loopback with a port, as the sandbox is.
 * @throws HubError wrong_mode, not_found, forbidden, unavailable
 */
export const findTarget = async (url: URL, rules: TargetRules): Promise<Target> => {
  const host = bare(url)
  const family = isIP(host)
  if (!family && rules.mode === 'live' && isReservedName(host) && !(rules.allowPrivate && host.endsWith('localhost'))) {
    throw new HubError('wrong_mode', `${host} is a made-up website of the sandbox, and this is a live key.`, {
      advice: 'Use a test key (ainow_test_…).',
    })
  }
  const found: HostAddress[] = family ? [{ address: host, family: family === 6 ? 6 : 4 }] : await lookUp(host, rules)
  if (found.length === 0) throw unknownHost(host, rules.mode)
  const sandboxed = !family && rules.mode === 'test' && found.every(isSandbox)
  if (!sandboxed) {
    for (const { address } of found) {
      const why = refusalOf(address, rules.allowPrivate)
      if (why) throw refused(host, address, why)
    }
    if (rules.mode === 'test') throw unknownHost(host, 'test')
  }
  const secure = url.protocol === 'https:' && !sandboxed
  return { url, addresses: found, port: found[0]?.port ?? Number(url.port || (secure ? 443 : 80)), secure }
}
