import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fixture, kinds, outputs, play, type Asked, type Vendor } from '../testing/play.ts'

const emails = (...names: string[]) => names.map((name) => ({ email: `${name}@x.example` }))

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
