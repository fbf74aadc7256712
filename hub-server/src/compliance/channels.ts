import type { Reach } from '../capabilities/capability.ts'
import { emailAddress, hostName, linkedinCompany, linkedinPerson, phoneNumber } from '../contracts/addresses.ts'
import { asciiDomain } from '../contracts/addresses/domain.ts'
import { decoded } from '../contracts/addresses/plain-text.ts'
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

/** The normal form of a value, and the one in which earlier versions of the hub kept it, where that differs. */
export const formsOf = (channel: Channel, given: string): string[] =>
  [...new Set([normalValue(channel, given), formerly[channel]?.(given)])].filter((form) => form !== undefined)

const domainsOf = (channel: Channel, forms: readonly string[]): readonly string[] => {
  if (channel === 'domain') return forms
  return channel === 'email' ? forms.map((email) => email.slice(email.lastIndexOf('@') + 1)) : []
}

/**
 * The entries, each of which alone would suppress this value in any of its forms: first itself, then its domain, then
 * those above. What is no value of its channel has none.
 */
export const entriesAgainst = (channel: Channel, given: string): SuppressionValue[] => {
  const forms = formsOf(channel, given)
  const domains = new Set(domainsOf(channel, forms).flatMap(domainAndParents))
  const above = [...domains].map((value) => ({ channel: 'domain' as const, value }))
  return channel === 'domain' ? above : [...forms.map((value) => ({ channel, value })), ...above]
}

/** The entries, each of which alone would suppress this person. What is not an address has none. */
export const entriesAgainstPerson = ({ email, emails = [], phone, linkedin, domain }: Reach): SuppressionValue[] => {
  const against = (channel: Channel, given: string | undefined): SuppressionValue[] =>
    given === undefined ? [] : entriesAgainst(channel, given)
  const website = domain === undefined ? undefined : (hostName(domain) ?? domain)
  return [
    ...[email, ...emails].flatMap((each) => against('email', each)),
    ...against('phone', phone),
    ...against('linkedin', linkedin),
    ...against('domain', website),
  ]
}

const normalisers: Readonly<Record<Channel, (value: string) => string | undefined>> = {
  email: emailAddress,
  // An entry is a domain and nothing else: of a page's address it would not be clear what is meant.
  domain: (value) => (/[/:]|[^\s@]\s*@/.test(value) ? undefined : hostName(value)),
  phone: phoneNumber,
  linkedin: (value) => linkedinPerson(value) ?? linkedinCompany(value),
}

/** How values were kept before: their hashes cannot be made anew, so these forms still count. */
const formerly: Readonly<Partial<Record<Channel, (value: string) => string | undefined>>> = {
  email: (value) => {
    const email = value.trim().toLowerCase().normalize('NFC')
    const at = email.lastIndexOf('@')
    const domain = asciiDomain(email.slice(at + 1))
    return domain !== undefined && /^[^\s@<>,;]+$/.test(email.slice(0, Math.max(at, 0)))
      ? `${email.slice(0, at)}@${domain}`
      : undefined
  },
  linkedin: (value) => {
    const found = /linkedin\.com\/(in|pub|company)\/([^/?#\s]+)/i.exec(value)
    return found?.[1] && found[2] ? `${found[1].toLowerCase()}/${decoded(found[2]).toLowerCase()}` : undefined
  },
}

/** mail.acme.example, acme.example; never a top-level domain. */
const domainAndParents = (domain: string): string[] => {
  const labels = domain.split('.')
  return labels.slice(0, -1).map((_label, index) => labels.slice(index).join('.'))
}
