import { describe, expect, it } from 'vitest'
import { isNoEmployer } from '../../contracts/free-mail.ts'
import { domainOf, personKeys } from './keys.ts'
import { begin, take, type Enriched } from './merge.ts'

const at = new Date('2026-11-20T10:00:00Z')
const apollo = { provider: 'apollo', at }
const hunter = { provider: 'hunter', at }
const taken = (
  lead: Record<string, unknown>,
  answer: Record<string, unknown>,
  want: string[] = ['title'],
  overwrite = false,
): Enriched => take(begin(lead, want, overwrite), answer, apollo)

describe('enriching a lead', () => {
  it('fills what is missing and never what is there', () => {
    const lead = { title: 'CEO', email: 'a@acme.example', company: 'Acme' }
    const answer = { title: 'Boss', phone: '+12025550123', company: { name: 'ACME Inc', employees: 7 } }
    const after = taken(lead, answer, ['title', 'phone', 'company.name', 'company.employees'])
    expect(after.lead).toEqual({
      title: 'CEO',
      email: 'a@acme.example',
      phone: '+12025550123',
      company: { name: 'Acme', employees: 7 },
    })
    expect(after).toMatchObject({ enrichedBy: { phone: 'apollo', 'company.employees': 'apollo' }, missing: [] })
  })

  it('replaces wanted fields when told to, and never an e-mail that was not asked for', () => {
    const after = taken(
      { title: 'CEO', email: 'a@acme.example' },
      { title: 'CTO', email: 'b@acme.example' },
      ['title'],
      true,
    )
    expect(after.lead).toEqual({ title: 'CTO', email: 'a@acme.example' })
  })

  it('asks by what is known: the domain of the website, else of the address', () => {
    expect(domainOf({ website: 'https://www.Acme.example/contact?x=1' })).toBe('acme.example')
    expect(domainOf({ email: 'a@beta.example' })).toBe('beta.example')
    expect(personKeys({ fullName: 'Anna Berg', company: { name: 'Acme', domain: 'acme.example' } })).toEqual({
      fullName: 'Anna Berg',
      company: 'Acme',
      domain: 'acme.example',
    })
  })
})

describe('an address and its verdict', () => {
  const answer = { email: 'anna@acme.example', verdict: 'deliverable' }

  it('come together where there is none', () => {
    const { lead, missing, enrichedBy } = taken({ fullName: 'Anna Berg' }, answer, ['email'])
    expect(lead).toEqual({
      fullName: 'Anna Berg',
      ...answer,
      verifiedBy: 'apollo',
      verifiedAt: '2026-11-20T10:00:00.000Z',
    })
    expect({ missing, enrichedBy }).toEqual({ missing: [], enrichedBy: { email: 'apollo', verdict: 'apollo' } })
  })

  it('come together also where only something else was wanted', () => {
    expect(taken({ linkedin: 'linkedin.com/in/anna' }, answer).lead).toMatchObject(answer)
  })

  it('stay away where there is another address', () => {
    const { lead, notTaken } = taken({ email: 'a.berg@acme.example' }, answer)
    expect(lead).toEqual({ email: 'a.berg@acme.example' })
    expect(notTaken).toEqual([
      { field: 'email', source: 'apollo', reason: 'anna@acme.example: another address than the lead’s' },
    ])
  })

  it('a verdict without its address says nothing', () => {
    expect(taken({ email: 'a.berg@acme.example' }, { verdict: 'deliverable' }).lead).toEqual({
      email: 'a.berg@acme.example',
    })
    expect(taken({}, { verdict: 'deliverable' }).lead).toEqual({})
  })

  it('the same address gets the verdict if it has none, and keeps its own', () => {
    expect(taken({ email: 'Anna@Acme.example' }, answer).lead).toMatchObject({
      email: 'Anna@Acme.example',
      verdict: 'deliverable',
    })
    const verified = { email: 'anna@acme.example', verdict: 'risky', verifiedBy: 'zerobounce' }
    expect(taken(verified, answer).lead).toEqual(verified)
  })

  it('an address replaces another one with all that was said of it', () => {
    const before = {
      email: 'old@acme.example',
      verdict: 'risky',
      verifiedBy: 'zerobounce',
      emailChecks: { isRole: true },
    }
    const after = taken(before, { email: 'anna@acme.example' }, ['email'], true)
    expect(after.lead).toEqual({ email: 'anna@acme.example' })
    expect(after.dropped).toEqual(['verdict', 'verifiedBy', 'emailChecks'])
  })

  it('a verdict that belongs to no address does not become the found one’s', () => {
    const after = taken({ verdict: 'deliverable', verifiedBy: 'zerobounce' }, { email: 'anna@acme.example' }, ['email'])
    expect(after.lead).toEqual({ email: 'anna@acme.example' })
    expect(after.dropped).toEqual(['verdict', 'verifiedBy'])
  })
})

describe('a phone and its type', () => {
  it('come together, also beside a mobile of another service', () => {
    expect(taken({ mobile: '+12025550101' }, { phone: '+12025550199', phoneType: 'work' }).lead).toEqual({
      mobile: '+12025550101',
      phone: '+12025550199',
      phoneType: 'work',
    })
    expect(taken({ phone: '+1 202 555 0123' }, { phone: '+12025550199', phoneType: 'work' }).lead).toEqual({
      phone: '+1 202 555 0123',
    })
    expect(taken({ phone: '+1 202 555 0123' }, { phone: '+12025550123', phoneType: 'work' }).lead).toMatchObject({
      phoneType: 'work',
    })
  })
})

