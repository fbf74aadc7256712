import type { Static } from 'typebox'
import type { searchCompanies } from '../../capabilities/searchCompanies.ts'
import type { searchPeople } from '../../capabilities/searchPeople.ts'
import { companyDomain } from '../../contracts/addresses.ts'
import type { ItemOf, OptionsOf } from '../../contracts/block.ts'
import { HubError } from '../../contracts/errors.ts'
import { isNoEmployer } from '../../contracts/free-mail.ts'
import { isKnown, isRecord, textOf, valueAt } from '../fields.ts'
import { parseWebsite } from '../scrape-website/website.ts'
import type { contract } from './contract.ts'

export type Options = OptionsOf<typeof contract>
export type PeopleSearch = Static<typeof searchPeople.input>
export type CompanySearch = Static<typeof searchCompanies.input>
type Item = ItemOf<typeof contract> & Record<string, unknown>

/** @throws HubError invalid_input where no company can be of that size */
export const checkSizes = ({ minEmployees, maxEmployees }: Options): void => {
  if (minEmployees === undefined || maxEmployees === undefined || minEmployees <= maxEmployees) return
  throw new HubError(
    'invalid_input',
    `No company has at least ${minEmployees} and at most ${maxEmployees} employees.`,
    { advice: 'Exchange the two numbers, or leave one out.' },
  )
}

/**
 * What to ask about people, by the item's company and the options.
 * @throws HubError invalid_input for a website that is none, or where nothing is said of whom to find
 */
export const peopleSearch = (
  item: Item,
  { titles, seniorities, departments, locations, keywords, limit, ...sizes }: Options,
): PeopleSearch => {
  const company = nameIn(item)
  const domain = domainIn(item)
  const criteria = {
    domain,
    company: domain ? undefined : company,
    titles: some(titles),
    seniorities: some(seniorities),
    departments: some(departments),
    locations: some(locations),
    keywords,
    employees: employees(sizes),
  }
  if (!saysSomething(criteria))
    throw nothingSaid('Give each item a website or a company, or choose job titles, seniorities or places.')
  return { ...criteria, limit }
}

/**
 * What to ask about companies, by the item's company name and the options.
 * @throws HubError invalid_input where nothing is said of which to find
 */
export const companySearch = (
  item: Item,
  { industries, locations, technologies, limit, ...sizes }: Options,
): CompanySearch => {
  const criteria = {
    name: nameIn(item),
    industries: some(industries),
    locations: some(locations),
    technologies: some(technologies),
    employees: employees(sizes),
  }
  if (!saysSomething(criteria))
    throw nothingSaid(
      'Choose industries, places, technologies or a size, or give each item a company name. What is known of a ' +
        'company by its website says Enrich Lead.',
    )
  return { ...criteria, limit }
}

/** "at acme.example", "named Acme"; empty where the search goes by criteria alone. */
export const placeOf = ({ domain, company, name }: { domain?: string; company?: string; name?: string }): string => {
  if (domain) return ` at ${domain}`
  if (company) return ` at ${company}`
  return name ? ` named ${name}` : ''
}

const saysSomething = (criteria: object): boolean => Object.values(criteria).some(isKnown)

const nothingSaid = (advice: string) =>
  new HubError('invalid_input', 'Nothing says what to find: the item names no company, and no criterion is chosen.', {
    advice,
  })

const some = <Value>(values: Value[]): Value[] | undefined => (values.length > 0 ? values : undefined)

const employees = ({ minEmployees: min, maxEmployees: max }: Pick<Options, 'minEmployees' | 'maxEmployees'>) =>
  min === undefined && max === undefined
    ? undefined
    : { ...(min !== undefined && { min }), ...(max !== undefined && { max }) }

/**
 * The registrable domain of the item's company; none where a mail provider's stands beside the company's name.
 * @throws HubError invalid_input for a website that is none, or a mail provider's and nothing else
 */
const domainIn = (item: Item): string | undefined => {
  const given =
    textOf(item.website) ??
    textOf(item.domain) ??
    textOf(valueAt(item, 'company.domain')) ??
    textOf(valueAt(item, 'company.website'))
  if (!given) return undefined
  const website = parseWebsite(given)
  if ('problem' in website) throw new HubError('invalid_input', website.problem, { advice: website.advice })
  const domain = companyDomain(website.host) ?? website.host
  if (!isNoEmployer(domain)) return domain
  if (nameIn(item)) return undefined
  throw new HubError('invalid_input', `Anybody can have a mailbox at ${domain}, so it says nothing of a company.`, {
    advice: 'Give the address of the company’s own website, such as acme.example, or the company’s name.',
  })
}

const nameIn = ({ company }: Item): string | undefined => (isRecord(company) ? textOf(company.name) : textOf(company))
