import { describe, expect, test } from 'vitest'
import { createPopulation } from './population.ts'
import type { MailboxKind } from './types.ts'

const population = createPopulation(1)
const sample = Array.from({ length: 3000 }, (_, at) => population.person(at * 7))

describe('the population', () => {
  test('is 10,000 people at 2,000 companies', () => {
    expect(population.size).toEqual({ companies: 2000, people: 10_000 })
    expect(population.person(9_999).company.index).toBe(1999)
    expect(population.person(10_000).company.index).toBe(2000)
  })

  test('is the same for the same seed and another for another', () => {
    expect(createPopulation(1).person(77)).toEqual(population.person(77))
    expect(createPopulation(2).person(77).email).not.toBe(population.person(77).email)
  })

  test('never gives two people one address', () => {
    const seen = new Set<string>()
    const people = 300_000
    for (let index = 0; index < people; index++) seen.add(population.emailOf(index))
    expect(seen.size).toBe(people)
  })

  test('never gives two companies one domain, also when all pairs of words are used up', () => {
    const seen = new Set<string>()
    for (let index = 0; index < 100_000; index++) seen.add(population.company(index * 31).domain)
    expect(seen.size).toBe(100_000)
    const far = population.company(2_000_000)
    expect(far.domain).toMatch(/^[a-z]+-[a-z]+-\d\.example$/)
    expect(population.findCompany({ domain: far.domain })).toEqual(far)
  })

  test('uses reserved names only', () => {
    for (const person of sample) {
      expect(person.email).toMatch(/@[a-z0-9-]+\.example$/)
      expect(person.phone).toMatch(/^\+1\d{3}55501\d\d$/)
      expect(person.mobile).toMatch(/^\+1\d{3}55501\d\d$/)
      expect(person.company.phone).toMatch(/^\+1\d{3}55501\d\d$/)
      expect(new URL(person.company.website).hostname).toBe(person.company.domain)
    }
  })

  test('finds everybody by e-mail, LinkedIn, id and name with domain or company', () => {
    for (const person of sample) {
      expect(population.findPerson({ email: person.email.toUpperCase() })?.index).toBe(person.index)
      expect(population.findPerson({ linkedin: person.linkedin.replace('https://www.', '') + '/' })?.index).toBe(
        person.index,
      )
      expect(population.findPerson({ id: person.id })?.index).toBe(person.index)
      expect(population.findPerson({ fullName: person.fullName, domain: person.company.domain })?.index).toBe(
        person.index,
      )
      expect(
        population.findPerson({ firstName: person.firstName, lastName: person.lastName, company: person.company.name })
          ?.index,
      ).toBe(person.index)
      expect(population.findCompany({ domain: `www.${person.company.domain}` })?.index).toBe(person.company.index)
      expect(population.findCompany({ id: person.company.id })?.index).toBe(person.company.index)
      expect(population.findCompany({ name: person.company.name })?.index).toBe(person.company.index)
      expect(population.findCompany({ linkedin: person.company.linkedin })?.index).toBe(person.company.index)
    }
    expect(population.findCompany({ ip: population.company(300).ip })?.index).toBe(300)
  })

  test('finds nobody who is not there', () => {
    const known = population.person(5)
    expect(population.findPerson({ email: `nobody@${known.company.domain}` })).toBeNull()
    expect(population.findPerson({ email: 'somebody@gmail.com' })).toBeNull()
    expect(population.findPerson({ linkedin: 'https://www.linkedin.com/in/ada-lovelace-2s' })).toBeNull()
    expect(population.findPerson({ fullName: 'Ada Lovelace', domain: known.company.domain })).toBeNull()
    expect(population.findPerson({ id: 'f'.repeat(24) })).toBeNull()
    expect(population.findCompany({ domain: 'no-such-thing-at-all.example' })).toBeNull()
    expect(population.findCompany({ domain: 'example.com' })).toBeNull()
  })

  test('finds more than 50,000 a second by e-mail', () => {
    const emails = Array.from({ length: 5000 }, (_, at) => population.emailOf(at * 2))
    // Of this thread's processor time, so that other programs do not decide it. Seen: 140,000.
    const round = (): number => {
      const before = process.threadCpuUsage()
      for (const email of emails) population.findPerson({ email })
      const { user, system } = process.threadCpuUsage(before)
      return (emails.length / (user + system)) * 1_000_000
    }
    expect(Math.max(...Array.from({ length: 6 }, round))).toBeGreaterThan(50_000)
  })

  test('searches by every filter', () => {
    const found = [
      ...population.searchPeople({
        seniorities: ['director', 'vp'],
        departments: ['marketing'],
        locations: ['United States'],
      }),
    ]
    expect(found.length).toBeGreaterThan(20)
    for (const index of found) {
      const person = population.person(index)
      expect(['director', 'vp']).toContain(person.seniority)
      expect(person).toMatchObject({ department: 'marketing', country: 'US' })
    }
    const small = [...population.searchCompanies({ industries: ['software'], employees: { max: 50 } })].map(
      population.company,
    )
    expect(small.length).toBeGreaterThan(20)
    expect(small.every((one) => one.employees <= 50)).toBe(true)
  })
})

describe('the mailboxes', () => {
  const kindOf = (email: string): MailboxKind => population.mailboxOf(email).kind

  test('exist for about four of five people, and the others are spread over every other kind', () => {
    const kinds = new Map<MailboxKind, number>()
    const everybody = Array.from({ length: 10_000 }, (_, index) => population.person(index))
    for (const person of everybody) kinds.set(kindOf(person.email), (kinds.get(kindOf(person.email)) ?? 0) + 1)
    const reachable = everybody.filter(population.reachable).length
    expect(reachable).toBe(kinds.get('personal'))
    expect(reachable).toBeGreaterThan(7700)
    expect(reachable).toBeLessThan(8400)
    for (const kind of ['catch-all', 'dead', 'greylisted', 'disposable', 'no-mail'] as const)
      expect(kinds.get(kind) ?? 0).toBeGreaterThan(80)
  })

  test('are told apart: role, missing, outside, malformed, free, +tag', () => {
    const person = sample.find((one) => population.reachable(one) && one.email.endsWith(one.company.domain))
    expect(person).toBeDefined()
    const domain = person?.company.domain ?? ''
    expect(population.mailboxOf(`info@${domain}`)).toMatchObject({ kind: 'role', role: true, exists: true })
    expect(population.mailboxOf(`nobody.at.all@${domain}`)).toMatchObject({ kind: 'missing', exists: false })
    expect(population.mailboxOf(person?.email.replace('@', '+news@') ?? '')).toMatchObject({
      kind: 'personal',
      exists: true,
    })
    expect(population.mailboxOf('ada@gmail.com')).toMatchObject({ kind: 'outside', exists: null })
    expect(population.mailboxOf('not an address').kind).toBe('malformed')
    const free = sample.find((one) => population.mailboxOf(one.email).free)
    expect(free && population.mailboxOf(free.email)).toMatchObject({ kind: 'personal', exists: true })
  })

  test('have mail servers, but not at every company, and none are known of strangers', () => {
    const servers = Array.from({ length: 2000 }, (_, index) => population.resolveMx(population.company(index).domain))
    const without = servers.filter((list) => list?.length === 0).length
    expect(without).toBeGreaterThan(15)
    expect(without).toBeLessThan(80)
    expect(population.resolveMx('gmail.com')).toBeNull()
  })
})
