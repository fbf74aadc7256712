import { companyDomain, linkedinPerson, somebodysEmail } from '../contracts/addresses.ts'
import { templateDomain } from '../contracts/addresses/nobodys.ts'
import type { Identity } from '../contracts/facts.ts'
import { isNoEmployer } from '../contracts/free-mail.ts'
import type { Company, Person } from '../contracts/lead.ts'
import { isRoleName } from './roles/roles.ts'

export type Key = Pick<Identity, 'kind' | 'value'>

/** The key in a word, for maps. */
export const nameOf = ({ kind, value }: Key): string => `${kind}/${value}`

/**
 * The address that one person is known by, in its normal form. Undefined for what is no address, a placeholder's, and a
 * role's (info@): such an address is many people's.
 */
export const emailIdentity = (text: string): string | undefined => {
  const email = somebodysEmail(text)
  return email === undefined || isRoleName(email.slice(0, email.lastIndexOf('@'))) ? undefined : email
}

/** What a person is known by for sure. */
export const identitiesOf = ({ email, linkedin }: Pick<Person, 'email' | 'linkedin'>): Key[] => {
  const address = email === undefined ? undefined : emailIdentity(email)
  const profile = linkedin === undefined ? undefined : linkedinPerson(linkedin)
  return [
    ...(address === undefined ? [] : [{ kind: 'email' as const, value: address }]),
    ...(profile === undefined ? [] : [{ kind: 'linkedin' as const, value: profile }]),
  ]
}

/** The domain that a company is known by; undefined for a mail provider's, where anybody can have an address. */
export const domainIdentity = (text: string): string | undefined => {
  const domain = companyDomain(text)
  return domain === undefined || templateDomain.test(domain) || isNoEmployer(domain) ? undefined : domain
}

/** What a company is known by for sure; its name is only a candidate. */
export const companyIdentitiesOf = ({ domain }: Pick<Company, 'domain'>): Key[] => {
  const known = domain === undefined ? undefined : domainIdentity(domain)
  return known === undefined ? [] : [{ kind: 'domain', value: known }]
}
