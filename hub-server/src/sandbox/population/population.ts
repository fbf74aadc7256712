import { companyAt } from './companies.ts'
import { peopleAt, peopleOf } from './crowd.ts'
import { createDice, facet } from './dice.ts'
import { createDomains } from './domains.ts'
import { createIds } from './ids.ts'
import { createMailboxes, type Mailboxes } from './mailboxes.ts'
import { createPeople } from './people.ts'
import { companyMatches, personMatches, type CompanyFilters, type PersonFilters } from './search.ts'
import type { SandboxCompany, SandboxPerson } from './types.ts'
import { before, withoutEnd } from '../../contracts/text/trim.ts'

/** What somebody may be known by. Tried in this order: id, e-mail, LinkedIn, then name with a company. */
export interface PersonKey {
  readonly id?: string
  readonly email?: string
  readonly linkedin?: string
  readonly fullName?: string
  readonly firstName?: string
  readonly lastName?: string
  readonly domain?: string
  readonly company?: string
}

export interface CompanyKey {
  readonly id?: string
  readonly domain?: string
  readonly name?: string
  readonly linkedin?: string
  readonly ip?: string
}

/** How much of the website's team page says about somebody. */
export type Shown = 'with-email' | 'without-email' | 'not'

/**
 * The made-up people and companies: pure functions of seed and index, so any number of them exists, and none is stored.
 * `size` bounds only what searches look through.
 */
export interface Population extends Mailboxes {
  readonly seed: number
  readonly size: { readonly companies: number; readonly people: number }
  readonly person: (index: number) => SandboxPerson
  readonly company: (index: number) => SandboxCompany
  /** Only the address: a third of the work of the whole person. */
  readonly emailOf: (person: number) => string
  readonly peopleOf: (company: number) => readonly SandboxPerson[]
  readonly companies: (limit: number, offset?: number) => readonly SandboxCompany[]
  readonly findPerson: (key: PersonKey) => SandboxPerson | null
  readonly findCompany: (key: CompanyKey) => SandboxCompany | null
  /** Indexes, in the population's order. */
  readonly searchPeople: (filters: PersonFilters) => Uint32Array
  readonly searchCompanies: (filters: CompanyFilters) => Uint32Array
  /** The truth: mail to this person's address arrives, and at this person. */
  readonly reachable: (person: SandboxPerson) => boolean
  /** The truth: the company's website names this person with the e-mail address. */
  readonly onWebsite: (person: SandboxPerson) => boolean
  readonly shownOnWebsite: (person: SandboxPerson) => Shown
}

export const baseCompanies = 2000
const SITE = facet('website.people')
const SHOWN = facet('website.person')
const searchesKept = 16

/** The population of a seed; nothing is made before it is asked for. */
export const createPopulation = (seed = 1, companies = baseCompanies): Population => {
  const dice = createDice(seed)
  const domains = createDomains(seed)
  const ids = createIds(dice)
  const people = createPeople(dice, domains, ids)
  const mailboxes = createMailboxes(dice, domains, people)
  const size = { companies, people: peopleAt(companies) }
  const company = (index: number): SandboxCompany => companyAt(dice, domains, ids, index)
  const colleagues = (of: number): SandboxPerson[] => {
    const { first, count } = peopleOf(of)
    return Array.from({ length: count }, (_, slot) => people.at(first + slot))
  }

  const companyIndex = (key: CompanyKey): number | null => {
    if (key.id) return ids.indexOf('company', key.id)
    if (key.domain) return domains.indexOfDomain(before(key.domain.replace(/^https?:\/\//i, ''), '/'))
    if (key.linkedin) return domains.indexOfDomain(`${withoutEnd(key.linkedin, /\//).replace(/^.*\//, '')}.example`)
    if (key.ip) {
      const last = Number(key.ip.split('.')[3])
      const block = ['192.0.2.', '198.51.100.', '203.0.113.'].findIndex((start) => key.ip?.startsWith(start))
      return block < 0 || !(last <= 255) ? null : block * 256 + last
    }
    return key.name ? domains.indexOfName(key.name) : null
  }

  /** Of a company, by its domain, else by its name. */
  const indexCalled = (domain: string | undefined, name: string | undefined): number | null => {
    if (domain) return domains.indexOfDomain(domain)
    return name ? domains.indexOfName(name) : null
  }

  const personIndex = (key: PersonKey): number | null => {
    if (key.id) return ids.indexOf('person', key.id)
    if (key.email) {
      const cut = key.email.lastIndexOf('@')
      return cut < 1
        ? null
        : people.indexOfEmail(
            key.email.slice(0, cut).trim(),
            key.email
              .slice(cut + 1)
              .trim()
              .toLowerCase(),
          )
    }
    if (key.linkedin) return people.indexOfLinkedin(key.linkedin)
    const name = key.fullName ?? (key.firstName && key.lastName ? `${key.firstName} ${key.lastName}` : null)
    const at = name ? companyIndex({ domain: key.domain, name: key.company }) : null
    return name && at !== null ? people.indexOfName(at, name) : null
  }

  const shownOnWebsite = (person: SandboxPerson): Shown => {
    if (dice.fraction(SITE, person.company.index) < 0.1) return 'not'
    const at = dice.fraction(SHOWN, person.index)
    if (at < 0.8) return 'with-email'
    return at < 0.94 ? 'without-email' : 'not'
  }

  const kept = new Map<string, Uint32Array>()
  /** The newest searches are kept: the pages of one search shall not look through everybody again and again. */
  const search = (kind: string, filters: object, find: () => number[]): Uint32Array => {
    const key = `${kind} ${JSON.stringify(filters)}`
    const found = kept.get(key) ?? Uint32Array.from(find())
    kept.delete(key)
    kept.set(key, found)
    const oldest = kept.keys().next()
    if (kept.size > searchesKept && !oldest.done) kept.delete(oldest.value)
    return found
  }
  const indexes = (length: number): number[] => Array.from({ length }, (_, index) => index)

  return {
    seed,
    size,
    ...mailboxes,
    person: people.at,
    company,
    emailOf: people.emailOf,
    peopleOf: colleagues,
    companies: (limit, offset = 0) => Array.from({ length: Math.max(0, limit) }, (_, at) => company(offset + at)),
    findPerson: (key) => {
      const index = personIndex(key)
      return index === null ? null : people.at(index)
    },
    findCompany: (key) => {
      const index = companyIndex(key)
      return index === null ? null : company(index)
    },
    searchPeople: (filters) =>
      search('people', filters, () => {
        const at = indexCalled(filters.domain, filters.company)
        const candidates = at === null ? indexes(size.people).map(people.at) : colleagues(at)
        return candidates.filter((person) => personMatches(person, filters)).map((person) => person.index)
      }),
    searchCompanies: (filters) =>
      search('companies', filters, () => {
        const at = indexCalled(filters.domain, filters.name)
        const candidates = at === null ? indexes(size.companies).map(company) : [company(at)]
        return candidates.filter((one) => companyMatches(one, filters)).map((one) => one.index)
      }),
    reachable: (person) => {
      const { kind, exists } = mailboxes.mailboxOf(person.email)
      return kind === 'personal' && exists === true
    },
    onWebsite: (person) => shownOnWebsite(person) === 'with-email',
    shownOnWebsite,
  }
}
