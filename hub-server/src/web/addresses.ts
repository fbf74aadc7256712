import ipaddr from 'ipaddr.js'

/** Where clouds answer with a machine's credentials. Never a website, not even in one's own network. */
const metadata = new Set(['100.100.100.200', '168.63.129.16', 'fd00:ec2::254'])

/** Ranges that a hub may be allowed to read, when it stands in the same network. */
const own = new Set(['private', 'loopback', 'uniqueLocal', 'carrierGradeNat'])

const named: Record<string, string> = {
  private: 'an address inside a private network',
  uniqueLocal: 'an address inside a private network',
  carrierGradeNat: 'an address inside a provider’s network',
  loopback: 'the hub’s own machine',
  linkLocal: 'an address of the local network (cloud metadata lives there)',
  ipv4Mapped: 'an IPv4 address in disguise',
  rfc6145: 'an IPv4 address in disguise',
  rfc6052: 'an IPv4 address in disguise',
  '6to4': 'an IPv4 address in disguise',
  teredo: 'an IPv4 address in disguise',
  multicast: 'a group of machines',
  broadcast: 'a group of machines',
}

/** IANA has given out 2000::/3 only; all other IPv6 is special or unassigned. */
const globalV6 = ipaddr.IPv6.parseCIDR('2000::/3')

const rangeOf = (address: string): string => {
  const parsed = ipaddr.parse(address)
  const range = parsed.range()
  if (range !== 'unicast' || parsed instanceof ipaddr.IPv4) return range
  return parsed.match(globalV6) ? range : 'reserved'
}

/**
 * Why the hub must not connect to an address; undefined where it may.
 * @param address an IPv4 or IPv6 address as the system gives it (a zone such as %eth0 is refused)
 * @param allowPrivate whether addresses of the hub's own networks are wanted; metadata and link-local never are
 */
export const refusalOf = (address: string, allowPrivate: boolean): string | undefined => {
  const plain = address.toLowerCase()
  if (!ipaddr.isValid(plain) || plain.includes('%')) return 'not a usable address'
  if (metadata.has(ipaddr.parse(plain).toString())) return 'where a cloud keeps the machine’s credentials'
  const range = rangeOf(plain)
  if (range === 'unicast' || (allowPrivate && own.has(range))) return undefined
  return named[range] ?? 'an address that is no website’s'
}
