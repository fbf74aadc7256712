import type { Population, SandboxPerson } from '../../hub-server/src/sandbox/index.ts'

/** The words of templates/website-to-crm/README.md, "Who is synced". */
const leading = [
  'CEO',
  'Chief',
  'Founder',
  'Owner',
  'Managing Director',
  'President',
  'VP',
  'Vice President',
  'Head',
  'Director',
]

/**
 * Whom the flagship owes to the CRM, from the population's truth and the README's words alone: the website names the
 * person with the e-mail address; mail to it arrives, and at this person (not catch-all, not thrown away, not put off);
 * it is no free-mail address; and the job title says that the person leads something.
 */
const isOwed = (population: Population, person: SandboxPerson): boolean =>
  population.onWebsite(person) &&
  population.reachable(person) &&
  !population.mailboxOf(person.email).free &&
  leads(person.title)

const leads = (title: string): boolean => leading.some((word) => ` ${title} `.includes(` ${word} `))

/** Their e-mail addresses, sorted. */
export const reachableAndFit = (population: Population, companies: number): string[] =>
  population
    .companies(companies)
    .flatMap(({ index }) => population.peopleOf(index))
    .filter((person) => isOwed(population, person))
    .map(({ email }) => email)
    .sort()
