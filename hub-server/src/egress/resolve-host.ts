import { lookup } from 'node:dns/promises'

/** Where a host is. `port` replaces the URL's own: the sandbox listens on one port for all its names. */
export interface HostAddress {
  readonly address: string
  readonly family: 4 | 6
  readonly port?: number
}

/** All addresses of a host; none, or a thrown ENOTFOUND, where there is no such host. */
export type ResolveHost = (host: string) => Promise<HostAddress[]>

/** The system's own look-up (hosts file, then DNS): what mode `live` uses. */
export const resolveHostBySystem: ResolveHost = async (host) => {
  const found = await lookup(host, { all: true })
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))
}
