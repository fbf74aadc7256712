import { describe, expect, it } from 'vitest'
import { verifyEmail } from '../../capabilities/verifyEmail.ts'
import { testDatabases } from '../../db/testing/databases.ts'
import { addresses, json, price, scriptedGateway, uncached } from '../testing/scripted-gateway.ts'

describe.each(testDatabases)('what may be spent, on $kind', ({ open }) => {
  const { vendor, start, zerobounce, zerobounceInBatches } = scriptedGateway(open)

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
