import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BlockAnswer } from '../../hub-server/src/api/runs.ts'
import type { Companies } from '../../hub-server/src/api/sandbox.ts'
import type { Fact } from '../../hub-server/src/contracts/facts.ts'
import type { Lead } from '../../hub-server/src/contracts/lead.ts'
import { startHub, type Hub } from './hub-process.ts'

type Output = Readonly<Record<string, unknown>>

describe('stored leads over REST', () => {
  let hub: Hub
  beforeAll(async () => {
    hub = await startHub({})
  })
  afterAll(() => hub.stop())

  const ask = async <Body>(method: string, path: string, body?: object): Promise<Body> => {
    const answer = await hub.call<Body>(method, path, { key: hub.keys.test, ...(body && { body }) })
    expect(answer.status, answer.text).toBeLessThan(300)
    return answer.body
  }
  const store = async (lead: object): Promise<Lead> => (await ask<{ lead: Lead }>('POST', '/v1/leads', { lead })).lead
  const found = async (query: string): Promise<string[]> =>
    (await ask<{ leads: Lead[] }>('GET', `/v1/leads?${query}`)).leads.map(({ id }) => id)

  test('are found by an address in any spelling, and by words', async () => {
    const lead = await store({
      email: 'Anna@Acme.example',
      linkedin: 'https://www.linkedin.com/in/anna-berg',
      fullName: 'Anna Berg',
      company: { name: 'Acme', domain: 'acme.example' },
    })
    await store({ email: 'ben@acme.example' })
    for (const query of [
      'email=anna@acme.example',
      'email=%3CANNA@acme.example.%3E',
      'linkedin=de.linkedin.com/in/Anna-Berg/de',
      'q=berg',
      'search=anna%20acme',
      'email=anna@acme.example&q=berg',
    ])
      expect(await found(query), query).toEqual([lead.id])
    expect(await found('email=n/a')).toEqual([])
    expect(await found('email=anna@acme.example&q=nobody')).toEqual([])
  })

  test('tell which service, page and day each field comes from, at what price', async () => {
    const companies = await ask<Companies>('GET', '/v1/sandbox/companies?limit=1')
    const scraped = await ask<BlockAnswer<Output>>('POST', '/v1/blocks/scrape-website', {
      items: [{ website: companies.companies[0]?.website }],
    })
    const person = scraped.results[0]?.outputs.find(({ email, kind }) => email && kind === 'person')
    const verified = await ask<BlockAnswer<Output>>('POST', '/v1/blocks/verify-email', {
      items: [person],
      options: { depth: 'services', providers: ['zerobounce'] },
    })
    const [output] = verified.results[0]?.outputs ?? []
    const [stored] =
      (await ask<BlockAnswer<{ lead: Lead }>>('POST', '/v1/blocks/lead-store', { items: [output] })).results[0]
        ?.outputs ?? []
    const { facts } = await ask<{ facts: Fact[] }>('GET', `/v1/leads/${stored?.lead.id}/facts`)
    expect(facts).toContainEqual(expect.objectContaining({ field: 'email', source: person?.source }))
    expect(facts).toContainEqual(
      expect.objectContaining({
        field: 'verdict',
        source: 'zerobounce',
        price: verified.usage.price,
        ledger: expect.stringMatching(/^led_/),
        at: expect.any(String),
      }),
    )
  })

  test('are merged, split again, and deleted', async () => {
    const [one, two] = [
      await store({ email: 'cleo@acme.example', title: 'CTO' }),
      await store({ email: 'cleo2@acme.example', title: 'CEO' }),
    ]
    expect(await ask('POST', `/v1/leads/${one.id}/merge`, { into: two.id })).toMatchObject({ id: two.id })
    expect(await ask('DELETE', `/v1/leads/${one.id}/merge`)).toMatchObject({ id: one.id, title: 'CTO' })
    expect(await ask('GET', `/v1/leads/${two.id}`)).toMatchObject({ title: 'CEO' })
    await ask('DELETE', `/v1/leads/${one.id}`)
    expect((await hub.call('GET', `/v1/leads/${one.id}`, { key: hub.keys.test })).status).toBe(404)
    expect((await hub.call('DELETE', `/v1/leads/${one.id}`, { key: hub.keys.test })).status).toBe(404)
  })

  test('follow other rules of which value is shown', async () => {
    const { id } = await store({ email: 'dora@acme.example', title: 'Older' })
    await ask('POST', '/v1/leads', { lead: { email: 'dora@acme.example', title: 'Newer' }, confidence: 0.2 })
    expect(await ask('GET', '/v1/settings/view-rules')).toEqual({ version: 0, rules: {} })
    expect(await ask('PUT', '/v1/settings/view-rules', { rules: { title: { newest: true } } })).toEqual({
      version: 1,
      rules: { title: { newest: true } },
    })
    const title = async () => (await ask<Lead>('GET', `/v1/leads/${id}`)).title
    await expect.poll(title).toBe('Newer')
    expect(
      (
        await hub.call('PUT', '/v1/settings/view-rules', {
          key: hub.keys.test,
          body: { rules: { title: { newst: true } } },
        })
      ).status,
    ).toBe(400)
  })
})
