import type { Company, Person } from '../../contracts/lead.ts'
import { besides, isKnown, isRecord, textOf } from '../fields.ts'
import { aboutCompany } from '../observations.ts'
import { contract } from './contract.ts'

type Fields = Record<string, unknown>

const known = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => isKnown(value)))

/**
 * A found person as a lead, with the item's own fields. What the item knows of the company that was searched stays
 * where the service says nothing of it.
 * @param domain the one that was searched at
 */
export const personLead = (item: Fields, person: Person, foundBy: string, domain: string | undefined): Fields => {
  const own = isRecord(item.company) ? item.company : known({ name: textOf(item.company) })
  const found: Fields = known({ ...person.company })
  const company = known({
    domain,
    ...own,
    ...found,
    ids: { ...(isRecord(own.ids) && own.ids), ...person.company?.ids },
  })
  if (isRecord(company.ids) && Object.keys(company.ids).length === 0) delete company.ids
  const website = person.website ?? textOf(item.website) ?? textOf(company.website) ?? textOf(company.domain)
  return {
    ...besides(item, contract.output),
    ...known({
      ...person,
      website,
      domain: company.domain,
      company: Object.keys(company).length > 0 ? company : undefined,
      observations: aboutCompany(item),
    }),
    foundBy,
  }
}

/** A found company as a lead without a person: the next block reads its website, or its company. */
export const companyLead = (item: Fields, company: Company, foundBy: string): Fields => ({
  ...besides(item, contract.output),
  ...known({ website: company.website ?? company.domain, domain: company.domain }),
  company: known(company),
  foundBy,
})