describe('two companies', () => {
  const beta = { title: 'CTO', company: { name: 'Beta', domain: 'beta.example', employees: 9 } }

  it.each([
    ['by domain', { company: { name: 'Acme', domain: 'acme.example' } }],
    ['by website', { website: 'https://www.acme.example/about' }],
    ['by the work address', { email: 'anna@acme.example' }],
    ['by name', { company: 'Acme' }],
  ])('never become one: %s', (_by, lead) => {
    const after = taken(lead, beta, ['title', 'company.employees'])
    expect(after.lead).toEqual(lead)
    expect(after.missing).toEqual(['title', 'company.employees'])
    expect(after.notTaken).toEqual([
      { field: 'company', source: 'apollo', reason: 'Beta, beta.example: another company than the lead’s' },
      { field: 'job', source: 'apollo', reason: 'Beta, beta.example: a job at another company than the lead’s' },
    ])
  })

  it('are one if the domain is, or the name without its legal form', () => {
    expect(taken({ website: 'shop.beta.example' }, beta).lead).toMatchObject({
      title: 'CTO',
      company: { employees: 9 },
    })
    expect(taken({ company: 'BETA GmbH' }, beta).lead).toMatchObject({
      company: { name: 'BETA GmbH', employees: 9, domain: 'beta.example' },
    })
  })

  it('the first answer’s stays whole when a second one knows another', () => {
    const first = taken({ email: 'anna@gmail.com' }, { company: { name: 'Acme', domain: 'acme.example' } }, [
      'company.employees',
    ])
    const second = take(first, beta, hunter)
    expect(second.lead).toEqual({ email: 'anna@gmail.com', company: { name: 'Acme', domain: 'acme.example' } })
  })

  it('one replaces the other as a whole, its job with it, once', () => {
    const lead = {
      title: 'CEO',
      seniority: 'c_suite',
      website: 'acme.example',
      company: { name: 'Acme', phone: '+12025550100' },
    }
    const first = taken(lead, beta, ['title', 'company.name', 'company.phone'], true)
    expect(first.lead).toEqual(beta)
    expect(first.dropped).toEqual(['website', 'seniority'])
    const acme = { title: 'CEO', company: { name: 'Acme', domain: 'acme.example', phone: '+12025550100' } }
    expect(take(first, acme, hunter).lead).toEqual(beta)
  })
})

describe('a mail provider', () => {
  it.each(['gmx.de', 'gmail.com', 'web.de'])('%s is no employer', (domain) => {
    expect(isNoEmployer(domain)).toBe(true)
    expect(domainOf({ email: `bea.klein@${domain}` })).toBeUndefined()
    expect(domainOf({ website: `https://www.${domain}`, email: 'bea@acme.example' })).toBe('acme.example')
    expect(personKeys({ email: `bea@${domain}` })).toEqual({ email: `bea@${domain}` })
    const { lead, notTaken } = taken({ email: `bea@${domain}` }, { company: { name: 'Mail Provider Inc', domain } })
    expect(lead).toEqual({ email: `bea@${domain}` })
    expect(notTaken).toMatchObject([{ field: 'company', reason: `${domain} is a mail provider and not the employer` }])
  })
})

describe('a mail provider that Verify Email knows and the hub does not', () => {
  const lead = { email: 'anna@letters.example', emailChecks: { isFree: true } }

  it('is not asked for as the employer, and does not keep a title away', () => {
    expect(domainOf(lead)).toBeUndefined()
    expect(taken(lead, { title: 'CTO', company: { domain: 'acme.example' } }).lead).toMatchObject({ title: 'CTO' })
  })

  it('the same domain of a work address does', () => {
    const work = { email: 'anna@letters.example', emailChecks: { isFree: false } }
    expect(taken(work, { title: 'CTO', company: { domain: 'acme.example' } }).lead).not.toHaveProperty('title')
  })
})

describe('names and places', () => {
  it('a name is completed, and never made of two people', () => {
    expect(taken({ firstName: 'Anna' }, { fullName: 'Anna Berg', lastName: 'Berg' }).lead).toEqual({
      firstName: 'Anna',
      fullName: 'Anna Berg',
      lastName: 'Berg',
    })
    const { lead, notTaken } = taken(
      { firstName: 'Anna' },
      { fullName: 'Bea Klein', firstName: 'Bea', lastName: 'Klein' },
    )
    expect(lead).toEqual({ firstName: 'Anna' })
    expect(notTaken).toMatchObject([{ field: 'name', reason: 'Bea Klein: another name than the lead’s' }])
  })

  it('a place is completed, and never made of two', () => {
    expect(taken({ country: 'Germany' }, { city: 'Hamburg', country: 'DE' }).lead).toEqual({
      city: 'Hamburg',
      country: 'Germany',
    })
    expect(taken({ city: 'Berlin' }, { city: 'Hamburg', state: 'Hamburg', country: 'DE' }).lead).toEqual({
      city: 'Berlin',
    })
    expect(taken({ city: 'Berlin', country: 'DE' }, { state: 'Bavaria', country: 'DE' }).lead).toEqual({
      city: 'Berlin',
      country: 'DE',
    })
  })
})
