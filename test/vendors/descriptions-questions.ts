import type { Population } from '../../hub-server/src/sandbox/index.ts'

/**
 * What a capability is asked about the sandbox's population, so that the sandbox has something to say: a connector's
 * examples speak of people whom it does not know. Nothing for a capability without an entry.
 */
export const questionsFor = (capability: string, population: Population, object?: string): unknown[] => {
  const people = Array.from({ length: 14 }, (_, at) => population.person(at * 83))
  const companies = Array.from({ length: 14 }, (_, at) => population.company(at * 17))
  const outside = { firstName: 'Ada', lastName: 'Lovelace', domain: 'outside.example' }
  switch (capability) {
    case 'verifyEmail': return people.map(({ email }) => ({ email }))
    case 'findEmail': return [...people.map(({ firstName, lastName, company }) => ({ firstName, lastName, domain: company.domain })), outside]
    case 'enrichPerson': return [
      ...people.map(({ email }) => ({ email })),
      ...people.slice(0, 4).map(({ linkedin }) => ({ linkedin })),
      ...people.slice(4, 8).map(({ firstName, lastName, company }) => ({ firstName, lastName, domain: company.domain })),
      ...people.slice(8, 10).map(({ fullName, company }) => ({ fullName, company: company.name })),
      outside,
    ]
    case 'enrichCompany': return [
      ...companies.slice(0, 8).map(({ domain }) => ({ domain })),
      ...companies.slice(8, 11).map(({ linkedin }) => ({ linkedin })),
      ...companies.slice(11).map(({ name }) => ({ name })),
      { domain: 'outside.example' },
    ]
    case 'searchPeople': return [
      ...people.slice(0, 3).map(({ company }) => ({ domain: company.domain, limit: 25 })),
      { company: companies[0]?.name, limit: 25 },
      { titles: ['chief', 'VP'], seniorities: ['c_suite', 'vp'], locations: ['Austin', 'Boston'], employees: { min: 5, max: 500 }, limit: 120 },
      { domain: 'outside.example', limit: 25 },
    ]
    case 'searchCompanies': return [
      { name: companies[0]?.name, limit: 25 },
      { industries: ['software'], locations: ['US'], technologies: ['Google Analytics', 'Next.js'], employees: { min: 10 }, limit: 130 },
      { name: 'nobody has this name', limit: 25 },
    ]
    case 'sendEmail': return people.slice(0, 5).map(({ email, fullName }) => ({
      to: email, toName: fullName, from: 'me@hub.example', fromName: 'The Hub', replyTo: 'answers@hub.example',
      subject: 'Hello', text: 'Hello', html: '<p>Hello</p>', tags: ['first'], headers: { 'List-Unsubscribe': '<https://hub.example/u/1>' },
    }))
    // Each twice, so that one is there already.
    case 'upsertRecords': return object === 'company'
      ? companies.slice(0, 4).flatMap(({ domain, name, phone, address }) => [1, 2].map((turn) => ({ object, key: domain, fields: { name: `${name} ${turn}`, domain, phone, ...address } })))
      : object === 'contact'
        ? people.slice(0, 4).flatMap(({ email, firstName, lastName, title, phone, city }) => [1, 2].map((turn) => ({ object, key: email, fields: { firstName, lastName, title: `${title} ${turn}`, phone, city } })))
        : []
    default: return []
  }
}
