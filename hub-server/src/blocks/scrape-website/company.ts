import { companyDomain } from '../../contracts/addresses.ts'
import type { Company } from '../../contracts/lead.ts'
import type { PageFacts } from './extract/types.ts'
import type { FoundAddress } from './merge.ts'
import type { SiteReading } from './readSite.ts'

/** Whose website it is, and the page that says each field, by the name `company.<field>`. */
export interface FoundCompany {
  readonly company: Company
  readonly pages: Readonly<Record<string, string>>
}

/** What the pages say about whose website it is. The first page that says something counts. */
export const companyOf = ({ start, pages }: SiteReading, general: readonly FoundAddress[]): FoundCompany => {
  const { origin, hostname } = new URL(start)
  const domain = companyDomain(hostname) ?? hostname
  const own = general.find(({ email }) => email.endsWith(`@${domain}`)) ?? general[0]
  const first = <Value>(of: (facts: PageFacts) => Value | undefined): Found<Value> => {
    for (const { url, facts } of pages) {
      const value = of(facts)
      if (value !== undefined) return { value, page: url }
    }
    return { page: start }
  }
  const phone = (wanted: 'phone' | 'mobile') => first(({ phones }) => phones.find(({ kind }) => kind === wanted)?.value)
  const found: { [Field in keyof Company]?: Found<Company[Field]> } = {
    name: either(
      first(({ company }) => company.name),
      first(({ company }) => company.legalName),
    ),
    domain: { value: domain, page: start },
    website: { value: origin, page: start },
    phone: either(phone('phone'), phone('mobile')),
    email: { value: own?.email, page: own?.source ?? start },
    address: first(({ company }) => company.address),
    linkedin: first(({ social }) => social.linkedin),
    facebook: first(({ social }) => social.facebook),
    x: first(({ social }) => social.x),
  }
  const known = Object.entries(found).filter(([, { value }]) => value !== undefined)
  return {
    company: Object.fromEntries(known.map(([field, { value }]) => [field, value])),
    pages: Object.fromEntries(known.map(([field, { page }]) => [`company.${field}`, page])),
  }
}

interface Found<Value> {
  readonly value?: Value
  readonly page: string
}

const either = <Value>(one: Found<Value>, other: Found<Value>): Found<Value> => (one.value === undefined ? other : one)
