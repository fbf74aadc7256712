import { describe, expect, it } from 'vitest'
import type { Send } from '../port/types.ts'
import { accountFor, fixture, kinds, outputs, play, type Vendor } from '../testing/play.ts'
import { perform } from './perform.ts'

describe('search, then create or update', async () => {
  const connector = await fixture('search-then-write')
  const item = (key: string, name: string) => ({ object: 'contact', key, fields: { fullName: name, email: key } })

  /** A CRM that answers slowly enough to be caught out by two writers at once. */
  const crm = (): Vendor => {
    const people: { id: number; email: string }[] = []
    return ({ request, body }) => {
      if (request.method === 'GET') {
        const found = people.filter((one) => one.email === new URL(request.url).searchParams.get('term'))
        return { json: { data: { items: found.map((one) => ({ item: one })) } } }
      }
      if (request.method === 'PATCH') return { json: { data: { id: Number(request.url.split('/').at(-1)) } } }
      people.push({ id: people.length + 1, email: (body as { emails: { value: string }[] }).emails[0]?.value ?? '' })
      return { status: 201, json: { data: { id: people.length } } }
    }
  }

  it('creates what is not there and updates what is', async () => {
    const vendor = crm()
    const first = await play(connector, 'upsertRecords.contact', [item('a@x.example', 'Ann')], vendor)
    expect(outputs(first.answers)).toEqual([[{ id: '1', outcome: 'created' }]])
    expect(first.asked.at(-1)?.body).toEqual({ name: 'Ann', emails: [{ value: 'a@x.example' }] })
    const second = await play(connector, 'upsertRecords.contact', [item('a@x.example', 'Anne')], vendor)
    expect(second.asked.map((one) => one.request.method)).toEqual(['GET', 'PATCH'])
    expect(outputs(second.answers)).toEqual([[{ id: '1', outcome: 'updated' }]])
  })

  it('never creates one person twice, although two runs write them at once', async () => {
    const vendor = crm()
    const all = await Promise.all(
      ['Ann', 'Anne', 'Anna'].map((name) =>
        play(connector, 'upsertRecords.contact', [item('a@x.example', name)], vendor),
      ),
    )
    expect(all.flatMap((one) => outputs(one.answers)).flat()).toEqual([
      { id: '1', outcome: 'created' },
      { id: '1', outcome: 'updated' },
      { id: '1', outcome: 'updated' },
    ])
  })

  it('writes different values for one record one after the other, the last one last', async () => {
    const { asked, answers } = await play(
      connector,
      'upsertRecords.contact',
      [item('a@x.example', 'Ann'), item('A@x.example ', 'Anne')],
      crm(),
    )
    expect(
      asked.filter((one) => one.request.method !== 'GET').map((one) => (one.body as { name: string }).name),
    ).toEqual(['Ann', 'Anne'])
    expect(kinds(answers)).toEqual(['good', 'good'])
  })
})

describe('batches of records', () => {
  const records = ['a@x.example', 'b@x.example'].map((key) => ({
    object: 'contact',
    key,
    fields: { firstName: 'A', email: key },
    custom: { plan: 'gold' },
  }))

  it('may fail partly, told by order', async () => {
    const connector = await fixture('composite-by-order')
    const { answers, asked } = await play(
      connector,
      'upsertRecords.contact',
      records,
      () => ({
        json: [
          { id: '003', success: true, created: true, errors: [] },
          { success: false, errors: [{ message: 'Required field' }] },
        ],
      }),
      {
        account: accountFor(connector, {}, { access: 'tok', extra: { instance: 'https://my.salesforce.example/' } }),
      },
    )
    expect(asked[0]?.url).toBe('https://my.salesforce.example/services/data/v62.0/composite/sobjects/Contact/Email__c')
    expect((asked[0]?.body as { records: unknown[] }).records[0]).toEqual({
      attributes: { type: 'Contact' },
      FirstName: 'A',
      Email: 'a@x.example',
      plan: 'gold',
    })
    expect(answers[0]?.outputs).toEqual([{ id: '003', outcome: 'created' }])
    expect(answers[1]?.error).toMatchObject({
      kind: 'invalid_input',
      message: 'Composite By Order did not accept the input: Required field.',
    })
  })

  it('may fail partly, told by 207', async () => {
    const connector = await fixture('multi-status')
    const { answers } = await play(connector, 'upsertRecords.contact', records, () => ({
      status: 207,
      json: {
        results: [{ id: '9', new: false, properties: { email: 'B@x.example' } }],
        errors: [{ message: 'no such property', context: { ids: ['a@x.example'] } }],
      },
    }))
    expect(kinds(answers)).toEqual(['invalid_input', 'good'])
    expect(answers[1]?.outputs).toEqual([{ id: '9', outcome: 'updated' }])
  })
})

it('items that may not go in one call do not, and calls about the same thing wait for each other', async () => {
  const connector = await fixture('one-table-a-call')
  const row = (table: string, number: number) => ({ document: 'd', table, key: ['n'], values: { n: number } })
  const items = Array.from({ length: 24 }, (_, at) => row(at % 2 ? 'b' : 'a', at))
  const underWay = new Map<string, number>()
  let together = 0
  const send: Send = async (request, terms) => {
    const now = (underWay.get(request.url) ?? 0) + 1
    underWay.set(request.url, now)
    together = Math.max(together, now)
    await new Promise((resolve) => setTimeout(resolve, 5))
    underWay.set(request.url, now - 1)
    const { records } = JSON.parse(String(request.body)) as { records: { n: number }[] }
    const ids = records.map(({ n }) => `${request.url.at(-1)}${n}`)
    const body = { records: ids.map((id) => ({ id })), new: ids }
    const answer = { status: 200, headers: {}, body, text: JSON.stringify(body) }
    await terms.outcome(answer)
    return answer
  }
  const answers = await perform({
    connector,
    operation: 'writeRows',
    items,
    account: accountFor(connector),
    send,
    signal: AbortSignal.timeout(10_000),
    sleep: () => Promise.resolve(),
  })
  expect(answers.map((answer) => answer.outputs)).toEqual(
    items.map(({ table, values }) => [{ id: `${table}${values.n}`, outcome: 'created' }]),
  )
  expect([...underWay.keys()].sort()).toEqual(['https://api.example.com/v0/d/a', 'https://api.example.com/v0/d/b'])
  expect(together).toBe(1)
})

it('items that a batch does not take are asked about one by one; a switch that is off asks for nothing', async () => {
  const connector = await fixture('some-in-batches')
  const items = [
    { email: 'a@x.example', confirm: false },
    { email: 'b@x.example', tags: ['hot'] },
    { email: 'c@x.example', tags: [] },
    { email: 'd@x.example', confirm: true },
    { email: 'e+f@x.example' },
  ]
  const { answers, asked } = await play(connector, 'addToAudience', items, ({ call, body }) => ({
    json:
      call === 'POST /members' ? { ids: (body as { members: string[] }).members.map((id) => ({ id })) } : { id: 'one' },
  }))
  expect(Object.fromEntries(asked.map(({ call, body }) => [call, body]))).toEqual({
    'POST /members': { members: ['a@x.example', 'c@x.example'] },
    'PUT /members/b@x.example': { tags: ['hot'] },
  })
  expect(answers.map(({ outputs, error }) => error?.kind ?? outputs)).toEqual([
    [{ id: 'a@x.example' }],
    [{ id: 'one' }],
    [{ id: 'c@x.example' }],
    'unsupported',
    'unsupported',
  ])
  expect(answers[4]?.error?.message).toBe('Some In Batches cannot do this: No plus in e+f@x.example.')
})
