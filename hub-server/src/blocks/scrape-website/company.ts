import { companyDomain } from '../../contracts/addresses.ts'
import type { Company } from '../../contracts/lead.ts'
import type { FoundAddress } from './merge.ts'
import type { SiteReading } from './readSite.ts'

const first = <Value>(values: Iterable<Value | undefined>): Value | undefined => [...values].find((value) => value !== undefined)

/** What the pages say about whose website it is. The first page that says something counts. */
export const companyOf = ({ start, pages }: SiteReading, general: readonly FoundAddress[]): Company => {
  const { origin, hostname } = new URL(start)
  const domain = companyDomain(hostname) ?? hostname
  const facts = pages.map((page) => page.facts)
  const phones = facts.flatMap((page) => page.phones)
  const own = general.find(({ email }) => email.endsWith(`@${domain}`)) ?? general[0]
  const found: Company = {
    name: first(facts.map(({ company }) => company.name)) ?? first(facts.map(({ company }) => company.legalName)),
    domain,
    website: origin,
    phone: phones.find(({ kind }) => kind === 'phone')?.value ?? phones.find(({ kind }) => kind === 'mobile')?.value,
    email: own?.email,
    address: first(facts.map(({ company }) => company.address)),
    linkedin: first(facts.map(({ social }) => social.linkedin)),
    facebook: first(facts.map(({ social }) => social.facebook)),
    x: first(facts.map(({ social }) => social.x)),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}
