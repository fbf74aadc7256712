import { Resolver } from 'node:dns/promises'
import type { MailServer } from './mailServer.ts'

const isAbsent = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENODATA' || thrown.code === 'ENOTFOUND')

const orNone = async <Found>(asked: Promise<Found[]>): Promise<Found[]> => {
  try {
    return await asked
  } catch (thrown) {
    if (isAbsent(thrown)) return []
    throw thrown
  }
}

/** What is asked: Node's Resolver, or a stand-in. */
export interface MailDns {
  resolveMx(domain: string): Promise<MailServer[]>
  resolve4(domain: string): Promise<string[]>
  resolve6(domain: string): Promise<string[]>
}

/**
 * The mail servers of a domain by DNS: its MX records, and where it has none its own address (RFC 5321, 5.1).
 * None where it has neither. @throws the resolver's error where DNS gave no answer
 */
export const mailServersByDns =
  (dns: MailDns = new Resolver({ timeout: 3_000, tries: 2 })) =>
  async (domain: string): Promise<MailServer[]> => {
    const servers = await orNone(dns.resolveMx(domain))
    if (servers.length > 0) return servers
    const addresses = (await orNone(dns.resolve4(domain))).concat(await orNone(dns.resolve6(domain)))
    return addresses.length > 0 ? [{ exchange: domain, priority: 0 }] : []
  }
