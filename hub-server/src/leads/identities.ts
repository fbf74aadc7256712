import { linkedinHandle, normalEmail } from '../contracts/addresses.ts'
import type { Identity } from '../contracts/facts.ts'
import type { Company, Person } from '../contracts/lead.ts'
import { isRoleName } from './roles/roles.ts'

export { linkedinHandle, normalEmail }

type Key = Pick<Identity, 'kind' | 'value'>

/** What a person is known by for sure. A role address (info@) is many people's, so never an identity. */
export const identitiesOf = (person: Person): Key[] => {
  const keys: Key[] = []
  const email = person.email && normalEmail(person.email)
  if (email && !isRoleName(email.split('@')[0] ?? '')) keys.push({ kind: 'email', value: email })
  const linkedin = person.linkedin && linkedinHandle(person.linkedin)
  if (linkedin) keys.push({ kind: 'linkedin', value: linkedin })
  return keys
}

/** What a company is known by for sure; its name is only a candidate. */
export const companyIdentitiesOf = (company: Company): Key[] => {
  const domain = company.domain?.trim().toLowerCase().replace(/^www\./, '')
  return domain ? [{ kind: 'domain', value: domain }] : []
}
