import { describe, expect, it } from 'vitest'
import { begin, domainOf, personKeys, take } from './merge.ts'

describe('enriching a lead', () => {
  it('fills what is missing and never what is there', () => {
    const lead = { title: 'CEO', email: 'a@acme.example', company: 'Acme' }
    const after = take(begin(lead, ['title', 'phone', 'company.name', 'company.employees'], false), { title: 'Boss', phone: '+12025550123', company: { name: 'ACME Inc', employees: 7 } }, 'apollo', true)
    expect(after.lead).toEqual({ title: 'CEO', email: 'a@acme.example', phone: '+12025550123', company: { name: 'Acme', employees: 7 } })
    expect(after).toMatchObject({ enrichedBy: { phone: 'apollo', 'company.employees': 'apollo' }, missing: [] })
  })

  it('replaces wanted fields when told to, and never an e-mail that was not asked for', () => {
    const after = take(begin({ title: 'CEO', email: 'a@acme.example' }, ['title'], true), { title: 'CTO', email: 'b@acme.example' }, 'apollo', true)
    expect(after.lead).toEqual({ title: 'CTO', email: 'a@acme.example' })
  })

  it('leaves out what nobody is sure enough of', () => {
    expect(take(begin({}, ['title'], false), { title: 'CTO' }, 'apollo', false)).toMatchObject({ lead: {}, missing: ['title'] })
  })

  it('asks by what is known: the domain of the website, else of the address', () => {
    expect(domainOf({ website: 'https://www.Acme.example/contact?x=1' })).toBe('acme.example')
    expect(domainOf({ email: 'a@beta.example' })).toBe('beta.example')
    expect(personKeys({ fullName: 'Anna Berg', company: { name: 'Acme', domain: 'acme.example' } })).toEqual({ fullName: 'Anna Berg', company: 'Acme', domain: 'acme.example' })
  })
})
