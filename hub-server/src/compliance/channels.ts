import { domainToASCII } from 'node:url'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { Reach } from '../capabilities/capability.ts'
import { linkedinHandle, normalEmail } from '../contracts/addresses.ts'
import type { Channel, SuppressionValue } from '../contracts/suppression.ts'

/** One normal form a value, however it was written; undefined if it is none of its channel. */
export const normalValue = (channel: Channel, value: string): string | undefined => normalisers[channel](value)

/** What is said of a value that has no normal form; completes "/entries/0/value …". */
export const refusals: Readonly<Record<Channel, string>> = {
  email: 'is not an e-mail address',
  domain: 'is not a domain such as acme.example',
  phone: 'is not a phone number with its country code, such as +49 30 123456',
  linkedin: 'is not the address of a LinkedIn profile, such as linkedin.com/in/anna-berg',
}

/** The entries, each of which alone would suppress this normal value: first itself, then its domain, then those above. */
export const entriesAgainst = (channel: Channel, value: string): SuppressionValue[] => {
  const domain = channel === 'domain' ? value : channel === 'email' ? value.slice(value.lastIndexOf('@') + 1) : undefined
  const domains = domain === undefined ? [] : domainAndParents(domain).map((each) => ({ channel: 'domain' as const, value: each }))
  return channel === 'domain' ? domains : [{ channel, value }, ...domains]
}

/** The entries, each of which alone would suppress this person. What is not an address has none. */
export const entriesAgainstPerson = ({ email, emails = [], phone, linkedin, domain }: Reach): SuppressionValue[] => {
  const against = (channel: Channel, given: string | undefined): SuppressionValue[] => {
    const value = given === undefined ? undefined : normalValue(channel, given)
    return value === undefined ? [] : entriesAgainst(channel, value)
  }
  return [...[email, ...emails].flatMap((each) => against('email', each)), ...against('phone', phone), ...against('linkedin', linkedin), ...against('domain', domain)]
}

const normalisers: Readonly<Record<Channel, (value: string) => string | undefined>> = {
  email: (value) => {
    const email = normalEmail(value)
    const at = email.lastIndexOf('@')
    const domain = asciiDomain(email.slice(at + 1))
    return domain !== undefined && /^[^\s@<>,;]+$/.test(email.slice(0, Math.max(at, 0))) ? `${email.slice(0, at)}@${domain}` : undefined
  },
  domain: (value) => asciiDomain(value.trim().toLowerCase().replace(/^@/, '').replace(/^www\.(?=[^.]+\.)/, '')),
  phone: (value) => {
    const phone = parsePhoneNumberFromString(value.trim(), { extract: false })
    return phone?.isPossible() ? phone.number : undefined
  },
  linkedin: linkedinHandle,
}

/** A domain in ASCII, lower case, without the root's dot; undefined for top-level domains alone, numbers and the like. */
const asciiDomain = (domain: string): string | undefined => {
  // domainToASCII would read 255.1 as an IP address; what is ASCII needs no help anyway.
  const ascii = (/^\p{ASCII}*$/u.test(domain) ? domain : domainToASCII(domain)).toLowerCase().replace(/\.$/, '')
  return /^(?=.{4,253}$)(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{1,62}$/.test(ascii) ? ascii : undefined
}

/** mail.acme.example, acme.example; never a top-level domain. */
const domainAndParents = (domain: string): string[] => {
  const labels = domain.split('.')
  return labels.slice(0, -1).map((_label, index) => labels.slice(index).join('.'))
}
