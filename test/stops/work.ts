import type { Sandbox } from '../../hub-server/src/sandbox/index.ts'

/** A block that asks outside, and a list for it that is stopped again and again. */
export interface Work {
  readonly block: string
  /** As `./hub run --option` takes them. */
  readonly options: Readonly<Record<string, string>>
  readonly items: (count: number, sandbox: Sandbox) => readonly object[]
  /** Who is asked; absent: websites, which nobody is paid for. */
  readonly service?: Service
}

export interface Service {
  readonly connector: string
  /** The field of its account that is the key. */
  readonly key: string
  /** Items in one call. */
  readonly batch: number
  /** What is counted twice if an item is asked about twice: calls, or credits where calls hold several items. */
  readonly counted: 'successes' | 'charges'
  /** As much as one call counts at most. */
  readonly most: number
}

type Person = ReturnType<Sandbox['population']['person']>

/** People of the population, each with an address that none of the others has. */
const people = (count: number, { population }: Sandbox): Person[] => {
  const found = new Map<string, Person>()
  for (let at = 0; found.size < count; at++) {
    const person = population.person(at)
    if (!found.has(person.email)) found.set(person.email, person)
  }
  return [...found.values()]
}

const addresses = (count: number, sandbox: Sandbox): object[] => people(count, sandbox).map(({ email }) => ({ email }))

export const works: readonly Work[] = [
  {
    block: 'verify-email',
    options: { depth: 'full', providers: 'hunter' },
    items: addresses,
    service: { connector: 'hunter', key: 'apiKey', batch: 1, counted: 'successes', most: 1 },
  },
  {
    block: 'enrich-lead',
    options: { want: 'title,linkedin', providers: 'apollo' },
    items: (count, sandbox) =>
      people(count, sandbox).map(({ email, firstName, lastName }) => ({ email, firstName, lastName })),
    service: { connector: 'apollo', key: 'apiKey', batch: 10, counted: 'charges', most: 10 },
  },
  {
    block: 'find-leads',
    options: { limit: '3', providers: 'people-data-labs' },
    items: (count, sandbox) => sandbox.companies(count).map(({ domain }) => ({ domain })),
    service: { connector: 'people-data-labs', key: 'apiKey', batch: 1, counted: 'charges', most: 3 },
  },
  {
    block: 'sync-crm',
    options: { crm: 'hubspot' },
    items: (count, sandbox) =>
      people(count, sandbox).map(({ email, firstName, lastName, title, city }) => ({
        email,
        firstName,
        lastName,
        title,
        city,
      })),
    service: { connector: 'hubspot', key: 'token', batch: 100, counted: 'charges', most: 0 },
  },
  {
    block: 'send-message',
    options: { providers: 'sendgrid', from: 'me@sender.example', subject: 'A question', text: 'Hello' },
    items: addresses,
    service: { connector: 'sendgrid', key: 'apiKey', batch: 1, counted: 'successes', most: 1 },
  },
  {
    block: 'scrape-website',
    options: { maxPages: '2' },
    items: (count, sandbox) => sandbox.companies(count).map(({ website }) => ({ website })),
  },
]
