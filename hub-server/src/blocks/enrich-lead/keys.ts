import { companyDomain } from '../../contracts/addresses.ts'
import { isNoEmployer } from '../../contracts/free-mail.ts'
import { isRecord, textOf, valueAt } from '../fields.ts'

export type PersonKeys = { ids?: Record<string, unknown> } & Partial<Record<Key, string>>
type Key = 'email' | 'linkedin' | 'firstName' | 'lastName' | 'fullName' | 'domain' | 'company' | 'phone'

/** What a provider can be asked by: its own id, an e-mail, a profile, a phone, or a name with a company. */
export const personKeys = (lead: Record<string, unknown>): PersonKeys => ({
  ...(isRecord(lead.ids) && { ids: lead.ids }),
  ...Object.fromEntries(
    Object.entries({
      email: textOf(lead.email)?.toLowerCase(),
      linkedin: textOf(lead.linkedin),
      firstName: textOf(lead.firstName),
      lastName: textOf(lead.lastName),
      fullName: textOf(lead.fullName) ?? textOf(lead.name),
      domain: domainOf(lead),
      company: companyName(lead),
      phone: textOf(lead.phone) ?? textOf(lead.mobile),
    }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  ),
})

/** A company may come as a bare name. */
export const companyName = (lead: Record<string, unknown>): string | undefined =>
  textOf(lead.company) ?? textOf(valueAt(lead, 'company.name'))

/** The company's domain: as given, of its website, or of the work address. A mail provider is nobody's employer. */
export const domainOf = (lead: Record<string, unknown>): string | undefined => ownDomain(lead) ?? mailDomain(lead)

/** The domain that the lead's own fields say is the company's. */
export const ownDomain = (lead: Record<string, unknown>): string | undefined =>
  [valueAt(lead, 'company.domain'), lead.domain, lead.website, valueAt(lead, 'company.website')]
    .map((given) => domainIn(textOf(given)))
    .find((host) => host !== undefined && !isNoEmployer(host))

/** The domain of the work address; none where whoever verified the address says that anybody can have one there. */
export const mailDomain = (lead: Record<string, unknown>): string | undefined => {
  const host = domainIn(textOf(lead.email))
  return host !== undefined && !isNoEmployer(host) && !isSaidToBeFree(lead) ? host : undefined
}

const isSaidToBeFree = (lead: Record<string, unknown>): boolean => valueAt(lead, 'emailChecks.isFree') === true

/** The mail provider that stands where a company's domain would, if one does. */
export const mailProvider = (lead: Record<string, unknown>): string | undefined =>
  [
    ...['company.domain', 'domain', 'website', 'company.website'].map((field) => textOf(valueAt(lead, field))),
    textOf(lead.email),
  ]
    .map(domainIn)
    .find((host) => host !== undefined && isNoEmployer(host))

const domainIn = (given: string | undefined): string | undefined =>
  given === undefined ? undefined : companyDomain(given)
