import { describe, expect, it } from 'vitest'
import { fixture, play, type Vendor } from '../testing/play.ts'
import { linkTo, onSameServer } from './paging.ts'

const count = (from: number, many: number) => Array.from({ length: many }, (_, position) => from + position)

describe('by cursor', async () => {
  const connector = await fixture('pages-by-cursor')
  const record = (id: number) => ({ id: String(id), properties: { email: `p${id}@x.example` } })
  const ask = (limit: number, vendor: Vendor) =>
    play(connector, 'searchRecords.contact', [{ object: 'contact', limit }], vendor)
  /** 250 records in pages of what is asked. */
  const full: Vendor = ({ body }) => {
    const { limit, after } = body as { limit: number; after?: string }
    const start = Number(after ?? 0)
    const end = Math.min(250, start + limit)
    return {
      json: {
        results: count(start, end - start).map(record),
        ...(end < 250 && { paging: { next: { after: String(end) } } }),
      },
    }
  }

  it('reads to the end', async () => {
    const { answers, asked } = await ask(1000, full)
    expect(answers[0]?.outputs).toHaveLength(250)
    expect(answers[0]?.error).toBeUndefined()
    expect(asked.map((one) => one.body)).toEqual([
      { limit: 100 },
      { limit: 100, after: '100' },
      { limit: 100, after: '200' },
    ])
  })

  it('stops at what is wanted, and asks for no more', async () => {
    const { answers, asked } = await ask(120, full)
    expect(answers[0]?.outputs).toHaveLength(120)
    expect(asked.map((one) => one.body)).toEqual([{ limit: 100 }, { limit: 20, after: '100' }])
  })

  it('keeps what was found when a later page fails, and says so', async () => {
    const { answers } = await ask(1000, (asked, nth) =>
      nth === 2 ? { status: 429, headers: { 'retry-after': '7' } } : full(asked, nth),
    )
    expect(answers[0]?.outputs).toHaveLength(100)
    expect(answers[0]?.error).toMatchObject({ kind: 'rate_limited', retryAfter: 7 })
  })

  it('sees through a cursor that comes twice', async () => {
    const { answers, asked } = await ask(1000, () => ({
      json: { results: [record(1)], paging: { next: { after: 'again' } } },
    }))
    expect(asked).toHaveLength(2)
    expect(answers[0]?.error).toMatchObject({
      kind: 'bad_response',
      message:
        'Pages By Cursor gave an answer that made no sense: it named the same next page twice, so its list has no end.',
    })
  })

  it('stops at the most pages of a list without end', async () => {
    const { answers, asked } = await ask(1000, (_asked, nth) => ({
      json: { results: [], paging: { next: { after: `c${nth}` } } },
    }))
    expect(asked).toHaveLength(5)
    expect(answers[0]?.error?.message).toContain('its pages did not end: 5 were read')
  })

  it('does not take a broken answer for an empty list', async () => {
    const { answers } = await ask(10, () => ({ json: {} }))
    expect(answers[0]?.error).toMatchObject({ kind: 'bad_response' })
    expect((await ask(10, () => ({ json: { results: [] } }))).answers[0]).toMatchObject({
      outputs: [],
      reason: 'Pages By Cursor found nothing',
    })
  })
})

it('by the next page’s address in the body', async () => {
  const vendor: Vendor = (_asked, nth) => ({
    json: {
      records: [{ Name: `A${nth}` }, { Name: `B${nth}` }],
      nextRecordsUrl: nth < 3 ? `/v1/query/c-${nth * 2}` : null,
    },
  })
  const { answers, asked } = await play(
    await fixture('pages-by-address'),
    'searchCompanies',
    [{ name: 'a', limit: 100 }],
    vendor,
  )
  expect(answers[0]?.outputs).toHaveLength(6)
  expect(answers[0]?.outputs[0]).toEqual({ name: 'A1', website: 'https://api.example.com/A1' })
  expect(asked.map((one) => one.url)).toEqual(
    ['?q=a', '/c-2', '/c-4'].map((end) => `https://api.example.com/v1/query${end}`),
  )
  const elsewhere: Vendor = () => ({
    json: { records: [{ Name: 'A' }], nextRecordsUrl: 'https://else.example/v1/query' },
  })
  const led = await play(await fixture('pages-by-address'), 'searchCompanies', [{ name: 'a', limit: 100 }], elsewhere)
  expect(led.answers[0]?.error).toMatchObject({
    kind: 'bad_response',
    message: 'The next page is on another server, which is not asked.',
  })
})

