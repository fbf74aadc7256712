import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { capabilities } from '../../capabilities/index.ts'
import { sendEmail } from '../../capabilities/sendEmail.ts'
import { trackEvent } from '../../capabilities/trackEvent.ts'
import { verifyEmail } from '../../capabilities/verifyEmail.ts'
import { createSuppression } from '../../compliance/suppression.ts'
import { loadConnectors } from '../../connectors/index.ts'
import { testDatabases } from '../../db/testing/databases.ts'
import { usageOf } from '../../reporting/usage.ts'
import type { Clock } from '../limiter.ts'
import { gatewayOn } from '../testing/gatewayOn.ts'

type Answerer = (request: IncomingMessage, response: ServerResponse) => void

/** One server that plays the vendors, scripted by the test; it counts what reached it. */
const vendor = { calls: [] as string[], answer: ((_request, response) => response.end()) as Answerer, url: '' }
const bodies = new WeakMap<IncomingMessage, string>()
const server = createServer((request, response) => {
  vendor.calls.push(`${request.method} ${request.url}`)
  const chunks: Buffer[] = []
  request
    .on('data', (chunk: Buffer) => chunks.push(chunk))
    .on('end', () => {
      bodies.set(request, Buffer.concat(chunks).toString())
      vendor.answer(request, response)
    })
})
const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const scope = { workspace: 'ws_1', mode: 'test' as const }
const mail = { to: 'a@acme.example', from: 'me@acme.example', subject: 'Hello', text: 'Hi' }
/** Pauses between attempts are not waited for. */
const clock: Clock = { now: () => Date.now(), sleep: () => pause(1) }

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  vendor.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe.each(testDatabases)('the gateway on $kind', ({ open }) => {
  let database: Awaited<ReturnType<typeof open>>
  let suppression: ReturnType<typeof createSuppression>
  beforeAll(async () => {
    database = await open()
    suppression = createSuppression(database.db)
    await database.db
      .insertInto('budget')
      .values({ ...scope, kind: 'day', key: '', most: null, day: null })
      .execute()
  })
  afterAll(() => database.remove())
  beforeEach(() => {
    vendor.calls.length = 0
  })

  const start = async (
    vendorBase: (connector: string, server: string) => string = (connector) => `${vendor.url}/${connector}`,
  ) => {
    const { connectors } = await loadConnectors({
      builtIn: fileURLToPath(new URL('../../../connectors', import.meta.url)),
    })
    // Without its published limits batches of any size are the faster way.
    const zerobounceConnector = connectors.get('zerobounce') ?? expect.fail('There is no zerobounce.')
    const manifest = { ...zerobounceConnector.manifest, limits: [] }
    const { gateway } = gatewayOn(database.db, {
      connectors: new Map([...connectors, ['zerobounce', { ...zerobounceConnector, manifest }]]),
      clock,
      vendorBase,
      suppressed: suppression.suppressed,
    })
    const run = `run_${Math.random()}`
    const costs = new Map<number, number>()
    const stopping = new AbortController()
    const asking = {
      scope,
      run,
      signal: new AbortController().signal,
      stop: stopping.signal,
      nameOf: (item: number) => `${run}/0/${item}`,
      cost: {
        get: (item: number) => costs.get(item),
        set: (item: number, price: number) => void costs.set(item, price),
      },
    }
    await database.db
      .insertInto('budget')
      .values({ ...scope, kind: 'run', key: run, most: null, day: null })
      .execute()
    const inBudget = (kind: 'run' | 'day', values: { most?: number | null; open?: boolean }) =>
      database.db
        .updateTable('budget')
        .set(values)
        .where('kind', '=', kind)
        .where('key', '=', kind === 'run' ? run : '')
        .execute()
    return {
      gateway,
      asking,
      run,
      inBudget,
      stop: () => stopping.abort(),
      usage: () => usageOf(database.db, scope, run),
      db: database.db,
    }
  }

  /** Micro-USD for a look-up at ZeroBounce, by its connector.yaml. */
  const price = 9900
  const addresses = (count: number, name: string) =>
    Array.from({ length: count }, (_, n) => ({ email: `${name}${n}@acme.example` }))
  const uncached = { providers: ['zerobounce'], maxAgeDays: 0 }

  const zerobounce: Answerer = (request, response) => {
    const email = new URL(request.url ?? '', 'http://x').searchParams.get('email')
    json(response, 200, { address: email, status: 'valid', sub_status: '', free_email: false, did_you_mean: null })
  }

  const zerobounceInBatches: Answerer = (request, response) => {
    const { email_batch: asked } = JSON.parse(bodies.get(request) || '{}') as {
      email_batch?: { email_address: string }[]
    }
    if (!asked) return zerobounce(request, response)
    json(response, 200, {
      email_batch: asked.map(({ email_address: address }) => ({ address, status: 'valid', sub_status: '' })),
      errors: [],
    })
  }

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
    const { gateway, asking, run } = await start()
    await gateway.ask(asking, verifyEmail, [{ email: 'six@acme.example' }], { providers: ['zerobounce'] })
    const rows = await database.db
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

  describe('keeps to what may be spent', () => {
    it('a run that is asked by many at once never costs more, and says what to do', async () => {
      vendor.answer = zerobounce
      const { gateway, asking, inBudget, usage } = await start()
      await inBudget('run', { most: 7 * price + 1 })
      const asks = addresses(20, 'many').map((input) => gateway.ask(asking, verifyEmail, [input], uncached))
      const answers = (await Promise.all(asks)).flat()
      expect(answers.filter(({ status }) => status === 'done').length).toBe(7)
      expect(answers.filter(({ error }) => error?.kind === 'over_budget' && error.pauses).length).toBe(13)
      expect(vendor.calls.length).toBe(7)
      expect(await usage()).toMatchObject({ calls: 7, price: 7 * price })
    })

    it('nor do two processes together', async () => {
      vendor.answer = zerobounce
      const [one, two] = [await start(), await start()]
      await one.inBudget('run', { most: 5 * price })
      const asks = addresses(10, 'both').flatMap((input) =>
        [one.gateway, two.gateway].map((gateway) => gateway.ask(one.asking, verifyEmail, [input], uncached)),
      )
      await Promise.all(asks)
      expect(vendor.calls.length).toBe(5)
    })

    it('nothing may be spent: what is free still works, and what costs pauses', async () => {
      vendor.answer = zerobounce
      const { gateway, asking, inBudget } = await start()
      await inBudget('run', { most: 0 })
      expect(await gateway.ask(asking, verifyEmail, addresses(1, 'zero'), uncached)).toMatchObject([
        {
          status: 'failed',
          error: { kind: 'over_budget', pauses: true, message: expect.stringContaining('may cost 0 USD') },
        },
      ])
      expect(vendor.calls.length).toBe(0)
    })

    it('gives back what a call did not cost, so that it can be spent', async () => {
      const { gateway, asking, inBudget, usage } = await start()
      await inBudget('run', { most: 2 * price })
      vendor.answer = (_request, response) => json(response, 200, { address: 'x', status: 'unknown', sub_status: '' })
      for (const input of addresses(6, 'free'))
        expect(await gateway.ask(asking, verifyEmail, [input], uncached)).toMatchObject([{ status: 'done' }])
      expect(await usage()).toMatchObject({ calls: 6, price: 0 })
    })

    it('a day has a bound of its own, which begins anew', async () => {
      vendor.answer = zerobounce
      const { gateway, asking, inBudget, db } = await start()
      await db.updateTable('budget').set({ spent: 0 }).where('kind', '=', 'day').execute()
      await inBudget('day', { most: 2 * price })
      const ask = async (name: string) =>
        (await gateway.ask(asking, verifyEmail, addresses(1, name), uncached))[0]?.status
      expect([await ask('d1'), await ask('d2'), await ask('d3')]).toEqual(['done', 'done', 'failed'])
      await db.updateTable('budget').set({ day: '2026-01-01' }).where('kind', '=', 'day').execute()
      expect(await ask('d4')).toBe('done')
      await inBudget('day', { most: null })
    })

    it('an item has one too, over all that is asked for it', async () => {
      vendor.answer = zerobounce
      const { gateway, asking } = await start()
      const ask = (name: string, item: number) =>
        gateway.ask({ ...asking, itemBudget: 1.5 * price }, verifyEmail, addresses(1, name), {
          ...uncached,
          items: [item],
        })
      expect(await ask('once', 0)).toMatchObject([{ status: 'done' }])
      expect(await ask('twice', 0)).toMatchObject([{ status: 'failed', error: { kind: 'over_budget' } }])
      expect(await ask('other', 1)).toMatchObject([{ status: 'done' }])
    })

    it(
      'an item’s holds over all that is asked for it at once: what an ask may cost is taken ' + 'before it leaves',
      async () => {
        vendor.answer = (request, response) => setTimeout(() => zerobounceInBatches(request, response), 20)
        const { gateway, asking } = await start()
        const bounded = { ...asking, itemBudget: 2.5 * price }
        const inOne = await gateway.ask(bounded, verifyEmail, addresses(5, 'inone'), {
          ...uncached,
          items: [0, 0, 0, 0, 0],
        })
        const apart = await Promise.all(
          addresses(5, 'apart').map((input) => gateway.ask(bounded, verifyEmail, [input], { ...uncached, items: [1] })),
        )
        for (const answers of [inOne, apart.flat()])
          expect(answers.map(({ status, error }) => error?.kind ?? status).sort()).toEqual([
            'done',
            'done',
            'over_budget',
            'over_budget',
            'over_budget',
          ])
        // One batch of two, and two calls.
        expect(vendor.calls.length).toBe(3)
      },
    )

    it('an item pays for what it asks itself, where the run that was asking had no money left', async () => {
      vendor.answer = (request, response) => setTimeout(() => zerobounceInBatches(request, response), 20)
      const { gateway, asking } = await start()
      const poor = await start()
      await poor.inBudget('run', { most: 0 })
      const kept = { providers: ['zerobounce'] }
      const paid: [number, number][] = []
      const cost = { ...asking.cost, keep: async (item: number, cents: number) => void paid.push([item, cents]) }
      const [first, second] = addresses(2, 'poor')
      if (!first || !second) throw new Error('no addresses')
      // The poor one asks first for certain: what an item has cost is looked at as its question is taken.
      const { promise: isAsking, resolve: begin } = Promise.withResolvers<void>()
      const get = (item: number): number | undefined => (begin(), poor.asking.cost.get(item))
      const poorly = { ...asking, run: poor.run, cost: { ...poor.asking.cost, get } }
      const refused = gateway.ask(poorly, verifyEmail, [second], { ...kept, items: [9] })
      await isAsking
      const answers = await gateway.ask({ ...asking, itemBudget: 10 * price, cost }, verifyEmail, [first, second], {
        ...kept,
        items: [3, 4],
      })
      expect(await refused).toMatchObject([{ error: { kind: 'over_budget' } }])
      expect(answers.map(({ status }) => status)).toEqual(['done', 'done'])
      expect(paid.sort()).toEqual([
        [3, price],
        [4, price],
      ])
    })

    it('an item pays nothing for what is kept, or what another pays for, or what came to nothing', async () => {
      const { gateway, asking } = await start()
      const bounded = { ...asking, itemBudget: 1.5 * price }
      const kept = { providers: ['zerobounce'] }
      vendor.answer = zerobounceInBatches
      await gateway.ask(asking, verifyEmail, addresses(4, 'known'), kept)
      const known = await gateway.ask(bounded, verifyEmail, [...addresses(4, 'known'), ...addresses(1, 'new')], {
        ...kept,
        items: [0, 0, 0, 0, 0],
      })
      expect(known.map(({ status }) => status)).toEqual(Array(5).fill('done'))
      const shared = await gateway.ask(
        bounded,
        verifyEmail,
        [...addresses(1, 'same'), ...addresses(1, 'same'), ...addresses(1, 'own')],
        { ...kept, items: [1, 2, 2] },
      )
      expect(shared.map(({ status }) => status)).toEqual(['done', 'done', 'done'])
      vendor.answer = (_request, response) => json(response, 400, { error: 'no' })
      for (let time = 0; time < 3; time++)
        expect(await gateway.ask(bounded, verifyEmail, addresses(1, 'bad'), { ...kept, items: [3] })).toMatchObject([
          { status: 'failed', error: { kind: 'invalid_input' } },
        ])
    })
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
    const { gateway, asking } = await start()
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
