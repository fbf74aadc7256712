import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { HubError } from '../../contracts/errors.ts'
import { unwrittenJobs } from '../port/jobs.ts'
import type { Send } from '../port/types.ts'
import { accountFor, fixture, play, type Asked, type Vendor } from '../testing/play.ts'
import { perform } from './perform.ts'

const emails = (...names: string[]) => names.map((name) => ({ email: `${name}@x.example` }))
const outputs = (answers: readonly { outputs: readonly unknown[] }[]) => answers.map((answer) => answer.outputs)
const kinds = (answers: readonly { error?: HubError }[]) => answers.map((answer) => answer.error?.kind ?? 'good')

describe('a batch answered in any order', async () => {
  const connector = await fixture('batch-any-order')
  const judge = (email: string) => ({
    address: email.toUpperCase(),
    status: email.startsWith('no') ? 'invalid' : 'valid',
    sub_status: '',
  })
  const vendor: Vendor = ({ body, request }) => {
    const single = new URL(request.url).searchParams.get('email')
    if (single !== null) return { json: judge(single) }
    const { email_batch: asked } = body as { email_batch: { email_address: string }[] }
    return { json: { email_batch: asked.map((one) => judge(one.email_address)).reverse() } }
  }

  it('gives every item its own answer, whatever its case', async () => {
    const { answers, asked } = await play(connector, 'verifyEmail', emails('yes', 'no', 'maybe'), vendor)
    expect(outputs(answers)).toEqual([
      [{ status: 'deliverable' }],
      [{ status: 'undeliverable' }],
      [{ status: 'deliverable' }],
    ])
    expect(asked.map((one) => one.call)).toEqual(['POST /v2/validatebatch?api_key=my-apiKey'])
    expect(asked[0]?.url).toMatch(/^https:\/\/bulkapi\./)
  })

  it('asks about a repeated address once, and pays for it once', async () => {
    const { answers, asked, credits } = await play(
      connector,
      'verifyEmail',
      [...emails('a'), { email: 'A@X.example' }, ...emails('b', 'a')],
      vendor,
    )
    expect((asked[0]?.body as { email_batch: unknown[] }).email_batch).toHaveLength(2)
    expect(outputs(answers)).toHaveLength(4)
    expect(answers.map((answer) => answer.credits)).toEqual([1, 0, 1, 0])
    expect(credits).toBe(2)
  })

  it.each([
    [0, []],
    [1, ['GET']],
    [100, ['POST']],
    [101, ['GET', 'POST']],
    [250, ['POST', 'POST', 'POST']],
  ])('asks about %i items with %j', async (count, methods) => {
    const items = Array.from({ length: count }, (_, position) => ({ email: `p${position}@x.example` }))
    const { answers, asked } = await play(connector, 'verifyEmail', items, vendor)
    expect(asked.map((one) => one.request.method).sort()).toEqual(methods)
    expect(answers.every((answer) => answer.outputs.length === 1)).toBe(true)
    expect(answers).toHaveLength(count)
  })

  it('never batches when told not to', async () => {
    const { asked } = await play(connector, 'verifyEmail', emails('a', 'b'), vendor, { single: true })
    expect(asked.map((one) => one.request.method)).toEqual(['GET', 'GET'])
  })

  it('lets one bad item fail alone: a wrong input, a refused one, one left out', async () => {
    const partial: Vendor = () => ({
      json: {
        email_batch: [judge('good@x.example')],
        errors: [{ email_address: 'odd@x.example', error: 'not an address' }],
      },
    })
    const { answers } = await play(
      connector,
      'verifyEmail',
      [{ email: 7 }, ...emails('good', 'odd', 'forgotten')],
      partial,
    )
    expect(kinds(answers)).toEqual(['invalid_input', 'good', 'invalid_input', 'bad_response'])
    expect(answers[2]?.error?.message).toContain('not an address')
  })

  it('recognises a refused key inside HTTP 200, and never repeats the secret', async () => {
    const { answers } = await play(connector, 'verifyEmail', emails('a'), () => ({
      json: { error: 'Invalid API key my-apiKey' },
    }))
    expect(kinds(answers)).toEqual(['unauthorized'])
    expect(answers[0]?.error?.message).toBe('Batch Any Order refused the key: Invalid API key ….')
  })
})

