import ipaddr from 'ipaddr.js'

/** Where clouds answer with a machine's credentials, beside 169.254.0.0/16, which is link-local. */
const metadata = new Set(['100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254', 'fd20:ce::254'])

/** Ranges that somebody may mean who runs a hub: EGRESS_ALLOW can name them. */
const own: Readonly<Record<string, string>> = {
  private: 'inside your network',
  uniqueLocal: 'inside your network',
  deprecatedSiteLocal: 'inside your network',
  carrierGradeNat: 'inside your provider’s network',
  loopback: 'on the hub’s own machine',
  reserved: 'that is no public one',
  benchmarking: 'that is no public one',
}

/** The other ranges: nothing that anybody means is there, so that no setting opens them. */
const never: Readonly<Record<string, string>> = {
  linkLocal: 'of the local link, where clouds keep a machine’s credentials',
  ipv4Mapped: 'that hides another one',
  rfc6145: 'that hides another one',
  rfc6052: 'that hides another one',
  '6to4': 'that hides another one',
  teredo: 'that hides another one',
  unspecified: 'on the hub’s own machine',
  multicast: 'of a group of machines',
  broadcast: 'of a group of machines',
}

/** IANA has given out 2000::/3 only (https://www.iana.org/assignments/ipv6-unicast-address-assignments). */
const globalV6 = ipaddr.IPv6.parseCIDR('2000::/3')
/** RFC 4291, 2.5.5.1: the deprecated way to write an IPv4 address as one of IPv6. */
const compatible = ipaddr.IPv6.parseCIDR('::/96')
/** RFC 5214, 6.1: the interface identifier 0:5efe, then an IPv4 address, behind any prefix. */
const isIsatap = ({ parts }: ipaddr.IPv6): boolean => ((parts[4] ?? 0) & 0xfdff) === 0 && parts[5] === 0x5efe

const rangeOf = (parsed: ipaddr.IPv4 | ipaddr.IPv6): string => {
  const range = parsed.range()
  if (range !== 'unicast' || parsed instanceof ipaddr.IPv4) return range
  if (parsed.match(compatible) || isIsatap(parsed)) return 'ipv4Mapped'
  return parsed.match(globalV6) ? range : 'reserved'
}

export interface AddressClass {
  /** What kind of an address it is, as it goes on after “an address”. */
  readonly where: string
  /** Whether a setting may open it. */
  readonly canBeMeant: boolean
}

/**
 * What an address is that is not a public one; undefined for a public one.
 * @param address an IPv4 or IPv6 address as the system gives it (a zone such as %eth0 is refused)
 */
export const classOf = (address: string): AddressClass | undefined => {
  const plain = address.toLowerCase()
  if (!ipaddr.isValid(plain) || plain.includes('%')) return { where: 'that cannot be used', canBeMeant: false }
  const parsed = ipaddr.parse(plain)
  if (metadata.has(parsed.toString())) return { where: 'where clouds keep a machine’s credentials', canBeMeant: false }
  const range = rangeOf(parsed)
  if (range === 'unicast') return undefined
  const refused = never[range]
  return refused === undefined
    ? { where: own[range] ?? 'that is no public one', canBeMeant: true }
    : { where: refused, canBeMeant: false }
}
