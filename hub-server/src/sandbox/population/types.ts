import type { Address } from '../../contracts/lead.ts'

/** A made-up company. Everything follows from the seed and `index`. */
export interface SandboxCompany {
  readonly index: number
  /** 24 hex digits, as vendors' ids look. */
  readonly id: string
  readonly name: string
  readonly domain: string
  readonly website: string
  readonly industry: string
  readonly employees: number
  /** US dollars a year. */
  readonly revenue: number
  readonly founded: number
  readonly description: string
  readonly phone: string
  readonly email: string
  readonly address: Required<Address>
  readonly linkedin: string
  readonly technologies: readonly string[]
  /** How addresses are made, e.g. {first}.{last}. */
  readonly pattern: string
  /** From the blocks that are reserved for documentation (RFC 5737); only the first 768 companies have one. */
  readonly ip?: string
}

/** A made-up person, with a company. Everything follows from the seed and `index`. */
export interface SandboxPerson {
  readonly index: number
  readonly id: string
  readonly firstName: string
  readonly lastName: string
  readonly fullName: string
  readonly gender: 'female' | 'male'
  readonly title: string
  readonly seniority: string
  readonly department: string
  readonly email: string
  readonly phone: string
  readonly mobile: string
  readonly linkedin: string
  readonly city: string
  readonly state: string
  readonly country: string
  readonly company: SandboxCompany
}

/**
 * personal: somebody's, mail arrives. catch-all: the server takes everything. role: a desk's. disposable: throw-away.
 * dead: was somebody's. missing: never was. greylisted: the server puts off everybody who asks. no-mail: the domain has
 * no mail server. outside: not in the population. malformed: no address at all.
 */
export type MailboxKind =
  | 'personal'
  | 'catch-all'
  | 'role'
  | 'disposable'
  | 'dead'
  | 'missing'
  | 'greylisted'
  | 'no-mail'
  | 'outside'
  | 'malformed'

export interface Mailbox {
  /** Lower case. */
  readonly address: string
  /** Empty, as the domain, when it is no address. */
  readonly local: string
  readonly domain: string
  readonly kind: MailboxKind
  /** Null where nobody can tell. */
  readonly exists: boolean | null
  readonly catchAll: boolean
  readonly role: boolean
  readonly disposable: boolean
  /** At a free mail provider. */
  readonly free: boolean
  /** Whether the domain has a mail server. */
  readonly mx: boolean
  /** The first of its mail servers. */
  readonly mxHost: string | null
}

export interface MxRecord {
  readonly exchange: string
  readonly priority: number
}
