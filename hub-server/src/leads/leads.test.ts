import { beforeAll, describe, expect, it } from 'vitest'
import { databaseForAll } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { openLeads, type LeadStore } from './store.ts'

const flow = { source: 'flow', confidence: 0.8 }

describe.each(testDatabases)('leads on $kind', ({ open }) => {
  const database = databaseForAll(open)
  let leads: LeadStore
  beforeAll(() => {
    leads = openLeads(database.db, { workspace: 'ws_1', mode: 'test' })
  })

  it('keeps each person once, however the address is written', async () => {
    const first = await leads.upsert({ email: 'Anna@Acme.example', fullName: 'Anna Berg' }, flow)
    const second = await leads.upsert({ email: ' anna@acme.example', title: 'CEO' }, flow)
    expect(first.outcome).toBe('created')
    expect(second).toMatchObject({
      outcome: 'updated',
      lead: { id: first.lead.id, fullName: 'Anna Berg', title: 'CEO', email: 'anna@acme.example' },
    })
    expect((await leads.upsert({ email: 'anna@acme.example', title: 'CEO' }, flow)).outcome).toBe('unchanged')
  })

  it('shows the likelier of two values, of two equally likely ones the later, and keeps both', async () => {
    const { lead } = await leads.upsert({ email: 'b@acme.example', title: 'Guess' }, { source: 'a', confidence: 0.5 })
    await leads.upsert({ email: 'b@acme.example', title: 'Known' }, { source: 'b', confidence: 0.9 })
    await leads.upsert({ email: 'b@acme.example', title: 'Other guess' }, { source: 'c', confidence: 0.6 })
    expect((await leads.get(lead.id)).title).toBe('Known')
    expect(
      (await leads.facts(lead.id))
        .filter(({ field }) => field === 'title')
        .map(({ value }) => value)
        .sort(),
    ).toEqual(['Guess', 'Known', 'Other guess'])
  })

  it('never takes two people at a role address for one', async () => {
    const one = await leads.upsert({ email: 'info@acme.example', fullName: 'One Person' }, flow)
    const two = await leads.upsert({ email: 'info@acme.example', fullName: 'Two Person' }, flow)
    expect(two.lead.id).not.toBe(one.lead.id)
  })

  it('stores a nameless mailbox once', async () => {
    const first = await leads.upsert({ email: 'office@acme.example' }, flow)
    expect(await leads.upsert({ email: 'office@acme.example' }, flow)).toMatchObject({
      outcome: 'unchanged',
      lead: { id: first.lead.id },
    })
  })

  it('merges two leads that turn out to be one, and the old id still resolves', async () => {
    const byMail = await leads.upsert({ email: 'c@acme.example', title: 'CTO' }, flow)
    const byProfile = await leads.upsert({ linkedin: 'https://www.linkedin.com/in/c-acme/', fullName: 'C Acme' }, flow)
    const both = await leads.upsert({ email: 'c@acme.example', linkedin: 'http://linkedin.com/in/C-Acme?x=1' }, flow)
    expect(both.lead).toMatchObject({ title: 'CTO', fullName: 'C Acme' })
    expect((await leads.get(byMail.lead.id)).id).toBe(both.lead.id)
    expect((await leads.get(byProfile.lead.id)).id).toBe(both.lead.id)
  })

  it('tells what became of a lead, by the names of its fields', async () => {
    const { lead } = await leads.upsert({ email: 'told@gamma.example', company: { domain: 'gamma.example' } }, flow)
    await leads.upsert({ email: 'told@gamma.example', title: 'CEO' }, flow)
    await leads.upsert({ email: 'told@gamma.example', title: 'CEO' }, flow)
    const other = await leads.upsert({ linkedin: 'https://linkedin.com/in/told-gamma', city: 'Berlin' }, flow)
    await leads.merge(other.lead.id, lead.id)
    const told = async (subject: string) =>
      (
        await database.db
          .selectFrom('event')
          .select(['type', 'data'])
          .where('subject', '=', subject)
          .orderBy('ordinal')
          .execute()
      ).map(({ type, data }) => [type, data])
    expect(await told(lead.id)).toEqual([
      ['lead.created', { fields: ['companyId', 'email'] }],
      ['lead.updated', { fields: ['title'] }],
      ['lead.updated', { fields: ['city', 'linkedin'] }],
    ])
    expect(await told(other.lead.id)).toEqual([
      ['lead.created', { fields: ['city', 'linkedin'] }],
      ['lead.merged', { into: lead.id }],
    ])
  })

  it('shows what two give at once to one lead that they know differently', async () => {
    const { lead } = await leads.upsert(
      { email: 'twice@gamma.example', linkedin: 'https://linkedin.com/in/twice-gamma' },
      flow,
    )
    await Promise.all([
      leads.upsert({ email: 'twice@gamma.example', title: 'CTO' }, flow),
      leads.upsert({ linkedin: 'https://linkedin.com/in/twice-gamma', city: 'Oslo' }, flow),
    ])
    expect(await leads.get(lead.id)).toMatchObject({ title: 'CTO', city: 'Oslo' })
  })

  it('keeps a company once for all its people', async () => {
    const one = await leads.upsert(
      { email: 'd@beta.example', company: { domain: 'beta.example', name: 'Beta', employees: 20 } },
      flow,
    )
    await leads.upsert({ email: 'e@beta.example', company: { domain: 'www.Beta.example', industry: 'Software' } }, flow)
    expect((await leads.get(one.lead.id)).company).toMatchObject({ name: 'Beta', employees: 20, industry: 'Software' })
  })

  it('keeps a vendor’s extras and own fields, and leaves out what only the flow is about', async () => {
    const { lead } = await leads.upsert(
      { email: 'f@acme.example', 'apollo.intent': 'high', custom: { segment: 'A' }, reasons: ['x'], crm: { id: 1 } },
      flow,
    )
    expect(lead).toMatchObject({ custom: { 'apollo.intent': 'high', segment: 'A' } })
    expect(lead).not.toHaveProperty('crm')
  })

  it('finds by words, with no wildcard of SQL meaning anything', async () => {
    expect((await leads.search('anna acme', 10)).map(({ email }) => email)).toEqual(['anna@acme.example'])
    expect(await leads.search('%', 10)).toEqual([])
  })

  it('stays one lead when many store it at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        leads.upsert(
          { email: 'g@acme.example', linkedin: 'https://linkedin.com/in/g-acme', [`x.n${index}`]: index },
          flow,
        ),
      ),
    )
    expect(new Set(all.map(({ lead }) => lead.id)).size).toBe(1)
    expect(Object.keys((await leads.get(all[0]?.lead.id ?? '')).custom ?? {}).length).toBe(20)
  })

  it('stays one mailbox when many store it at once', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => leads.upsert({ email: 'sales@acme.example' }, flow)))
    expect(new Set(all.map(({ lead }) => lead.id)).size).toBe(1)
  })

  it('stores a list as it stores one after the other', async () => {
    const list = [
      { email: 'h@gamma.example', title: 'CTO', company: { domain: 'gamma.example', name: 'Gamma' } },
      { email: 'i@gamma.example', company: { domain: 'gamma.example', employees: 9 } },
      { email: 'H@gamma.example', title: 'CEO', fullName: 'H Gamma' },
      { linkedin: 'https://linkedin.com/in/j-gamma', fullName: 'J Gamma' },
      { email: 'j@gamma.example', linkedin: 'https://linkedin.com/in/j-gamma' },
      { email: 'info@gamma.example' },
      { email: 'info@gamma.example' },
      { email: 'i@gamma.example', company: { domain: 'gamma.example', employees: 9 } },
      ...Array.from({ length: 60 }, (_, n) => ({ email: `k${n}@gamma.example`, company: { domain: 'gamma.example' } })),
    ]
    const stored = await leads.upsertAll(list, flow)
    const [h, i, hAgain, j, jAgain, info, infoAgain, iAgain, ...others] = stored
    expect([h, i, hAgain, j, jAgain, info, infoAgain, iAgain].map((one) => one?.outcome)).toEqual([
      'created',
      'created',
      'updated',
      'created',
      'updated',
      'created',
      'unchanged',
      'unchanged',
    ])
    expect([hAgain?.id, jAgain?.id, infoAgain?.id, iAgain?.id]).toEqual([h?.id, j?.id, info?.id, i?.id])
    expect(new Set(stored.map(({ id }) => id)).size).toBe(4 + others.length)
    expect(await leads.get(h?.id ?? '')).toMatchObject({
      title: 'CEO',
      fullName: 'H Gamma',
      company: { name: 'Gamma', employees: 9 },
    })
  })

  it('merges within a list whoever turns out to be one, whichever way round', async () => {
    const [mail, profile] = await leads.upsertAll(
      [
        { email: 'l@gamma.example', title: 'COO' },
        { linkedin: 'https://linkedin.com/in/l-gamma', fullName: 'L Gamma' },
      ],
      flow,
    )
    const both = await leads.upsertAll(
      [
        { email: 'l2@gamma.example', linkedin: 'https://linkedin.com/in/l-gamma' },
        { email: 'l@gamma.example' },
        { email: 'l@gamma.example', linkedin: 'https://linkedin.com/in/l-gamma' },
      ],
      flow,
    )
    expect(new Set([mail, profile, both[2]].flatMap((one) => (one ? [one.id] : []))).size).toBe(2)
    expect(await leads.get(profile?.id ?? '')).toMatchObject({ id: both[2]?.id, title: 'COO', fullName: 'L Gamma' })
    expect((await leads.get(mail?.id ?? '')).id).toBe(both[2]?.id)
  })

  it('stores two lists at once that name the same people in another order', async () => {
    const people = Array.from({ length: 40 }, (_, n) => ({
      email: `m${n}@gamma.example`,
      linkedin: `https://linkedin.com/in/m${n}-gamma`,
    }))
    await leads.upsertAll(people, flow)
    const byMail = people.map(({ email }) => ({ email, title: 'A' }))
    const byProfile = people.map(({ linkedin }) => ({ linkedin, fullName: 'B' })).reverse()
    await Promise.all([
      leads.upsertAll(byMail, flow),
      leads.upsertAll(byProfile, flow),
      leads.upsertAll(byMail, flow),
      leads.upsertAll(byProfile, flow),
    ])
    expect(await leads.find({ email: 'm7@gamma.example' })).toMatchObject({ title: 'A', fullName: 'B' })
  })

  it('links subjects to records of outside systems, and keeps the values last agreed', async () => {
    const [one, two] = await leads.upsertAll([{ email: 'n1@gamma.example' }, { email: 'n2@gamma.example' }], flow)
    const link = (subject: string | undefined, record: string, base: object) => ({
      subject: subject ?? '',
      connection: 'c',
      object: 'contact',
      record,
      base: { ...base },
    })
    await leads.saveLinks([link(one?.id, '7', { a: 1 }), link(two?.id, '8', { a: 1 }), link(one?.id, '7', { a: 2 })])
    await leads.saveLinks([link(two?.id, '8', { a: 3 })])
    const links = await leads.linksOf([one?.id ?? '', two?.id ?? ''], 'c', 'contact')
    expect([...links.values()].map(({ record, base }) => [record, base]).sort()).toEqual([
      ['7', { a: 2 }],
      ['8', { a: 3 }],
    ])
    expect((await leads.linksOf([one?.id ?? ''], 'c', 'company')).size).toBe(0)
  })

  it('never shows a lead of the other mode', async () => {
    const live = openLeads(database.db, { workspace: 'ws_1', mode: 'live' })
    expect(await live.find({ email: 'anna@acme.example' })).toBeNull()
    expect(await live.search('', 10)).toEqual([])
  })

  it('says what a lead needs', async () => {
    await expect(leads.upsert({ title: 'CEO' }, flow)).rejects.toThrow(/needs an e-mail address/)
    await expect(leads.get('lead_x')).rejects.toMatchObject({ kind: 'not_found' })
  })
})
