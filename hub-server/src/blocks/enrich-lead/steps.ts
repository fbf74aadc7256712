import type { OptionsOf } from '../../contracts/block.ts'
import { isRecord, valueAt } from '../fields.ts'
import type { contract } from './contract.ts'
import { companyName, domainOf, personKeys } from './keys.ts'

export type Options = OptionsOf<typeof contract>

/** How one capability is asked about a lead, and what its answer means for it. */
export interface Step {
  readonly isWanted: (missing: readonly string[]) => boolean
  /** What the capability is asked by; nothing where too little is known. */
  readonly input: (lead: Record<string, unknown>) => Record<string, unknown> | undefined
  /** The answer as fields of a lead. */
  readonly read: (output: Record<string, unknown>) => Record<string, unknown>
  /** The services that may be asked, where a person has chosen. */
  readonly names: (options: Options) => readonly string[]
}

export const ofPerson: Step = {
  isWanted: (missing) => missing.length > 0,
  input: (lead) => {
    const keys = personKeys(lead)
    return keys.ids || keys.email || keys.linkedin || keys.phone || isNamed(keys) ? keys : undefined
  },
  read: (output) => output,
  names: ({ providers }) => providers,
}

export const ofAddress: Step = {
  isWanted: (missing) => missing.includes('email'),
  input: (lead) => {
    const { email: _email, phone: _phone, ids: _ids, ...keys } = personKeys(lead)
    return isNamed(keys) ? keys : undefined
  },
  // What the service says of another address of the person is not said of the one it found.
  read: ({ email, confidence, person }) => {
    const known = isRecord(person) ? person : {}
    const { verdict, ...others } = known
    const isOfThis = known.email === undefined || known.email === email
    return { ...others, ...(isOfThis && verdict !== undefined && { verdict }), email, confidence }
  },
  names: () => [],
}

export const ofCompany: Step = {
  isWanted: (missing) => missing.some((field) => field.startsWith('company.')),
  input: (lead) => {
    const domain = domainOf(lead)
    const name = companyName(lead)
    const ids = valueAt(lead, 'company.ids')
    if (!domain && !name && !ids) return undefined
    return { ...(isRecord(ids) && { ids }), ...(domain ? { domain } : name && { name }) }
  },
  read: ({ confidence, ...company }) => ({ company, confidence }),
  names: () => [],
}

const isNamed = ({ fullName, lastName, domain, company }: ReturnType<typeof personKeys>): boolean =>
  Boolean((fullName || lastName) && (domain || company))
