import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { capabilities } from '../../capabilities/index.ts'
import { sendEmail } from '../../capabilities/sendEmail.ts'
import { trackEvent } from '../../capabilities/trackEvent.ts'
import { verifyEmail } from '../../capabilities/verifyEmail.ts'
import { testDatabases } from '../../db/testing/databases.ts'
import { addresses, json, price, scope, scriptedGateway, uncached } from '../testing/scripted-gateway.ts'

const mail = { to: 'a@acme.example', from: 'me@acme.example', subject: 'Hello', text: 'Hi' }

describe.each(testDatabases)('the gateway on $kind', ({ open }) => {
  const { vendor, bodies, start, zerobounce } = scriptedGateway(open)

  it(
    'asks once for one address, however often and however written it is asked for at once, and then ' + 'never again',
    async () => {
      vendor.answer = zerobounce
      const { gateway, asking, usage } = await start()
      const inputs = ['One@acme.example', 'one@acme.example', ' one@acme.example'].map((email) => ({ email }))
      const options = { providers: ['zerobounce'] }
      const [many, again] = await Promise.all([
        gateway.ask(asking, verifyEmail, inputs.slice(0, 1), options),
        gateway.ask(asking, verifyEmail, inputs.slice(1, 2), options),
      ])
      const later = await gateway.ask(asking, verifyEmail, inputs, options)
      expect([...many, ...again, ...later].map(({ outputs }) => outputs[0]?.status)).toEqual(
        Array(5).fill('deliverable'),
      )
      expect(vendor.calls.length).toBe(1)
      expect(await usage()).toMatchObject({ calls: 1, credits: 1, price, cached: 4 })
    },
  )

  it(
    'says of each answer on which day it was given, what it cost then and by which call, also of one ' +
      'that was kept',
    async () => {
      vendor.answer = (request, response) => {
        if (!request.url?.includes('batch')) return zerobounce(request, response)
        const asked: { email_batch: { email_address: string }[] } = JSON.parse(bodies.get(request) ?? '')
        json(response, 200, {
          email_batch: asked.email_batch.map(({ email_address }) => ({
            address: email_address,
            status: 'valid',
            sub_status: '',
          })),
          errors: [],
        })
      }
      const { gateway, asking, run, db } = await start()
      const options = { providers: ['zerobounce'] }
      const inputs = addresses(3, 'said')
      const [single] = await gateway.ask(asking, verifyEmail, addresses(1, 'alone'), options)
      const answers = await gateway.ask(asking, verifyEmail, inputs, options)
      const rows = await db
        .selectFrom('ledger')
        .select(['id', 'items'])
        .where('run', '=', run)
        .where('state', '=', 'settled')
        .orderBy('items')
        .execute()
      expect(rows.map(({ items }) => items)).toEqual([1, 3])
      expect(single).toMatchObject({ price, ledger: rows[0]?.id })
      expect(answers.map((answer) => [answer.price, answer.ledger])).toEqual(Array(3).fill([price, rows[1]?.id]))
      const other = await start()
      const kept = await other.gateway.ask(other.asking, verifyEmail, inputs, options)
      expect(kept.map((answer) => [answer.price, answer.ledger, answer.at])).toEqual(
        answers.map((answer) => [answer.price, answer.ledger, answer.at]),
      )
      expect(await other.usage()).toMatchObject({ calls: 0, price: 0, cached: 3 })
    },
  )

  it('keeps nothing and asks anew when the cache is off', async () => {
    vendor.answer = zerobounce
    const { gateway, asking } = await start()
    for (let count = 0; count < 2; count++)
      await gateway.ask(asking, verifyEmail, [{ email: 'two@acme.example' }], {
        providers: ['zerobounce'],
        maxAgeDays: 0,
      })
    expect(vendor.calls.length).toBe(2)
  })

  it('goes on to the next provider after an error or an answer that is not good enough', async () => {
    vendor.answer = (request, response) =>
      request.url?.startsWith('/zerobounce')
        ? json(response, 200, { error: 'Invalid API key or your account ran out of credits' })
        : json(response, 200, { data: { status: 'valid', score: 90, email: 'x' }, meta: {} })
    const { gateway, asking } = await start()
    const [answer] = await gateway.ask(asking, verifyEmail, [{ email: 'three@acme.example' }], {
      providers: ['zerobounce', 'hunter'],
    })
    expect(answer).toMatchObject({ status: 'done', provider: 'hunter', outputs: [{ status: 'deliverable' }] })
  })

  it('repeats a read that failed for a moment, and says what happened when it stays so', async () => {
    let left = 1
    vendor.answer = (request, response) => (left-- > 0 ? json(response, 503, {}) : zerobounce(request, response))
    const { gateway, asking } = await start()
    expect(
      await gateway.ask(asking, verifyEmail, [{ email: 'four@acme.example' }], { providers: ['zerobounce'] }),
    ).toMatchObject([{ status: 'done' }])
    vendor.answer = (_request, response) => json(response, 503, {})
    expect(
      await gateway.ask(asking, verifyEmail, [{ email: 'five@acme.example' }], { providers: ['zerobounce'] }),
    ).toMatchObject([{ status: 'failed', error: { kind: 'unavailable', provider: 'zerobounce' } }])
  })

  it('waits out an outage where there is time', async () => {
    let left = 8
    vendor.answer = (request, response) => (left-- > 0 ? json(response, 503, {}) : zerobounce(request, response))
    const { gateway, asking } = await start()
    const options = { providers: ['zerobounce'] }
    expect(
      (await gateway.ask({ ...asking, patient: true }, verifyEmail, addresses(1, 'patient'), options)).map(
        ({ status }) => status,
      ),
    ).toEqual(['done'])
    vendor.answer = (_request, response) => json(response, 503, {})
    expect(
      await gateway.ask({ ...asking, patient: true }, verifyEmail, [{ email: 'never@acme.example' }], options),
    ).toMatchObject([{ status: 'failed', error: { kind: 'unavailable' } }])
  })

  it('takes a kept connection that the service closed meanwhile for no outage', async () => {
    vendor.answer = zerobounce
    const { gateway, asking, usage } = await start()
    const options = { providers: ['zerobounce'] }
    await gateway.ask(asking, verifyEmail, [{ email: 'seven@acme.example' }], options)
    vendor.answer = (request, response) => {
      vendor.answer = zerobounce
      request.socket.resetAndDestroy()
      response.destroy()
    }
    expect(await gateway.ask(asking, verifyEmail, [{ email: 'eight@acme.example' }], options)).toMatchObject([
      { status: 'done' },
    ])
    expect(await usage()).toMatchObject({ calls: 2 })
  })

  it('settles every ledger row it has sent', async () => {
    vendor.answer = zerobounce
    const { gateway, asking, run, db } = await start()
    await gateway.ask(asking, verifyEmail, [{ email: 'six@acme.example' }], { providers: ['zerobounce'] })
    const rows = await db
      .selectFrom('ledger')
      .select(['state', 'http_status', 'price'])
      .where('run', '=', run)
      .execute()
    expect(rows).toEqual([{ state: 'settled', http_status: 200, price: expect.any(Number) }])
  })

  it.each([
    ['a server’s failure', (_request: IncomingMessage, response: ServerResponse) => void json(response, 502, {})],
    ['a connection that breaks', (_request: IncomingMessage, response: ServerResponse) => void response.destroy()],
    [
      'an accepted one without an id',
      (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(202).end(),
    ],
  ])('never sends a message twice after %s: a person decides', async (_name, answer) => {
    vendor.answer = answer
    const { gateway, asking } = await start()
    expect(await gateway.ask(asking, sendEmail, [mail], { providers: ['sendgrid'], items: [0] })).toMatchObject([
      { status: 'uncertain' },
    ])
    expect(vendor.calls.length).toBe(1)
  })

  it('sends again what was refused for being too fast, and every one of two equal messages', async () => {
    let left = 1
    vendor.answer = (_request, response) =>
      left-- > 0 ? void response.writeHead(429).end('{}') : void response.writeHead(202, { 'x-message-id': 'm1' }).end()
    const { gateway, asking } = await start()
    expect(
      await gateway.ask(asking, sendEmail, [mail, mail], { providers: ['sendgrid'], items: [0, 0] }),
    ).toMatchObject([{ status: 'done', outputs: [{ id: 'm1' }] }, { status: 'done' }])
    expect(vendor.calls.length).toBe(3)
  })

  it('repeats what prepares a message, and not the message itself', async () => {
    let broken = 2
    vendor.answer = (request, response) => {
      if (broken-- > 0) return json(response, 502, {})
      if (request.url?.includes('/debug/')) return json(response, 200, { validationMessages: [] })
      response.writeHead(502).end()
    }
    const { gateway, asking } = await start()
    const event = { event: 'lead_qualified', person: 'lead-1' }
    expect(
      await gateway.ask(asking, trackEvent, [event], { providers: ['google-analytics'], items: [0] }),
    ).toMatchObject([{ status: 'uncertain' }])
    expect(vendor.calls.map((call) => call.replace(/\?.*/, ''))).toEqual([
      ...Array<string>(3).fill('POST /google-analytics/debug/mp/collect'),
      'POST /google-analytics/mp/collect',
    ])
  })

  it('knows that nothing was sent where only the preparation fails', async () => {
    vendor.answer = (_request, response) => void response.writeHead(200).end('<html>')
    const { gateway, asking, db, run } = await start()
    expect(
      await gateway.ask(asking, trackEvent, [{ event: 'lead_qualified', person: 'lead-1' }], {
        providers: ['google-analytics'],
        items: [0],
      }),
    ).toMatchObject([{ status: 'failed', error: { kind: 'bad_response' } }])
    expect(await db.selectFrom('sending').select('state').where('key', 'like', `${run}%`).execute()).toEqual([])
  })

  it('begins every message of a batch: none of them leaves a second time', async () => {
    vendor.answer = (_request, response) => void response.destroy()
    const { gateway, asking } = await start()
    const events = Array.from({ length: 3 }, () => ({ event: 'lead_qualified', person: 'lead-1' }))
    const send = () => gateway.ask(asking, trackEvent, events, { providers: ['mixpanel'], items: [0, 1, 2] })
    expect(await send()).toMatchObject(Array(3).fill({ status: 'uncertain' }))
    vendor.answer = (_request, response) => json(response, 200, { code: 200, num_records_imported: 3, status: 'OK' })
    expect(await send()).toMatchObject(Array(3).fill({ status: 'uncertain' }))
    expect(vendor.calls.length).toBe(1)
  })

  it('sends every one of equal messages in one batch', async () => {
    let sent: unknown[] = []
    vendor.answer = (request, response) => {
      sent = JSON.parse(bodies.get(request) ?? '[]')
      json(response, 200, { code: 200, num_records_imported: sent.length, status: 'OK' })
    }
    const { gateway, asking } = await start()
    const event = { event: 'lead_qualified', person: 'lead-1' }
    expect(
      await gateway.ask(asking, trackEvent, [event, event], { providers: ['mixpanel'], items: [0, 1] }),
    ).toMatchObject([{ status: 'done' }, { status: 'done' }])
    expect(sent).toHaveLength(2)
    expect(vendor.calls.length).toBe(1)
  })

  it('knows that nothing was sent where nobody listens', async () => {
    const { gateway, asking } = await start(() => 'http://127.0.0.1:9')
    expect(await gateway.ask(asking, sendEmail, [mail], { providers: ['sendgrid'], items: [0] })).toMatchObject([
      { status: 'failed', error: { kind: 'unavailable' } },
    ])
  })

  it('says who can be asked, what it costs, and what to connect', async () => {
    const { gateway, asking } = await start()
    expect(() => gateway.providers.check('verifyEmail', ['hunter', 'nobody'])).toThrow(/no provider “nobody”/)
    expect(() => gateway.providers.check('verifyEmail', ['sendgrid'])).toThrow(/cannot do this/)
    await expect(
      gateway.ask(asking, verifyEmail, [{ email: 'x@acme.example' }], {
        providers: ['zerobounce', 'hunter'],
        maxPrice: 0.000001,
      }),
    ).rejects.toMatchObject({ kind: 'over_budget' })
    await expect(
      gateway.ask({ ...asking, scope: { ...scope, mode: 'live' } }, verifyEmail, [{ email: 'x@acme.example' }]),
    ).rejects.toMatchObject({ kind: 'not_connected' })
  })

  it('lists the cheapest first, and those whose credits have no known price last', async () => {
    const { gateway } = await start()
    const listed = await gateway.providers.list(
      scope,
      capabilities.enrichPerson ?? expect.fail('no such capability'),
      undefined,
      [],
    )
    const prices = listed.filter(({ creditPrice }) => creditPrice > 0).map(({ price }) => price)
    expect(prices).toEqual([...prices].sort((a, b) => a - b))
    const priced = listed.map(({ creditPrice }) => creditPrice > 0)
    expect(priced.lastIndexOf(true)).toBeLessThan(priced.indexOf(false))
  })

  it('lets no call leave once the run, or everything, is stopped', async () => {
    vendor.answer = zerobounce
    const { gateway, asking, inBudget } = await start()
    await inBudget('run', { open: false })
    expect(await gateway.ask(asking, verifyEmail, addresses(1, 'closed'), uncached)).toMatchObject([
      { status: 'failed', error: { kind: 'cancelled' } },
    ])
    await inBudget('run', { open: true })
    await inBudget('day', { open: false })
    expect(await gateway.ask(asking, verifyEmail, addresses(1, 'closed'), uncached)).toMatchObject([
      { status: 'failed', error: { kind: 'cancelled', pauses: true } },
    ])
    await inBudget('day', { open: true })
    expect(vendor.calls.length).toBe(0)
  })

  it('fetches what is under way when it is stopped, and keeps it', async () => {
    const { gateway, asking, stop } = await start()
    vendor.answer = (request, response) => {
      stop()
      setTimeout(() => zerobounce(request, response), 50)
    }
    const input = addresses(1, 'underway')
    expect(await gateway.ask(asking, verifyEmail, input, { providers: ['zerobounce'] })).toMatchObject([
      { status: 'done' },
    ])
    const later = await start()
    expect(await later.gateway.ask(later.asking, verifyEmail, input, { providers: ['zerobounce'] })).toMatchObject([
      { status: 'done' },
    ])
    expect(vendor.calls.length).toBe(1)
  })

  it('waits for a person where there are no credits or the key is refused, and nobody else is left', async () => {
    vendor.answer = (_request, response) =>
      json(response, 200, { error: 'Invalid API key or your account ran out of credits' })
    const { gateway, asking } = await start()
    expect(await gateway.ask(asking, verifyEmail, addresses(1, 'stuck'), uncached)).toMatchObject([
      { status: 'failed', error: { kind: 'unauthorized', pauses: true } },
    ])
  })

  it('neither writes to nor looks up who asked for that', async () => {
    vendor.answer = zerobounce
    const { gateway, asking, suppression } = await start()
    await suppression.add(scope, [{ channel: 'email', value: 'Silent@acme.example' }])
    expect(
      await gateway.ask(
        asking,
        verifyEmail,
        [{ email: 'silent@acme.example' }, { email: 'loud@acme.example' }],
        uncached,
      ),
    ).toMatchObject([{ status: 'failed', error: { kind: 'suppressed' } }, { status: 'done' }])
    expect(
      await gateway.ask(asking, sendEmail, [{ ...mail, to: 'silent@acme.example' }], {
        providers: ['sendgrid'],
        items: [0],
      }),
    ).toMatchObject([{ error: { kind: 'suppressed' } }])
    expect(vendor.calls.length).toBe(1)
  })

  it(
    'sends an item’s message once in all time: again gives what was answered, and one that was cut off ' +
      'is uncertain',
    async () => {
      vendor.answer = (_request, response) => void response.writeHead(202, { 'x-message-id': 'm7' }).end()
      const { gateway, asking, db } = await start()
      const send = (item: number) => gateway.ask(asking, sendEmail, [mail], { providers: ['sendgrid'], items: [item] })
      expect(await send(1)).toMatchObject([{ status: 'done', outputs: [{ id: 'm7' }] }])
      expect(await send(1)).toMatchObject([{ status: 'done', outputs: [{ id: 'm7' }] }])
      await db
        .insertInto('sending')
        .values({ ...scope, key: `${asking.nameOf(2)}/0`, token: `t${Math.random()}`, state: 'begun', outcome: null })
        .execute()
      expect(await send(2)).toMatchObject([{ status: 'uncertain' }])
      expect(vendor.calls.length).toBe(1)
    },
  )
})
