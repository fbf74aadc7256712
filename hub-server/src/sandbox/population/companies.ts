import { facet, type Dice } from './dice.ts'
import type { Domains } from './domains.ts'
import type { Ids } from './ids.ts'
import { patterns, type Pattern } from './mail.ts'
import { places, reservedPhone, type Place } from './places.ts'
import type { SandboxCompany } from './types.ts'

const industries = [
  'Software',
  'Manufacturing',
  'Logistics',
  'Healthcare',
  'Construction',
  'Retail',
  'Financial Services',
  'Hospitality',
  'Education',
  'Marketing Agency',
  'Energy',
  'Food & Beverages',
  'Real Estate',
  'Consulting',
  'Biotechnology',
] as const

const offers = [
  'planning tools',
  'machines',
  'services',
  'analytics',
  'training',
  'components',
  'software',
  'advice',
] as const

const technologies = [
  'WordPress',
  'React',
  'Nginx',
  'PostgreSQL',
  'Shopify',
  'Google Analytics',
  'HubSpot',
  'Salesforce',
  'Stripe',
  'Cloudflare',
  'Kubernetes',
  'Zendesk',
  'Next.js',
  'Mailchimp',
  'Segment',
  'Docker',
] as const

const streets = [
  'Oak Street',
  'Mill Lane',
  'Harbor Road',
  'Station Street',
  'Park Avenue',
  'River Road',
  'Church Street',
] as const
const forms = ['Inc', 'LLC', 'Ltd', 'Group', 'GmbH'] as const
/** TEST-NET-1 to -3 (RFC 5737). */
const documentationBlocks = ['192.0.2', '198.51.100', '203.0.113'] as const

const PLACE = facet('company.place')
const PATTERN = facet('company.pattern')
const INDUSTRY = facet('company.industry')
const SIZE = facet('company.size')
const YEAR = facet('company.year')
const PHONE = facet('company.phone')
const OFFER = facet('company.offer')
const FORM = facet('company.form')
const STREET = facet('company.street')
const TECH = facet('company.tech')

/** Where a company's office is; people's places are near it. */
export const placeOfCompany = (dice: Dice, index: number): Place => dice.pick(PLACE, index, places)

export const patternOf = (dice: Dice, index: number): Pattern => dice.pick(PATTERN, index, patterns)

const twice = [...technologies, ...technologies]

/** Two to six neighbours of the list. */
const technologiesOf = (dice: Dice, index: number): string[] => {
  const thrown = dice.number(TECH, index)
  const from = thrown % technologies.length
  return twice.slice(from, from + 2 + ((thrown >>> 16) % 5))
}

/** A company, from its index alone. */
export const companyAt = (dice: Dice, domains: Domains, ids: Ids, index: number): SandboxCompany => {
  const domain = domains.domainOf(index)
  const place = placeOfCompany(dice, index)
  const industry = dice.pick(INDUSTRY, index, industries)
  // From 3 to about 20,000 people, most of them small.
  const employees = Math.round(3 * 10 ** (dice.fraction(SIZE, index) ** 2 * 3.83))
  const bare = domains.nameOf(index)
  const isGerman = place.country === 'DE' || place.country === 'AT'
  const name = `${bare} ${isGerman ? 'GmbH' : dice.pick(FORM, index, forms.slice(0, 4))}`
  const ip = index < 768 ? { ip: `${documentationBlocks[index >> 8]}.${index & 255}` } : {}
  return {
    index,
    id: ids.of('company', index),
    name,
    domain,
    website: `http://${domain}`,
    industry,
    employees,
    revenue: employees * (60_000 + (dice.number(SIZE, index) % 25) * 10_000),
    founded: 1950 + (dice.number(YEAR, index) % 74),
    description:
      `${bare} makes ${dice.pick(OFFER, index, offers)} for ${industry.toLowerCase()} teams, from ` + `${place.city}.`,
    phone: reservedPhone(place.area, dice.number(PHONE, index)),
    email: `info@${domain}`,
    address: {
      street: `${1 + (dice.number(STREET, index) % 240)} ${dice.pick(STREET, index + 1, streets)}`,
      city: place.city,
      state: place.state,
      postcode: place.postcode,
      country: place.country,
    },
    linkedin: `https://www.linkedin.com/company/${domain.replace('.example', '')}`,
    technologies: technologiesOf(dice, index),
    pattern: patternOf(dice, index),
    ...ip,
  }
}
