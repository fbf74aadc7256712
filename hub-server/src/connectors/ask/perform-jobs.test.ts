import { describe, expect, it } from 'vitest'
import { unwrittenJobs } from '../port/jobs.ts'
import { fixture, kinds, outputs, play, type Vendor } from '../testing/play.ts'

describe('start, then ask for the result', async () => {
  const connector = await fixture('start-then-poll')
  const items = [{ email: 'a@x.example' }, { email: 'b@x.example' }]

  it('asks until it is there, and corrects the price', async () => {
    const vendor: Vendor = (_asked, nth) => {
      if (nth === 1) return { json: { request_id: 'r/1', success: true } }
      if (nth < 4) return { json: { success: false, error: false, reason: 'not ready' } }
      return { json: { success: true, data: [{ email: [{ email: 'found@x.example' }], first_name: 'Ann' }, {}] } }
    }
    const waits: number[] = []
    const { answers, asked, credits } = await play(connector, 'enrichPerson', items, vendor, {
      sleep: async (ms) => void waits.push(ms),
    })
    expect(asked.map((one) => one.url.replace('https://api.dropcontact.com', ''))).toEqual([
      '/v1/enrich/all',
      ...Array.from({ length: 3 }, () => '/v1/enrich/all/r%2F1'),
    ])
    expect(answers[0]?.outputs).toEqual([{ email: 'found@x.example', firstName: 'Ann' }])
    expect(answers[1]).toMatchObject({ outputs: [], reason: 'Dropcontact found no address' })
    expect(waits).toEqual([30_000, 30_000, 30_000])
    expect(credits).toBe(1)
  })

  it('gives up after the time named', async () => {
    const { answers, asked } = await play(connector, 'enrichPerson', items, (_asked, nth) => ({
      json: nth === 1 ? { request_id: 'r' } : { success: false },
    }))
    expect(kinds(answers)).toEqual(['timeout', 'timeout'])
    expect(asked).toHaveLength(21)
  })

  it('stops when it is told to', async () => {
    const stop = new AbortController()
    const { answers } = await play(connector, 'enrichPerson', items, () => ({ json: { request_id: 'r' } }), {
      signal: stop.signal,
      sleep: async () => stop.abort(),
    })
    expect(kinds(answers)).toEqual(['cancelled', 'cancelled'])
  })

  it('says what it needs', async () => {
    const { answers, asked } = await play(connector, 'enrichPerson', [{ firstName: 'Ann' }], () => ({}))
    expect(answers[0]?.error).toMatchObject({
      kind: 'unsupported',
      message: 'Start Then Poll needs email, or firstName + lastName + company, or linkedin for this.',
    })
    expect(asked).toEqual([])
  })
})

describe('a job whose result is a file elsewhere', async () => {
  const connector = await fixture('job-then-file')
  const items = ['a@x.example', 'b@x.example', '"c,d"@x.example'].map((email) => ({ email }))
  const file =
    (url: string): Vendor =>
    ({ request }) => {
      if (request.url.includes('/email_verify/bulk')) return { json: { list_id: 'l1' } }
      if (request.url.includes('/progress')) return { json: { progress: 'completed' } }
      if (request.url.endsWith('/download/result')) return { json: { url } }
      return { text: '\uFEFFEmail,Status\r\n"""c,d""@x.example",Valid\r\nB@x.example,Unknown\r\na@x.example,Valid\r\n' }
    }

  it('is fetched without the key, and read by its header', async () => {
    const { answers, asked, credits } = await play(
      connector,
      'verifyEmail',
      items,
      file('https://files.s3.amazonaws.com/l1.csv?X-Amz-Signature=a%2Fb'),
    )
    expect(answers.map(({ outputs }) => outputs[0])).toEqual([
      { status: 'deliverable' },
      { status: 'unknown' },
      { status: 'deliverable' },
    ])
    expect(asked.at(-1)?.url).toBe('https://files.s3.amazonaws.com/l1.csv?X-Amz-Signature=a%2Fb')
    expect(asked.map(({ headers }) => headers.authorization !== undefined)).toEqual([true, true, true, false])
    expect(asked[0]?.body).toContain(
      'filename="a.csv"\r\nContent-Type: text/csv\r\n\r\nÉmail|a@x.example|b@x.example|"c,d"@x.example\r\n',
    )
    expect(credits).toBe(2)
  })

  it('is not fetched from any other address', async () => {
    const { answers, asked } = await play(
      connector,
      'verifyEmail',
      items,
      file('https://files.s3.amazonaws.com.evil.example/l1.csv'),
    )
    expect(kinds(answers)).toEqual(['bad_response', 'bad_response', 'bad_response'])
    expect(asked.map(({ call }) => call.split('?')[0])).toEqual([
      'POST /v2/email_verify/bulk',
      'GET /v2/progress',
      'POST /v2/download/result',
    ])
  })

  it('is not begun for few', async () => {
    const { asked } = await play(connector, 'verifyEmail', items.slice(0, 2), () => ({ json: { status: 'Valid' } }))
    expect(asked.map(({ call }) => call)).toEqual(['POST /v2/email_verify/instant', 'POST /v2/email_verify/instant'])
  })
})

describe('an answer that comes later', async () => {
  const connector = await fixture('later-callback')
  const person = { email: 'a@x.example' }
  const jobs = unwrittenJobs({
    url: 'https://hub.example/c/1',
    token: 't',
    heard: () => Promise.resolve({ body: { fullName: 'Ann Lee' } }),
  })

  it('is waited for', async () => {
    const { answers, asked } = await play(connector, 'enrichPerson', [person], () => ({ status: 202, json: {} }), {
      jobs,
    })
    expect(asked[0]?.body).toEqual({ email: 'a@x.example', webhookUrl: 'https://hub.example/c/1' })
    expect(outputs(answers)).toEqual([[{ fullName: 'Ann Lee' }]])
  })

  it('is not asked for where nobody can call us', async () => {
    const { answers, asked } = await play(connector, 'enrichPerson', [person], () => ({
      json: { fullName: 'Ann Lee' },
    }))
    expect(asked[0]?.body).toEqual({ email: 'a@x.example' })
    expect(outputs(answers)).toEqual([[{ fullName: 'Ann Lee' }]])
  })

  it('404 is "nobody found", and free', async () => {
    const { answers, credits } = await play(connector, 'enrichPerson', [person], () => ({
      status: 404,
      json: { status: 404 },
    }))
    expect(answers[0]).toMatchObject({ outputs: [], reason: 'FullContact has no profile of this person' })
    expect(credits).toBe(0)
  })
})
