import type { CompanyKey, PersonKey, Population } from '../population/population.ts'
import { createDice, facet } from '../population/dice.ts'
import type { CompanyFilters, PersonFilters } from '../population/search.ts'
import type { Mailbox, SandboxCompany, SandboxPerson } from '../population/types.ts'

const KNOWN = facet('vendor.known')
const WRONG = facet('vendor.wrong')

/** What a sandbox.yaml may call about the population. Nothing found is undefined, as JSONata has it. */
export interface Knowledge {
  person(key: string | (PersonKey & { name?: string }) | undefined): SandboxPerson | undefined
  company(key: string | CompanyKey | undefined): SandboxCompany | undefined
  people(filters: PersonFilters | undefined, limit?: number, offset?: number): SandboxPerson[]
  peopleCount(filters: PersonFilters | undefined): number
  companies(filters: CompanyFilters | undefined, limit?: number, offset?: number): SandboxCompany[]
  companiesCount(filters: CompanyFilters | undefined): number
  mailbox(address: string | undefined): Mailbox | undefined
  known(key: string | undefined): boolean
  hash(text: string | undefined, digits?: number): string | undefined
  /** JSONata's own for one map, faster. */
  lookup(table: unknown, key: string | undefined): unknown
  /** JSONata has no short way to say it: null for nothing. */
  orNull(value: unknown): unknown
}

const isId = (key: string): boolean => /^[0-9a-f]{24}$/.test(key)

const keyOfPerson = (key: string): PersonKey => {
  if (key.includes('@')) return { email: key }
  return isId(key) ? { id: key } : { linkedin: key }
}

const keyOfCompany = (key: string): CompanyKey => {
  if (isId(key)) return { id: key }
  if (key.includes('linkedin.com')) return { linkedin: key }
  return key.includes('.') ? { domain: key } : { name: key }
}

/**
 * The population as one vendor sees it: only the part it knows, some facts outdated, some good mailboxes not judged.
 * Always the same part for the same vendor and seed. A vendor is never wrong the other way: no dead mailbox is good.
 */
export const createKnowledge = (population: Population, vendor: string, knows: number, wrong: number): Knowledge => {
  const dice = createDice(population.seed ^ facet(vendor))
  const PERSON = facet('person')
  const COMPANY = facet('company')
  const knowsOne = (kind: number, index: number): boolean => knows >= 1 || dice.fraction(KNOWN ^ kind, index) < knows
  const isWrong = (kind: number, index: number): boolean => dice.fraction(WRONG ^ kind, index) < wrong

  const companyAsKnown = (company: SandboxCompany): SandboxCompany =>
    isWrong(COMPANY, company.index)
      ? { ...company, employees: Math.max(1, Math.round(company.employees * 0.7)) }
      : company

  const personAsKnown = (person: SandboxPerson): SandboxPerson => {
    const company = companyAsKnown(person.company)
    if (!isWrong(PERSON, person.index)) return company === person.company ? person : { ...person, company }
    // An outdated job: the one that somebody else has today.
    const { title, seniority, department } = population.person(person.index + 13)
    return { ...person, company, title, seniority, department }
  }

  const searched = <One>(
    indexes: Uint32Array,
    kind: number,
    limit: number,
    offset: number,
    at: (index: number) => One,
  ): One[] => {
    const found: One[] = []
    let passed = 0
    for (const index of indexes) {
      if (found.length >= limit) break
      if (knowsOne(kind, index) && passed++ >= offset) found.push(at(index))
    }
    return found
  }
  const counted = (indexes: Uint32Array, kind: number): number =>
    indexes.reduce((count, index) => count + (knowsOne(kind, index) ? 1 : 0), 0)

  return {
    person: (key) => {
      if (key === undefined || key === null) return undefined
      const { name, ...rest } = typeof key === 'string' ? { name: undefined, ...keyOfPerson(key) } : key
      const found = population.findPerson(name === undefined ? rest : { fullName: name, ...rest })
      return found && knowsOne(PERSON, found.index) ? personAsKnown(found) : undefined
    },
    company: (key) => {
      if (key === undefined || key === null) return undefined
      const found = population.findCompany(typeof key === 'string' ? keyOfCompany(key) : key)
      return found && knowsOne(COMPANY, found.index) ? companyAsKnown(found) : undefined
    },
    people: (filters, limit = 25, offset = 0) =>
      searched(population.searchPeople(filters ?? {}), PERSON, Number(limit), Number(offset), (index) =>
        personAsKnown(population.person(index)),
      ),
    peopleCount: (filters) => counted(population.searchPeople(filters ?? {}), PERSON),
    companies: (filters, limit = 25, offset = 0) =>
      searched(population.searchCompanies(filters ?? {}), COMPANY, Number(limit), Number(offset), (index) =>
        companyAsKnown(population.company(index)),
      ),
    companiesCount: (filters) => counted(population.searchCompanies(filters ?? {}), COMPANY),
    mailbox: (address) => {
      if (typeof address !== 'string') return undefined
      const truth = population.mailboxOf(address)
      const unsure = truth.kind === 'personal' && isWrong(facet(truth.address), 0)
      return unsure ? { ...truth, kind: 'greylisted', exists: null } : truth
    },
    known: (key) => key !== undefined && dice.fraction(KNOWN, facet(key)) < knows,
    hash: (text, digits = 8) => {
      if (text === undefined) return undefined
      let hex = ''
      for (let at = 0; hex.length < digits; at++)
        hex += dice
          .number(facet(String(text)), at)
          .toString(16)
          .padStart(8, '0')
      return hex.slice(0, digits)
    },
    lookup: (table, key) =>
      table !== null && typeof table === 'object' && key !== undefined && Object.hasOwn(table, key)
        ? Reflect.get(table, key)
        : undefined,
    orNull: (value) => value ?? null,
  }
}