it('by number: pages of one size, until one is short', async () => {
  const vendor: Vendor = ({ request }) => ({
    json: {
      people: count(0, new URL(request.url).searchParams.get('page') === '3' ? 40 : 100).map((n) => ({
        first_name: `P${n}`,
      })),
    },
  })
  const { answers, asked } = await play(
    await fixture('pages-by-number'),
    'searchPeople',
    [{ titles: ['CEO', 'CTO'], limit: 350 }],
    vendor,
  )
  expect(answers[0]?.outputs).toHaveLength(240)
  expect(asked.map((one) => one.call)).toEqual(
    [1, 2, 3].map(
      (page) =>
        `POST /api/v1/mixed_people/api_search?page=${page}&per_page=100&person_titles[]=CEO&person_titles[]=CTO`,
    ),
  )
})

it('of a job: starts one for each page, and pays for each', async () => {
  const vendor: Vendor = ({ request, body }) => {
    if (request.method === 'POST') return { json: { meta: { task_hash: `job${(body as { page: number }).page}` } } }
    const page = Number(request.url.split('job')[1])
    return {
      json: {
        status: 'completed',
        data: count((page - 1) * 20, page === 3 ? 5 : 20).map((n) => ({ first_name: `P${n}` })),
        meta: { total_count: 45 },
      },
    }
  }
  const { answers, asked, credits } = await play(
    await fixture('pages-of-jobs'),
    'searchPeople',
    [{ domain: 'x.example', limit: 100 }],
    vendor,
  )
  expect(answers[0]?.outputs).toHaveLength(45)
  expect(asked.map((one) => one.call)).toEqual([1, 2, 3].flatMap((page) => ['POST /start', `GET /result/job${page}`]))
  expect(credits).toBe(3)
})

it('by offset: until the total, credits by results', async () => {
  const vendor: Vendor = ({ request }) => {
    const query = new URL(request.url).searchParams
    const offset = Number(query.get('offset'))
    return {
      json: {
        data: {
          emails: count(offset, Math.min(Number(query.get('limit')), 130 - offset)).map((n) => ({
            value: `p${n}@x.example`,
          })),
        },
        meta: { results: 130 },
      },
    }
  }
  const { answers, asked, credits } = await play(
    await fixture('pages-by-offset'),
    'searchPeople',
    [{ domain: 'x.example', limit: 1000 }],
    vendor,
  )
  expect(answers[0]?.outputs).toHaveLength(130)
  expect(asked.map((one) => one.call.split('offset=')[1])).toEqual(['0', '100'])
  expect(credits).toBe(13)
})

describe('by link', async () => {
  const connector = await fixture('pages-by-link')
  const ask = (next: string) =>
    play(connector, 'searchCompanies', [{ limit: 100 }], (_asked, nth) => ({
      json: [{ name: `C${nth}` }],
      ...(nth < 3 && {
        headers: {
          link: `<https://api.example.com/v1/x>; rel="prev", <${next.replace('N', String(nth + 1))}>; rel="next"`,
        },
      }),
    }))

  it('follows the vendor’s own address', async () => {
    const { answers, asked } = await ask('https://api.example.com/v1/companies?per_page=50&page=N')
    expect(answers[0]?.outputs).toEqual([{ name: 'C1' }, { name: 'C2' }, { name: 'C3' }])
    expect(asked.at(-1)?.url).toBe('https://api.example.com/v1/companies?per_page=50&page=3')
  })

  it('never carries the key to another host', async () => {
    for (const next of [
      'https://evil.example/v1/companies?page=N',
      'https://api.example.com.evil.example/v1?page=N',
      '//evil.example/N',
      'https://api.example.com@evil.example/N',
    ]) {
      const { answers, asked } = await ask(next)
      expect(asked).toHaveLength(1)
      expect(answers[0]?.error?.kind).toBe('bad_response')
    }
  })

  it('stays at the stand-in in mode test', () => {
    expect(
      onSameServer(
        'https://api.example.com/v1/companies?page=2',
        'https://api.example.com/v1',
        'http://127.0.0.1:9/x/default',
      ),
    ).toBe('http://127.0.0.1:9/x/default/companies?page=2')
    expect(onSameServer('/v1/companies?page=2', 'https://api.example.com/v1', 'http://127.0.0.1:9/x/default')).toBe(
      'http://127.0.0.1:9/x/default/companies?page=2',
    )
  })

  it('reads Link headers as RFC 8288 writes them', () => {
    expect(linkTo('next', '<https://a.example/?x=1,2>; title="a, b"; rel="last next"')).toBe('https://a.example/?x=1,2')
    expect(linkTo('next', '<https://a.example/2>; rel=next')).toBe('https://a.example/2')
    expect(linkTo('next', '<https://a.example/2>; rel=prev')).toBeNull()
  })
})
