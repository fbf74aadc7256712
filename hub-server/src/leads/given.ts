import { HubError } from '../contracts/errors.ts'
import type { Company, Person } from '../contracts/lead.ts'
import { splitLead } from './fields.ts'
import { companyIdentitiesOf, identitiesOf, type Key } from './identities.ts'
import { sayingsOf, type Provenance, type Sayings } from './sayings.ts'

/** A lead-shaped item, taken apart. */
export interface Given {
  /** The stored lead that it is about, where the item says so. */
  readonly id?: string
  readonly person: Person & Record<string, unknown>
  readonly company: Company
  /** What the person is known by for sure; empty for a mailbox of many, as info@. */
  readonly keys: readonly Key[]
  /** What the company is known by. */
  readonly companyKey?: Key
  /**
   * The keys, and the address though it may be none, and the id: what two items must not have in common to be stored
   * together.
   */
  readonly names: readonly Key[]
  readonly sayings: Sayings
}

/**
 * Takes an item apart: who it is about, and who said each of its fields.
 * @param isStored the item names a stored lead, and needs nothing else to be known by
 * @throws HubError invalid_input for an item that is nobody's
 */
export const takenApart = (item: Record<string, unknown>, from: Provenance, isStored: boolean): Given => {
  const split = splitLead(item)
  const { person, company } = split
  const keys = identitiesOf(person)
  if (!isStored && keys.length === 0 && !person.email && !person.fullName && !person.lastName) throw nobodys(item)
  const [companyKey] = companyIdentitiesOf(company)
  const id = isStored && typeof item.leadId === 'string' ? item.leadId : undefined
  const address: Key[] = person.email ? [{ kind: 'email', value: person.email }] : []
  return {
    ...(id !== undefined && { id }),
    person,
    company,
    keys,
    ...(companyKey && { companyKey }),
    names: [...keys, ...address],
    sayings: sayingsOf(item, split, from),
  }
}

const nobodys = ({ email, linkedin }: Record<string, unknown>): HubError => {
  const given = [email && 'e-mail', linkedin && 'LinkedIn'].filter(Boolean)
  return given.length > 0
    ? new HubError(
        'invalid_input',
        `Nobody can be known by this item: its ${given.join(' and ')} field holds no address of a person.`,
        {
          advice: 'Give the person’s own e-mail or LinkedIn address, or at least a name.',
        },
      )
    : new HubError('invalid_input', 'A lead needs an e-mail address, a LinkedIn address or a name.', {
        advice: 'Give at least one of them.',
      })
}