describe('a batch refused whole for one bad row', async () => {
  const connector = await fixture('batch-refused-whole')
  const vendor: Vendor = ({ body }) => {
    const { rows } = body as { rows: string[] }
    if (rows.some((row) => row.startsWith('bad')))
      return {
        status: 400,
        json: { message: `row ${rows.findIndex((row) => row.startsWith('bad'))} is not an address` },
      }
    return { json: { results: rows.map(() => ({ verdict: 'deliverable' })) } }
  }

  it('is halved until the bad row stands alone', async () => {
    const { answers, asked } = await play(
      connector,
      'verifyEmail',
      emails('a', 'b', 'bad', 'c', 'd', 'e', 'f', 'g'),
      vendor,
    )
    expect(kinds(answers)).toEqual(['good', 'good', 'invalid_input', 'good', 'good', 'good', 'good', 'good'])
    expect(asked.length).toBeLessThanOrEqual(7)
  })

  it('is not halved for what halving does not help', async () => {
    const { answers, asked } = await play(connector, 'verifyEmail', emails('a', 'b'), () => ({ status: 503 }))
    expect(kinds(answers)).toEqual(['unavailable', 'unavailable'])
    expect(asked).toHaveLength(1)
  })

  it('does not guess whose answer is missing', async () => {
    const { answers } = await play(connector, 'verifyEmail', emails('a', 'b'), () => ({
      json: { results: [{ verdict: 'deliverable' }] },
    }))
    expect(kinds(answers)).toEqual(['bad_response', 'bad_response'])
  })
})

describe('an absent answer', async () => {
  const connector = await fixture('batch-refused-whole')
  const operation = connector.operations.get('verifyEmail')
  if (!operation?.many) throw new Error('the fixture has no batch')
  const lenient = {
    ...connector,
    operations: new Map([
      [
        'verifyEmail',
        { ...operation, many: { ...operation.many, answers: { ...operation.many.answers, missing: 'miss' as const } } },
      ],
    ]),
  }

  it('is a miss only where the connector says so', async () => {
    const none: Vendor = () => ({ json: { results: [] } })
    expect((await play(lenient, 'verifyEmail', emails('a', 'b'), none)).answers.map((answer) => answer.reason)).toEqual(
      ['Batch Refused Whole found nothing', 'Batch Refused Whole found nothing'],
    )
    expect(kinds((await play(connector, 'verifyEmail', emails('a', 'b'), none)).answers)).toEqual([
      'bad_response',
      'bad_response',
    ])
  })

  it('is never a miss when the list itself is absent', async () => {
    expect(kinds((await play(lenient, 'verifyEmail', emails('a', 'b'), () => ({ json: {} }))).answers)).toEqual([
      'bad_response',
      'bad_response',
    ])
  })
})

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

