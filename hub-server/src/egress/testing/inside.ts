/** Addresses inside, as a name server may give them: one of each kind at least, at both ends where that matters. */
export const insideAddresses: readonly string[] = [
  // Loopback, unspecified (which connects to loopback), private (RFC 1918), carrier (RFC 6598), link-local (RFC 3927).
  ...['127.0.0.1', '127.0.0.2', '127.1.2.3', '127.255.255.254', '0.0.0.0', '0.0.0.1', '0.1.2.3'],
  ...['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255'],
  ...['100.64.0.1', '100.127.255.255', '169.254.0.1', '169.254.169.254', '169.254.170.2', '169.254.255.255'],
  // Clouds' metadata beside that: Alibaba, Azure, Oracle, and by IPv6 Amazon and Google.
  ...['100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254', 'fd20:ce::254'],
  // Nobody's (RFC 6890), documentation, benchmarks, multicast, broadcast.
  ...['192.0.0.1', '192.0.2.1', '198.18.0.1', '198.19.255.255', '198.51.100.1', '203.0.113.1'],
  ...['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
  // IPv6: loopback, unspecified, unique local, link-local, site-local, multicast, documentation, discard.
  ...['::1', '::', 'fc00::1', 'fd12:3456:789a::1', 'fe80::1', 'febf::1', 'fec0::1', 'ff02::1', 'ff0e::1'],
  ...['2001:db8::1', '100::1', '3fff::1', '5f00::1', '4000::1', 'fe80::1%lo', '2001:10::1'],
  // IPv4 inside IPv6: mapped, compatible, translated, NAT64 (RFC 6052, 8215), 6to4, Teredo, ISATAP.
  ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:169.254.169.254', '::ffff:7f00:1', '::127.0.0.1', '::7f00:1'],
  ...['::ffff:0:127.0.0.1', '64:ff9b::127.0.0.1', '64:ff9b::a00:1', '64:ff9b:1::127.0.0.1', '64:ff9b:1:ffff::1'],
  ...['2002:7f00:1::', '2002:a00:1::1', '2002:a9fe:a9fe::', '2001:0:7f00:1::', '2001::80ff:fffe'],
  ...['2606:4700::5efe:127.0.0.1', '2606:4700::200:5efe:10.0.0.1', 'fe80::5efe:10.0.0.1'],
]

const bytes = (address: string): [number, number, number, number] => {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  return [a, b, c, d]
}

/** How an IPv4 address is also written: what inet_aton(3) takes, what browsers take, and with other scripts' digits. */
const spellingsOf = (address: string): string[] => {
  const [a, b, c, d] = bytes(address)
  const number = ((a * 256 + b) * 256 + c) * 256 + d
  const hex = (part: number): string => `0x${part.toString(16)}`
  const octal = (part: number): string => `0${part.toString(8)}`
  const wide = (text: string): string => text.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))
  return [
    String(number),
    hex(number),
    `0X${number.toString(16).toUpperCase()}`,
    octal(number),
    [a, b, c, d].map(hex).join('.'),
    [a, b, c, d].map(octal).join('.'),
    `${octal(a)}.${b}.${hex(c)}.${d}`,
    `${hex(a)}.${(b * 256 + c) * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    `0x0000${a.toString(16)}.${b}.${c}.${d}`,
    `${address}.`,
    wide(address),
    address.replaceAll('.', '。'),
    address.replaceAll('.', '．'),
    `%${address.charCodeAt(0).toString(16)}${address.slice(1)}`,
    address.replace('.', '%2e'),
    `[::ffff:${address}]`,
    `[::${address}]`,
    `[64:ff9b::${address}]`,
  ]
}

/** Ways to write hosts that are inside, or that try to look like something else. */
export const insideHosts: readonly string[] = [
  ...insideAddresses.map((address) => (address.includes(':') ? `[${address}]` : address)),
  ...['127.0.0.1', '10.0.0.5', '169.254.169.254', '192.168.1.1', '0.0.0.0'].flatMap(spellingsOf),
  ...['127.1', '127.0.1', '0', '0x0', '00', '0177.1', '0x7f.1', '①②⑦.⓪.⓪.①', '127.0.0.1。'],
  ...['[0:0:0:0:0:0:0:1]', '[0000::0001]', '[::FFFF:7F00:0001]', '[0:0:0:0:0:ffff:127.0.0.1]', '[fe80::1%25eth0]'],
  ...[
    'metadata.google.internal',
    'METADATA.google.internal.',
    'metadata.goog',
    'metadata',
    'instance-data.ec2.internal',
  ],
  ...['user@127.0.0.1', 'acme.com@127.0.0.1', '127.0.0.1/acme.com', '127.0.0.1\\acme.com', '127.0.0.1#.acme.com'],
  ...['127.0.0.1?acme.com', '127.0.0.1:80', 'acme.com%40127.0.0.1', '127.0.0.1 acme.com'],
]

/** No hosts, though an address that begins with them has one: another than it seems. */
export const notHosts: readonly string[] = [
  'acme.com#@127.0.0.1',
  '127.0.0.1\tacme.com',
  'acme.com:80',
  '',
  '[]',
  '[::1',
]
