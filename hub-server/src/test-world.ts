import { HubError } from './contracts/errors.ts'
import { parseAllowances, type Allowance } from './egress/allowance.ts'

/** What answers in mode test, as the hub needs it; made by main.ts, the only one that knows the sandbox. */
export interface TestWorld {
  /** Where it answers, for vendors, websites and mail servers alike. */
  readonly url: string
  readonly resolveHost: (name: string) => Promise<{ address: string; port: number } | null>
  readonly resolveMx: (domain: string) => Promise<readonly { exchange: string; priority: number }[] | null>
  readonly vendorBase: (connector: string, server: string) => string
  readonly companies: (limit: number, offset?: number) => readonly { website: string; name: string; domain: string }[]
  /** Whether a connector, by its folder, is asked though nobody named or connected it. */
  readonly isUsual: (folder: string) => Promise<boolean>
  /** Whether what its CRMs hold is gone when the hub stops. */
  readonly forgets: boolean
  readonly stop: () => Promise<void>
}

/** What mode test may reach: the sandbox's own address, and its port on loopback, where its websites are. */
export const sandboxOnly = (url: string): readonly Allowance[] => {
  const { hostname, port, protocol } = new URL(url)
  const at = port || (protocol === 'https:' ? '443' : '80')
  return parseAllowances(`${hostname}:${at},127.0.0.0/8:${at},[::1]:${at}`)
}

export const hostsOf = (world: TestWorld) => async (host: string) => {
  const found = await world.resolveHost(host)
  return found ? [{ ...found, family: found.address.includes(':') ? (6 as const) : (4 as const) }] : []
}

export const mailServersOf = (world: TestWorld) => async (domain: string) => {
  const found = await world.resolveMx(domain)
  if (!found)
    throw new HubError('wrong_mode', `${domain} is not in the sandbox, and mode test asks nobody outside.`, {
      advice: 'Use the live key for real addresses.',
    })
  return [...found]
}