describe('errors inside HTTP 200', async () => {
  it('are told apart by the table', async () => {
    const connector = await fixture('errors-in-200')
    const ask = (errorId: number) =>
      play(connector, 'solveCaptcha', [{ kind: 'recaptcha_v2', url: 'https://x.example', siteKey: 'k' }], () => ({
        json: { errorId, errorDescription: 'why' },
      }))
    expect(kinds((await ask(1)).answers)).toEqual(['unauthorized'])
    expect(kinds((await ask(10)).answers)).toEqual(['quota_exceeded'])
    expect((await ask(2)).answers[0]?.error).toMatchObject({ kind: 'rate_limited', retryAfter: 5 })
  })

  it('send the key in the body of every call', async () => {
    const connector = await fixture('errors-in-200')
    const { asked, answers } = await play(
      connector,
      'solveCaptcha',
      [{ kind: 'recaptcha_v2', url: 'https://x.example', siteKey: 'k' }],
      (_asked, nth) => ({
        json:
          nth === 1
            ? { errorId: 0, taskId: 5 }
            : { errorId: 0, status: 'ready', solution: { gRecaptchaResponse: 'ok' } },
      }),
    )
    expect(asked.map((one) => one.body)).toEqual([
      {
        clientKey: 'my-apiKey',
        task: { type: 'RecaptchaV2TaskProxyless', websiteURL: 'https://x.example', websiteKey: 'k' },
      },
      { clientKey: 'my-apiKey', taskId: 5 },
    ])
    expect(outputs(answers)).toEqual([[{ solution: 'ok' }]])
  })

  it('of GraphQL count only where there is no data', async () => {
    const connector = await fixture('graphql')
    const ask = (json: unknown) => play(connector, 'enrichPerson', [{ email: 'a@x.example' }], () => ({ json }))
    expect(
      kinds((await ask({ errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] })).answers),
    ).toEqual(['unauthorized'])
    expect(kinds((await ask({ errors: [{ message: 'syntax' }], data: null })).answers)).toEqual(['bad_response'])
    const good = await ask({
      errors: [{ message: 'partly' }],
      data: { searchPeople: { results: [{ name: { first: 'Ann', last: 'Lee' }, currentPositions: [] }] } },
    })
    expect(outputs(good.answers)).toEqual([[{ firstName: 'Ann', lastName: 'Lee' }]])
    expect(good.asked[0]?.body).toMatchObject({ variables: { input: { email: 'a@x.example' } } })
    expect(good.asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('my-key:').toString('base64')}`)
  })
})

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

describe('bodies and answers that are not JSON', () => {
  const only = (asked: Asked[]) => asked[0]?.request

  it('a form', async () => {
    const { asked, answers } = await play(
      await fixture('form-encoded'),
      'sendMessage.sms',
      [{ channel: 'sms', to: '+15550100', from: '+15550101', text: 'Hi & bye' }],
      () => ({ status: 201, json: { sid: 'SM1' } }),
    )
    expect(only(asked)).toMatchObject({
      url: 'https://api.twilio.com/2010-04-01/Accounts/my-sid/Messages.json',
      body: 'To=%2B15550100&From=%2B15550101&Body=Hi+%26+bye',
    })
    expect(outputs(answers)).toEqual([[{ id: 'SM1' }]])
  })

  it('multipart, its host by the account', async () => {
    const mail = {
      to: 'a@x.example',
      from: 'me@x.example',
      subject: 'Hé',
      text: 'Hi',
      tags: ['one', 'two'],
      headers: { 'X-Campaign': 'first' },
    }
    const { asked } = await play(await fixture('multipart'), 'sendEmail', [mail], () => ({ json: { id: '<1>' } }), {
      fields: { region: 'eu', domain: 'mg.x.example' },
    })
    expect(only(asked)?.url).toBe('https://api.eu.mailgun.net/v3/mg.x.example/messages')
    expect(asked[0]?.body).toMatch(
      new RegExp(
        String.raw`name="subject"\r\n\r\nHé\r\n[^]*name="o:tag"\r\n\r\none\r\n[^]*` +
          String.raw`name="o:tag"\r\n\r\ntwo\r\n[^]*name="h:X-Campaign"\r\n\r\nfirst\r\n`,
      ),
    )
  })

  it('nothing but a header', async () => {
    const { answers, asked } = await play(
      await fixture('empty-answer'),
      'sendEmail',
      [{ to: 'a@x.example', from: 'me@x.example', subject: 's', html: '<p>' }],
      () => ({ status: 202, headers: { 'x-message-id': 'm1' } }),
    )
    expect(outputs(answers)).toEqual([[{ id: 'm1' }]])
    expect((asked[0]?.body as { content: unknown }).content).toEqual([{ type: 'text/html', value: '<p>' }])
  })

  it('a page', async () => {
    const { answers } = await play(
      await fixture('raw-html'),
      'scrapePage',
      [{ url: 'https://x.example/?a=1&b=2' }],
      ({ request }) => ({ text: `<p>${new URL(request.url).searchParams.get('url') ?? ''}` }),
    )
    expect(outputs(answers)).toEqual([[{ html: '<p>https://x.example/?a=1&b=2' }]])
  })

  it('a page where JSON was promised is no answer', async () => {
    const { answers } = await play(
      await fixture('form-encoded'),
      'sendMessage.sms',
      [{ channel: 'sms', to: '1', from: '2', text: 'x' }],
      () => ({ text: '<html>Maintenance' }),
    )
    expect(answers[0]?.error).toMatchObject({
      kind: 'bad_response',
      message: 'Form Encoded gave an answer that made no sense: JSON was expected, but there came a web page.',
    })
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

it('a hash in the path, and the host out of the key', async () => {
  const { asked } = await play(
    await fixture('host-of-account'),
    'upsertRecords.contact',
    [{ object: 'contact', key: 'Ann@X.example', fields: { email: 'Ann@X.example', firstName: 'Ann' } }],
    () => ({ json: { id: '1' } }),
    { fields: { key: 'abc-us19', list: 'l 1' } },
  )
  expect(asked[0]?.url).toBe(
    `https://us19.api.mailchimp.com/3.0/lists/l%201/members/${createHash('md5').update('ann@x.example').digest('hex')}`,
  )
  expect(asked[0]?.body).toEqual({
    email_address: 'Ann@X.example',
    merge_fields: { FNAME: 'Ann' },
    status_if_new: 'subscribed',
  })
})

it('an account’s field cannot change the host that is called', async () => {
  const { answers, asked } = await play(
    await fixture('host-of-account'),
    'upsertRecords.contact',
    [{ object: 'contact', key: 'a', fields: {} }],
    () => ({}),
    { fields: { key: 'x-evil.example/#' } },
  )
  expect(asked).toEqual([])
  expect(kinds(answers)).toEqual(['invalid_input'])
})

it('a value of the wrong type is that item’s error, with what is wrong', async () => {
  const { answers } = await play(
    await fixture('login-token'),
    'enrichCompany',
    [{ domain: 'x.example' }],
    (_asked, nth) => ({
      json: nth === 1 ? { jwt: 'j' } : { data: { result: [{ data: { name: 'X', employeeCount: 'many' } }] } },
    }),
  )
  expect(answers[0]?.error).toMatchObject({
    kind: 'bad_response',
    message: 'Login Token gave an answer that made no sense: employees must be an integer.',
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
