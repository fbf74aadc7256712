import { describe, expect, it } from 'vitest'
import { Value } from 'typebox/value'
import type { Capability } from '../../capabilities/capability.ts'
import type { AskOptions } from '../../gateway/ask.ts'
import type { Result } from '../../contracts/result.ts'
import type { Asked, BlockContext } from '../block.ts'
import { isRecord } from '../fields.ts'
import { contextWith } from '../testing/context.ts'
import { block } from './block.ts'
import { contract } from './contract.ts'
import type { Options } from './search.ts'

interface Question {
  readonly capability: string
  readonly inputs: readonly object[]
  readonly options: AskOptions
}

const at = new Date(0)
const found = (provider: string, ...outputs: object[]): Asked<object> => ({ status: 'done', outputs, provider, at })
const miss = found('apollo')

/** What the block makes of items and answers, and what it asked. */
const find = async (items: object[], options: Partial<Options>, answers: Asked<object>[] = items.map(() => miss)) => {
  const asked: Question[] = []
  const ask = async ({ name }: Capability, inputs: readonly object[], how: AskOptions) => {
    asked.push({ capability: name, inputs, options: how })
    return answers
  }
  const filled = Value.Default(contract.options, { ...options }) as Options
  const results = await block.run(
    items.map((value, index) => ({ index: 10 + index, value: { ...value } })),
    filled,
    contextWith({ ask: ask as BlockContext['ask'] }),
  )
  return { asked, results }
}

/** What is said of who said it stands in a test of its own. */
const unobserved = (result: Result): Result => ({
  ...result,
  outputs: result.outputs.map((output) => (isRecord(output) ? omitted(output) : output)),
})
const omitted = ({ observations: _, ...output }: Record<string, unknown>): object => output

