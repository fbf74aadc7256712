import { Type } from 'typebox'
import { Url } from '../../contracts/bounded.ts'
import { shown, type BlockContract } from '../../contracts/block.ts'
import { Person } from '../../contracts/lead.ts'
import { observations } from '../../contracts/observation.ts'

export const contract = {
  id: 'scrape-website',
  name: 'Scrape Website',
  description:
    'Reads a company’s website and gives the people and e-mail addresses on it, each with the page it stands on',
  item: Type.Object({
    website: Url({
      ...shown({ title: 'Website', description: 'Address of the company’s website' }),
      minLength: 1,
      examples: ['acme.example'],
    }),
  }),
  options: Type.Object({
    maxPages: Type.Integer({
      ...shown({
        title: 'Pages per Website',
        description: 'How many pages to read at most: the given one, then contact, about, team and imprint',
      }),
      minimum: 1,
      maximum: 30,
      default: 6,
    }),
    people: Type.Boolean({
      ...shown({
        title: 'People Without E-Mail',
        description: 'Whether to also give people whose e-mail address is not on the website',
      }),
      default: true,
    }),
    general: Type.Boolean({
      ...shown({
        title: 'General Addresses',
        description: 'Whether to also give addresses of a function, such as info@',
      }),
      default: true,
    }),
    respectRobots: Type.Boolean({
      ...shown({
        title: 'Respect robots.txt',
        description: 'Whether to leave out pages that the website asks robots not to read',
        advanced: true,
      }),
      default: true,
    }),
  }),
  output: Type.Object({
    ...Person.properties,
    website: Url(),
    source: Url({ description: 'The page it stands on' }),
    observations,
    kind: Type.Unsafe<'person' | 'general'>({ type: 'string', enum: ['person', 'general'] }),
  }),
  others: true,
  needs: [{ oneOf: ['website'] }],
} satisfies BlockContract
