import { beforeAll, describe, expect, it } from 'vitest'
import { databaseForAll } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { refreshViews } from './refresh-views.ts'
import { openLeads, type LeadStore } from './store.ts'
import { readViewRules, writeViewRules } from './view-rules.ts'

const flow = { source: 'flow', confidence: 0.8 }
const day = (n: number): string => `2026-03-${String(n).padStart(2, '0')}T08:00:00.000Z`

describe.each(testDatabases)('who said what of a lead on $kind', ({ open }) => {
  const database = databaseForAll(open)
  let leads: LeadStore
  const scope = { workspace: 'ws_1', mode: 'test' as const }
  beforeAll(() => {
    leads = openLeads(database.db, scope, 'run_1')
  })

  const factsOf = async (id: string, field: string) => (await leads.facts(id)).filter((fact) => fact.field === field)

  it('is kept with vendor, page, price, day, ledger row and run, field by field', async () => {
    const item = {
      email: 'Anna@acme.example',
      title: 'CEO',
      phone: '(212) 555-0123',
      country: 'US',
      company: { domain: 'www.acme.example', name: 'Acme', employees: 20 },
      ids: { apollo: '54a' },
      observations: [
        {
          source: 'https://acme.example/team',
          at: day(1),
          values: { email: ['anna@acme.example', 0.9], 'company.name': ['Acme', 0.7] },
        },
        {
          source: 'apollo',
          at: day(2),
          price: 9900,
          ledger: 'led_7',
          legalBasis: 'legitimate_interest',
          values: {
            title: ['CEO', 0.6],
            phone: ['+1 212 555 0123', 0.6],
            'ids.apollo': ['54a', 1],
            'company.employees': [20, 0.5],
            'company.domain': ['acme.example', 0.5],
          },
        },
      ],
    }
    const { lead } = await leads.upsert(item, { ...flow, legalBasis: 'consent' })
    const bySource = Map.groupBy(await leads.facts(lead.id), ({ source }) => source)
    expect(bySource.get('https://acme.example/team')).toEqual([
      {
        subject: lead.id,
        field: 'email',
        value: 'anna@acme.example',
        source: 'https://acme.example/team',
        at: day(1),
        confidence: 0.9,
        legalBasis: 'consent',
        runId: 'run_1',
      },
      expect.objectContaining({ field: 'company.name', value: 'Acme', confidence: 0.7 }),
    ])
    expect(
      bySource
        .get('apollo')
        ?.map(({ field, value, confidence, price, ledger, legalBasis, at }) => [
          field,
          value,
          confidence,
          price,
          ledger,
          legalBasis,
          at,
        ]),
    ).toEqual(
      [
        ['apollo.id', '54a', 1],
        ['companyId', expect.any(String), 0.5],
        ['phone', '+12125550123', 0.6],
        ['title', 'CEO', 0.6],
        ['company.domain', 'acme.example', 0.5],
        ['company.employees', 20, 0.5],
      ].map((fact) => [...fact, 9900, 'led_7', 'legitimate_interest', day(2)]),
    )
    expect(bySource.get('flow')?.map(({ field, confidence }) => [field, confidence])).toEqual([['country', 0.8]])
    expect(lead).not.toHaveProperty('custom.observations')
  })

  it('is only kept of what the item still says: a field that was changed on the way is its sender’s', async () => {
    const observations = [{ source: 'apollo', at: day(1), values: { title: ['CEO', 0.9], city: ['Oslo', 0.9] } }]
    const { lead } = await leads.upsert({ email: 'changed@acme.example', title: 'CTO', observations }, flow)
    expect((await leads.facts(lead.id)).map(({ field, value, source }) => [field, value, source])).toEqual([
      ['email', 'changed@acme.example', 'flow'],
      ['title', 'CTO', 'flow'],
    ])
  })

  it('takes nothing from observations that are none', async () => {
    const observations = ['x', null, { source: 'apollo' }, { source: 'apollo', at: day(1), values: { title: 'CEO' } }]
    const { lead } = await leads.upsert({ email: 'none@acme.example', title: 'CEO', observations }, flow)
    expect(await factsOf(lead.id, 'title')).toMatchObject([{ source: 'flow' }])
  })

  it('is one row when it is said again, with the day on which it was said last', async () => {
    const saying = (at: string) =>
      leads.upsert({ email: 'again@acme.example', city: 'Oslo' }, { ...flow, at: new Date(at) })
    const { lead } = await saying(day(3))
    await saying(day(5))
    await saying(day(4))
    expect(await factsOf(lead.id, 'city')).toMatchObject([{ value: 'Oslo', at: day(5) }])
  })

  it('shows a verdict only beside the address that it is about', async () => {
    const { lead } = await leads.upsert(
      { linkedin: 'linkedin.com/in/verdict-a', email: 'old@acme.example', verdict: 'undeliverable' },
      { ...flow, at: new Date(day(1)) },
    )
    expect(lead).toMatchObject({ email: 'old@acme.example', verdict: 'undeliverable' })
    const { lead: moved } = await leads.upsert(
      { linkedin: 'linkedin.com/in/verdict-a', email: 'new@acme.example' },
      { ...flow, at: new Date(day(2)) },
    )
    expect(moved).toMatchObject({ id: lead.id, email: 'new@acme.example' })
    expect(moved).not.toHaveProperty('verdict')
  })

  it('does not become its sender’s own word when a stored lead comes back as an item', async () => {
    const observations = [{ source: 'apollo', at: day(1), values: { title: ['CEO', 0.6] } }]
    const { lead } = await leads.upsert(
      { email: 'echo@acme.example', title: 'CEO', custom: { 'apollo.intent': 'high', segment: 'A' }, observations },
      flow,
    )
    const { id: leadId, createdAt: _createdAt, updatedAt: _updatedAt, ...fields } = lead
    const { outcome, lead: after } = await leads.upsert(
      { leadId, ...fields, city: 'Oslo' },
      { source: 'you', confidence: 0.9 },
    )
    expect(outcome).toBe('updated')
    expect(after).toMatchObject({ ...fields, city: 'Oslo', updatedAt: expect.any(String) })
    expect((await leads.facts(lead.id)).filter(({ source }) => source === 'you').map(({ field }) => field)).toEqual([
      'city',
    ])
  })

  it('may be chosen from by a workspace’s own rules, and stored leads follow', async () => {
    const own = { workspace: 'ws_rules', mode: 'test' as const }
    const store = openLeads(database.db, own)
    const say = (title: string, source: string, confidence: number, at: string) =>
      store.upsert({ email: 'rules@acme.example', title }, { source, confidence, at: new Date(at) })
    const { lead } = await say('Sure', 'apollo', 0.9, day(1))
    await say('Preferred', 'hubspot', 0.4, day(2))
    await say('On the page', 'https://acme.example/team', 0.3, day(3))
    await say('Newest', 'you', 0.2, day(4))
    const titleWith = async (rules: Parameters<typeof writeViewRules>[2]) => {
      await writeViewRules(database.db, own, rules)
      await refreshViews(database.db)
      return (await store.get(lead.id)).title
    }
    expect((await store.get(lead.id)).title).toBe('Sure')
    expect(await titleWith({ title: { sources: ['clearbit', 'hubspot', 'apollo'] } })).toBe('Preferred')
    expect(await titleWith({ title: { sources: ['website'] } })).toBe('On the page')
    expect(await titleWith({ title: { newest: true } })).toBe('Newest')
    expect(await titleWith({ city: { newest: true } })).toBe('Sure')
    expect((await readViewRules(database.db, own)).version).toBe(4)
    await writeViewRules(database.db, own, { city: { newest: true } })
    expect((await readViewRules(database.db, own)).version).toBe(4)
    expect(await refreshViews(database.db)).toBe(0)
    await say('Newer still', 'you', 0.2, day(5))
    expect((await store.get(lead.id)).title).toBe('Sure')
  })

  it('tells of a changed view, and never what it shows', async () => {
    const rows = await database.db
      .selectFrom('event')
      .select(['type', 'data'])
      .where('workspace', '=', 'ws_rules')
      .orderBy('ordinal')
      .execute()
    expect(
      rows.filter(({ type, data }) => type === 'lead.updated' && JSON.stringify(data) === '{"fields":["title"]}')
        .length,
    ).toBeGreaterThanOrEqual(4)
    for (const { data } of await database.db.selectFrom('event').select('data').execute())
      expect(JSON.stringify(data)).not.toMatch(/@|Oslo|CEO|Newest/)
  })
})