describe('Find Leads', () => {
  it(
    'hands on who said each field, on which day and for how much; of the item only what was said of ' + 'the company',
    async () => {
      const before = [
        {
          source: 'clearbit',
          at: '2026-01-01T00:00:00.000Z',
          values: { 'company.employees': [40, 0.9], title: ['Clerk', 0.9] },
        },
      ]
      const item = { company: { domain: 'acme.example', employees: 40 }, title: 'Clerk', observations: before }
      const ada = { firstName: 'Ada', ids: { apollo: 'p1' }, company: { name: 'Acme' } }
      const { results } = await find([item], {}, [{ ...found('apollo', ada), price: 9900, ledger: 'led_1' }])
      expect(results[0]?.outputs[0]).toMatchObject({
        observations: [
          { source: 'clearbit', at: '2026-01-01T00:00:00.000Z', values: { 'company.employees': [40, 0.9] } },
          {
            source: 'apollo',
            at: at.toISOString(),
            price: 9900,
            ledger: 'led_1',
            values: { firstName: ['Ada', 0.8], 'ids.apollo': ['p1', 0.8], 'company.name': ['Acme', 0.8] },
          },
        ],
      })
      const { results: companies } = await find([item], { kind: 'companies', industries: ['software'] }, [
        found('apollo', { name: 'Beta' }),
      ])
      expect(companies[0]?.outputs[0]).toMatchObject({
        observations: [{ source: 'apollo', values: { 'company.name': ['Beta', 0.8] } }],
      })
    },
  )

  it(
    'asks for people at each item’s company, by the registrable domain where one is known, else ' + 'by the name',
    async () => {
      const items = [
        { website: 'https://www.acme.example/team' },
        { domain: 'beta.example' },
        { company: { domain: 'gamma.example' } },
        { company: 'Delta Ltd' },
        { website: 'anna@epsilon.example', company: 'Epsilon' },
      ]
      const { asked } = await find(items, { titles: ['CEO'], minEmployees: 10, maxAgeDays: 3 })
      const more = { titles: ['CEO'], employees: { min: 10 }, limit: 50 }
      expect(asked).toEqual([
        {
          capability: 'searchPeople',
          inputs: [
            { domain: 'acme.example', ...more },
            { domain: 'beta.example', ...more },
            { domain: 'gamma.example', ...more },
            { company: 'Delta Ltd', ...more },
            { domain: 'epsilon.example', ...more },
          ],
          options: { providers: [], maxAgeDays: 3, maxPrice: undefined, raw: false, items: [10, 11, 12, 13, 14] },
        },
      ])
    },
  )

  it('asks for companies by what they are, and not by what only people have', async () => {
    const { asked } = await find([{ company: 'Acme' }, {}], {
      kind: 'companies',
      titles: ['CEO'],
      industries: ['software'],
      limit: 3,
    })
    expect(asked).toMatchObject([
      {
        capability: 'searchCompanies',
        inputs: [
          { name: 'Acme', industries: ['software'], limit: 3 },
          { industries: ['software'], limit: 3 },
        ],
      },
    ])
    expect(asked[0]?.inputs[0]).not.toHaveProperty('titles')
  })

  it('refuses what says nothing of whom to find, and what is no website, and asks for the others', async () => {
    const { asked, results } = await find([{}, { website: 'Acme Ltd' }, { website: 'acme.example' }], {}, [miss])
    expect(asked[0]?.options.items).toEqual([12])
    expect(results.map(({ item, status, error }) => [item, status, error?.kind])).toEqual([
      [10, 'failed', 'invalid_input'],
      [11, 'failed', 'invalid_input'],
      [12, 'done', undefined],
    ])
    expect(results[0]?.error?.advice).toBe(
      'Give each item a website or a company, or choose job titles, seniorities or places.',
    )
    expect(await find([{ website: 'acme.example' }], { kind: 'companies' })).toMatchObject({
      asked: [],
      results: [{ error: { kind: 'invalid_input', advice: expect.stringContaining('Enrich Lead') } }],
    })
  })

  it('asks for nobody at a mail provider: by the company’s name where there is one, else not at all', async () => {
    const items = [{ website: 'https://www.gmx.de' }, { domain: 'gmail.com', company: 'Acme' }, { website: 'web.de' }]
    const { asked, results } = await find(items, { titles: ['CEO'] }, [miss])
    expect(asked[0]?.inputs).toEqual([{ company: 'Acme', titles: ['CEO'], limit: 50 }])
    expect(results.map(({ item, error }) => [item, error?.message])).toEqual([
      [10, 'Anybody can have a mailbox at gmx.de, so it says nothing of a company.'],
      [12, 'Anybody can have a mailbox at web.de, so it says nothing of a company.'],
      [11, undefined],
    ])
  })

  it('gives each person with the item’s own fields, and none of somebody else’s', async () => {
    const item = {
      website: 'https://www.acme.example',
      row: 7,
      email: 'info@acme.example',
      fullName: 'Info Desk',
      company: { name: 'Acme', employees: 40, ids: { hubspot: '9' } },
    }
    const people = [
      { firstName: 'Ada', title: 'CEO', ids: { apollo: 'p1' }, company: { name: 'ACME Inc', ids: { apollo: 'o1' } } },
      { firstName: 'Ben', email: 'ben@acme.example' },
    ]
    const { results } = await find([item], {}, [found('apollo', ...people)])
    const company = { domain: 'acme.example', name: 'Acme', employees: 40, ids: { hubspot: '9' } }
    expect(results.map(unobserved)).toEqual([
      {
        item: 10,
        status: 'done',
        outputs: [
          {
            row: 7,
            website: item.website,
            domain: 'acme.example',
            firstName: 'Ada',
            title: 'CEO',
            ids: { apollo: 'p1' },
            company: { ...company, name: 'ACME Inc', ids: { hubspot: '9', apollo: 'o1' } },
            foundBy: 'apollo',
          },
          {
            row: 7,
            website: item.website,
            domain: 'acme.example',
            firstName: 'Ben',
            email: 'ben@acme.example',
            company,
            foundBy: 'apollo',
          },
        ],
      },
    ])
  })

  it('gives each company as a lead whose website the next block can read', async () => {
    const found1 = found(
      'zoominfo',
      { name: 'Acme', domain: 'acme.example', ids: { zoominfo: '1' } },
      { name: 'Beta', domain: 'beta.example', website: 'https://beta.example/en' },
    )
    const { results } = await find(
      [{ row: 1, domain: 'other.example', email: 'a@other.example' }],
      { kind: 'companies', industries: ['software'] },
      [found1],
    )
    expect(results.map(unobserved)[0]?.outputs).toEqual([
      {
        row: 1,
        website: 'acme.example',
        domain: 'acme.example',
        company: { name: 'Acme', domain: 'acme.example', ids: { zoominfo: '1' } },
        foundBy: 'zoominfo',
      },
      {
        row: 1,
        website: 'https://beta.example/en',
        domain: 'beta.example',
        company: { name: 'Beta', domain: 'beta.example', website: 'https://beta.example/en' },
        foundBy: 'zoominfo',
      },
    ])
  })

  it('says of a miss where nobody was found, and hands on what went wrong', async () => {
    const error = { kind: 'quota_exceeded' as const, message: 'no credits', advice: 'Top up.', pauses: true }
    const { results } = await find(
      [{ website: 'acme.example' }, { company: 'Beta' }, { website: 'gamma.example' }],
      {},
      [miss, miss, { status: 'failed', outputs: [], error, at }],
    )
    expect(results).toEqual([
      { item: 10, status: 'done', outputs: [], reason: 'Nobody who fits was found at acme.example.' },
      { item: 11, status: 'done', outputs: [], reason: 'Nobody who fits was found at Beta.' },
      { item: 12, status: 'failed', outputs: [], error },
    ])
  })

  it('refuses sizes that no company has, before anything is run', () => {
    const options = Value.Default(contract.options, { minEmployees: 50, maxEmployees: 10 }) as Options
    expect(() => block.check?.(options)).toThrow('No company has at least 50 and at most 10 employees.')
    expect(() => block.check?.({ ...options, maxEmployees: 50 })).not.toThrow()
  })
})
