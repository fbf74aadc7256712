import { describe, expect, it } from 'vitest'
import { changedFields, recordOf } from './record.ts'

const lead = {
  email: 'Anna@Acme.example',
  fullName: 'Anna Maria Berg',
  title: 'CEO',
  score: 80,
  reasons: ['a', 'b'],
  company: { name: 'Acme', domain: 'acme.example', address: { city: 'Berlin' } },
}

describe('what is written to a CRM', () => {
  it('is found by the address in lower case, with the name split and the company by name', () => {
    expect(recordOf(lead, 'contact', [])).toEqual({
      key: 'anna@acme.example',
      fields: { email: 'anna@acme.example', firstName: 'Anna Maria', lastName: 'Berg', title: 'CEO', company: 'Acme' },
      custom: {},
      company: { name: 'Acme', domain: 'acme.example' },
    })
  })

  it('takes further fields by the CRM’s names as they are, and leaves out what is not known', () => {
    expect(
      recordOf(lead, 'contact', [
        { from: 'score', to: 'lead_score' },
        { from: 'reasons', to: 'why' },
        { from: 'nothing', to: 'x' },
      ]),
    ).toMatchObject({ custom: { lead_score: 80, why: ['a', 'b'] } })
  })

  it('of a company is found by its domain', () => {
    expect(recordOf(lead, 'company', [])).toMatchObject({
      key: 'acme.example',
      fields: { name: 'Acme', city: 'Berlin' },
    })
  })

  it('says why there is nothing to write', () => {
    expect(recordOf({}, 'contact', [])).toMatch(/no e-mail address/)
    expect(recordOf({}, 'company', [])).toMatch(/no website or domain/)
  })

  it('of a company is never a mail provider', () => {
    expect(recordOf({ website: 'https://www.gmx.de' }, 'company', [])).toMatch(/^gmx\.de is a mail provider/)
    expect(recordOf({ company: { name: 'Klein', domain: 'gmail.com' } }, 'company', [])).toMatch(
      /^gmail\.com is a mail provider/,
    )
  })

  it('is unchanged when the values last agreed are the same, also as text', () => {
    const record = { key: 'k', fields: { title: 'CEO' }, custom: { lead_score: 80 } }
    expect(changedFields(record, { title: 'CEO', lead_score: '80', other: 1 })).toEqual([])
    expect(changedFields(record, { title: 'CTO', lead_score: 80 })).toEqual(['title'])
    expect(changedFields(record, {})).toEqual(['title', 'lead_score'])
  })
})
