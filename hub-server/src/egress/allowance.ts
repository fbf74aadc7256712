import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { HubError } from '../contracts/errors.ts'
import { canonicalHost } from './host.ts'

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number]

/** One entry of EGRESS_ALLOW: a host by its name, or a range of addresses, on one port or on all. */
export interface Allowance {
  readonly host?: string
  readonly range?: Range
  readonly port?: number
}

const notAnAllowance = (setting: string, entry: string): HubError =>
  new HubError('invalid_input', `${setting} has “${entry}”, which is neither a host nor a range of addresses.`, {
    advice: 'Give entries such as ollama.internal:11434, 10.0.0.0/8, 10.0.0.5:25 or [fd00::5]:25, with commas between.',
  })

/** `[v6]:port`, `[v6/len]`, a bare IPv6 address or range, else `host:port` or `host`. */
const split = (entry: string): { name: string; port: string | undefined } => {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(entry)
  if (bracketed) return { name: bracketed[1] ?? '', port: bracketed[2] }
  const [first = '', second, ...more] = entry.split(':')
  return more.length > 0 ? { name: entry, port: undefined } : { name: first, port: second }
}

const portOf = (text: string): number | undefined => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  return port >= 1 && port <= 65_535 ? port : undefined
}

const rangeOf = (name: string): Range | undefined => {
  if (isIP(name) === 4) return [ipaddr.parse(name), 32]
  if (isIP(name) === 6 && !name.includes('%')) return [ipaddr.parse(name), 128]
  return name.includes('/') && ipaddr.isValidCIDR(name) ? ipaddr.parseCIDR(name) : undefined
}

const parsed = (setting: string, entry: string): Allowance => {
  const { name, port: given } = split(entry)
  const port = given === undefined ? undefined : portOf(given)
  if (given !== undefined && port === undefined) throw notAnAllowance(setting, entry)
  const onPort = port === undefined ? {} : { port }
  const range = rangeOf(name)
  if (range) return { range, ...onPort }
  if (!/^[a-z0-9_.-]+$/i.test(name) || name.includes('/')) throw notAnAllowance(setting, entry)
  const host = canonicalHost(name)
  // 0x7f.1 would allow something else than it says.
  if (isIP(host) !== 0) throw notAnAllowance(setting, entry)
  return { host, ...onPort }
}

/**
 * What an operator allows, such as `ollama.internal:11434,10.0.0.0/8:25`.
 * @param setting its name, for the error
 * @throws HubError invalid_input naming the entry that is not right
 */
export const parseAllowances = (text: string, setting = 'EGRESS_ALLOW'): readonly Allowance[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)
    .map((entry) => parsed(setting, entry))

const isWithin = (address: string, [start, length]: Range): boolean => {
  if (!ipaddr.isValid(address)) return false
  const given = ipaddr.parse(address)
  if (given instanceof ipaddr.IPv4) return start instanceof ipaddr.IPv4 && given.match(start, length)
  return start instanceof ipaddr.IPv6 && given.match(start, length)
}

/** Whether an entry is about this host, whatever it leads to, or about this address. */
export const covers = (
  { host, range, port }: Allowance,
  asked: { readonly host: string; readonly address?: string; readonly port: number },
): boolean => {
  if (port !== undefined && port !== asked.port) return false
  if (host !== undefined) return host === asked.host
  return range !== undefined && asked.address !== undefined && isWithin(asked.address, range)
}
