import { Type } from 'typebox'
import { Line } from '../../contracts/bounded.ts'
import { askOptions, choice, choices, shown, type BlockContract } from '../../contracts/block.ts'
import { Company, Person } from '../../contracts/lead.ts'
import { observations } from '../../contracts/observation.ts'

const people = { kind: ['people'] }
const companies = { kind: ['companies'] }

const list = (
  title: string,
  description: string,
  example: string,
  more: { advanced?: boolean; shownFor?: Record<string, readonly string[]> },
) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
    ...shown({ title, description: `${description}, any of them. Separate them by commas`, ...more }),
    examples: [example],
    maxItems: 100,
    default: [],
  })

const size = (title: string, description: string) =>
  Type.Optional(Type.Integer({ ...shown({ title, description, advanced: true }), minimum: 1, maximum: 10_000_000 }))

export const contract = {
  id: 'find-leads',
  name: 'Find Leads',
  description: 'Finds people or companies by what they are: job, place, industry, size. One search for each item',
  item: Type.Object({
    website: Type.Optional(
      Type.String({
        ...shown({
          title: 'Company Website',
          description: 'Find people at this company only. Its website, domain or an e-mail address there',
          shownFor: people,
        }),
        maxLength: 1000,
        examples: ['acme.example'],
      }),
    ),
    domain: Type.Optional(
      Type.String({
        ...shown({
          title: 'Company Domain',
          description: 'Find people at this company only, where there is no website',
          advanced: true,
          shownFor: people,
        }),
        maxLength: 1000,
        examples: ['acme.example'],
      }),
    ),
    company: Type.Optional(
      Type.Union(
        [Line(), Company],
        shown({
          title: 'Company Name',
          description:
            'Of people: find them at this company only, where neither website nor domain is known. Of companies: ' +
            'their name',
        }),
      ),
    ),
  }),
  options: Type.Object({
    kind: choice(
      { people: 'People', companies: 'Companies' },
      { title: 'Find', description: 'What to look for', default: 'people' },
    ),
    titles: list('Job Titles', 'Words of their job title', 'Head of Sales, CMO', { shownFor: people }),
    seniorities: choices(
      {
        owner: 'Owner',
        founder: 'Founder',
        c_suite: 'C-Suite',
        partner: 'Partner',
        vp: 'Vice President',
        head: 'Head',
        director: 'Director',
        manager: 'Manager',
        senior: 'Senior',
        entry: 'Entry',
        intern: 'Intern',
      },
      { title: 'Seniorities', description: 'How high they stand, any of them', default: [], shownFor: people },
    ),
    departments: list('Departments', 'Departments they work in', 'sales, marketing', {
      advanced: true,
      shownFor: people,
    }),
    industries: list('Industries', 'Industries or words for what they do', 'software, logistics', {
      shownFor: companies,
    }),
    locations: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      ...shown(
        { title: 'Locations', description: 'Cities, states or countries, any of them. One a line' },
        { kind: 'lines' },
      ),
      examples: ['Austin'],
      maxItems: 100,
      default: [],
    }),
    technologies: list('Technologies', 'Technologies they use', 'HubSpot, WordPress', {
      advanced: true,
      shownFor: companies,
    }),
    keywords: Type.Optional(
      Type.String({
        ...shown({
          title: 'Keywords',
          description: 'Words that the service looks for in everything it knows of a person',
          advanced: true,
          shownFor: people,
        }),
        maxLength: 500,
      }),
    ),
    minEmployees: size('Smallest Company Size', 'Employees of the company at least'),
    maxEmployees: size('Greatest Company Size', 'Employees of the company at most'),
    limit: Type.Integer({
      ...shown({ title: 'Limit', description: 'How many results for each item at most' }),
      minimum: 1,
      maximum: 10_000,
      default: 50,
    }),
    ...askOptions({ option: 'kind', of: { people: 'searchPeople', companies: 'searchCompanies' } }),
  }),
  output: Type.Object({
    ...Person.properties,
    domain: Type.Optional(Line({ description: 'Domain of the company' })),
    foundBy: Line({ description: 'The service that knew' }),
    observations,
  }),
  others: true,
} satisfies BlockContract
