import type { SandboxCompany, SandboxPerson } from './types.ts'

/** What companies are looked for by; every given filter must hold, of a list any entry. Case never matters. */
export interface CompanyFilters {
  readonly name?: string
  readonly domain?: string
  readonly industries?: readonly string[]
  readonly locations?: readonly string[]
  readonly technologies?: readonly string[]
  readonly keywords?: string
  readonly employees?: { readonly min?: number; readonly max?: number }
}

/** What people are looked for by, their companies' filters included. */
export interface PersonFilters extends Omit<CompanyFilters, 'name'> {
  /** Name of the company. */
  readonly company?: string
  readonly name?: string
  readonly titles?: readonly string[]
  readonly seniorities?: readonly string[]
  readonly departments?: readonly string[]
}

const low = (text: string): string => text.trim().toLowerCase()

/** Nothing asked for is asked of nobody: an empty list, or an absent one, always holds. */
const anyOf = (wanted: readonly string[] | string | undefined, holds: (entry: string) => boolean): boolean => {
  const entries = typeof wanted === 'string' ? [wanted] : (wanted ?? [])
  return entries.length === 0 || entries.some((entry) => holds(low(entry)))
}

const within = (value: number, range: { min?: number; max?: number } | undefined): boolean =>
  value >= (range?.min ?? 0) && value <= (range?.max ?? Infinity)

const countries: Readonly<Record<string, string>> = {
  us: 'united states',
  ca: 'canada',
  gb: 'united kingdom',
  de: 'germany',
  at: 'austria',
  fr: 'france',
  nl: 'netherlands',
}

/** "Austin", "Texas", "US", "United States" and "Austin, Texas" are all where somebody in Austin is. */
const isAt = (where: string, place: { city: string; state: string; country: string }): boolean => {
  const [city, state, country] = [low(place.city), low(place.state), low(place.country)]
  return where.split(',').every((part) => [city, state, country, countries[country]].includes(part.trim()))
}

const matchesSize = (
  company: SandboxCompany,
  filters: Pick<CompanyFilters, 'industries' | 'technologies' | 'employees'>,
): boolean =>
  within(company.employees, filters.employees) &&
  anyOf(
    filters.industries,
    (entry) => low(company.industry).includes(entry) || low(company.description).includes(entry),
  ) &&
  anyOf(filters.technologies, (entry) => company.technologies.some((technology) => low(technology) === entry))

export const companyMatches = (company: SandboxCompany, filters: CompanyFilters): boolean =>
  anyOf(filters.name, (entry) => low(company.name).includes(entry)) &&
  anyOf(filters.domain, (entry) => company.domain === entry) &&
  anyOf(filters.keywords, (entry) => low(`${company.name} ${company.description}`).includes(entry)) &&
  anyOf(filters.locations, (entry) => isAt(entry, company.address)) &&
  matchesSize(company, filters)

export const personMatches = (person: SandboxPerson, filters: PersonFilters): boolean =>
  anyOf(filters.titles, (entry) => low(person.title).includes(entry)) &&
  anyOf(filters.seniorities, (entry) => person.seniority === entry) &&
  anyOf(filters.departments, (entry) => person.department === entry) &&
  anyOf(filters.name, (entry) => low(person.fullName).includes(entry)) &&
  anyOf(filters.keywords, (entry) =>
    low(`${person.fullName} ${person.title} ${person.company.name} ${person.company.industry}`).includes(entry),
  ) &&
  anyOf(filters.domain, (entry) => person.company.domain === entry) &&
  anyOf(filters.company, (entry) => low(person.company.name).includes(entry)) &&
  anyOf(filters.locations, (entry) => isAt(entry, person)) &&
  matchesSize(person.company, filters)
