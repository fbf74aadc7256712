import { Type } from 'typebox'
import { Document, Line, Url } from '../contracts/bounded.ts'
import { capability, exactKey } from './capability.ts'

export const scrapePage = capability({
  name: 'scrapePage',
  group: 'Scrape',
  description: 'Fetches a page as a browser would see it, from elsewhere',
  effect: 'read',
  expiryDays: 1,
  input: Type.Object({
    url: Type.String({ minLength: 8, maxLength: 4000, description: 'http or https address of the page' }),
    render: Type.Optional(Type.Boolean({ description: 'Run the page’s scripts first' })),
    residential: Type.Optional(Type.Boolean({ description: 'Through an address of a private household' })),
    country: Type.Optional(Line({ description: 'From which country, ISO 3166 alpha-2 code' })),
    waitFor: Type.Optional(Line({ description: 'CSS selector of what must be there first' })),
  }),
  output: Type.Object({
    html: Document(),
    url: Type.Optional(Url({ description: 'Where the page was found at last' })),
  }),
  key: exactKey,
})
