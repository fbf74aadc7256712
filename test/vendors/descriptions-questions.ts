import type { Population } from '../../hub-server/src/sandbox/index.ts'

/**
 * What a capability is asked about the sandbox's population, so that the sandbox has something to say: a connector's
 * examples speak of people whom it does not know. Nothing for a capability without an entry.
 * @param variant contact, company or deal; list, tag …
 * @param written ids of the records that the sandbox holds
 */
export const questionsFor = (capability: string, population: Population, variant = '', written: readonly string[] = []): unknown[] => {
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
    case 'upsertRecords': return recordsOf(variant, population)
    case 'searchRecords': return recordsOf(variant, population).slice(0, 3).flatMap(({ key, fields }) => [
      { object: variant, where: [{ field: variant === 'contact' ? 'email' : 'name', is: 'equal', value: variant === 'company' ? fields.name : key }], limit: 10 },
      { object: variant, where: [{ field: 'name', is: 'contains', value: 'nobody has this name' }], limit: 10 },
    ])
    case 'listRecordChanges': return ['2020-01-01T00:00:00Z', '2100-01-01T00:00:00Z'].map((since) => ({ object: variant, since, limit: 10 }))
    case 'describeFields': return [{ object: variant }]
    case 'deleteRecords': return written.slice(0, 3).map((id) => ({ object: variant, id }))
    case 'listOptions': return [{ of: variant, limit: 50 }]
    case 'addToAudience': return people.slice(0, 3).map(({ email, firstName, lastName }, at) => ({ email, fields: { firstName, lastName }, ...(at % 2 && { list: '6f1b1b6e-0000-4000-8000-000000000001' }) }))
    default: return []
  }
}

interface Written {
  readonly object: string
  readonly key: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** What may be written to a CRM: people of the population, their companies, sales in the making. */
const recordsOf = (object: string, population: Population): Written[] => {
  const people = Array.from({ length: 6 }, (_, at) => population.person(at * 83))
  return people.map(({ email, firstName, lastName, company }, at) =>
    object === 'contact' ? { object, key: email, fields: { firstName, lastName, phone: `+1555010${at}` } }
    : object === 'company' ? { object, key: company.domain, fields: { name: company.name, city: 'Boston', country: 'US' } }
    : { object, key: `Sale ${at}`, fields: { amount: 1000 * at, currency: 'EUR', closeDate: '2026-12-24' } })
}
