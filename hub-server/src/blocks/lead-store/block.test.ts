import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { Value } from 'typebox/value'
import type { Result } from '../../contracts/result.ts'
import { caseOf } from '../../contracts/testing/cases.ts'
import { databaseForAll } from '../../db/testing/database-for.ts'
import { testDatabases } from '../../db/testing/databases.ts'
import { openLeads, type LeadStore } from '../../leads/store.ts'
import { contextWith } from '../testing/context.ts'
import { block } from './block.ts'
import { contract } from './contract.ts'

type Options = Parameters<(typeof block)['run']>[1]
type Items = Parameters<(typeof block)['run']>[0]

/** The lead that an item gave. */
const outputOf = (result: Result | undefined) => {
  const output = result?.outputs[0]
  if (!Value.Check(contract.output, output)) throw new Error(`no lead came out: ${JSON.stringify(result)}`)
  return output
}

const nobodysAddress = caseOf<{ items: Record<string, unknown>[] }>('h6-nobodys-address.json')

describe.each(testDatabases)('Lead Store on $kind', ({ open }) => {
  const database = databaseForAll(open)
  let leads: LeadStore
  beforeAll(() => {
    leads = openLeads(database.db, { workspace: 'ws_1', mode: 'test' })
  })

  const run = (items: readonly object[], options: Partial<Options> = {}, store = leads): Promise<Result[]> => {
    const given: Items = items.map((value, index) => ({ index: 10 + index, value: { ...value } }))
    return block.run(given, Value.Default(contract.options, { ...options }) as Options, contextWith({ leads: store }))
  }

  it('stores each person once, says what became of them, and hands on the item', async () => {
    const results = await run([
      { email: 'Anna@Acme.example', fullName: 'Anna Berg', row: 1 },
      { email: 'ben@acme.example' },
      { email: 'anna@acme.example', title: 'CEO' },
    ])
    expect(results.map((result) => [result.item, result.status, outputOf(result).outcome])).toEqual([
      [10, 'done', 'created'],
      [11, 'done', 'created'],
      [12, 'done', 'updated'],
    ])
    expect(results[0]?.outputs[0]).toMatchObject({
      row: 1,
      email: 'Anna@Acme.example',
      lead: { email: 'anna@acme.example', fullName: 'Anna Berg' },
    })
    expect(outputOf(results[2]).lead.id).toBe(outputOf(results[0]).lead.id)
    expect(
      (await run([{ email: 'anna@acme.example', title: 'CEO' }])).map((result) => outputOf(result).outcome),
    ).toEqual(['unchanged'])
  })

  it('fails what cannot be stored alone, with what to do', async () => {
    const results = await run([
      { email: 'good1@acme.example' },
      { email: 'n/a' },
      { leadId: 'lead_gone', email: 'x@acme.example' },
      { title: 'CEO' },
      { email: 'good2@acme.example' },
    ])
    expect(results.map(({ status, error }) => error?.kind ?? status)).toEqual([
      'done',
      'invalid_input',
      'not_found',
      'invalid_input',
      'done',
    ])
    expect(results[1]?.error?.advice).toBe('Give the person’s own e-mail or LinkedIn address, or at least a name.')
  })

  it('fails alone what the database refuses, and stores the others of its transaction', async () => {
    await sql`alter table observation add constraint test_refuses check (source <> 'refused')`.execute(database.db)
    const refused = {
      email: 'refused@acme.example',
      title: 'CEO',
      observations: [{ source: 'refused', at: '2026-01-01T00:00:00.000Z', values: { title: ['CEO', 1] } }],
    }
    const results = await run([{ email: 'beside1@acme.example' }, refused, { email: 'beside2@acme.example' }])
    await sql`alter table observation drop constraint test_refuses`.execute(database.db)
    expect(results.map(({ status }) => status)).toEqual(['done', 'failed', 'done'])
    expect(await leads.find({ email: 'beside2@acme.example' })).not.toBeNull()
  })

  it('stores what an item with a lead’s id says at that lead, also a new address', async () => {
    const [first] = await run([{ fullName: 'Cleo Day' }])
    const leadId = outputOf(first).lead.id
    const [second] = await run([{ leadId, email: 'cleo@acme.example' }])
    expect(second?.outputs[0]).toMatchObject({
      outcome: 'updated',
      lead: { id: leadId, fullName: 'Cleo Day', email: 'cleo@acme.example' },
    })
    expect((await leads.find({ email: 'cleo@acme.example' }))?.id).toBe(leadId)
  })

  it('keeps who said each field, and names the source for the rest', async () => {
    const observations = [
      { source: 'apollo', at: '2026-01-01T00:00:00.000Z', price: 5, ledger: 'led_1', values: { title: ['CEO', 0.6] } },
    ]
    const [result] = await run([{ email: 'dora@acme.example', title: 'CEO', observations }], {
      source: 'import of May',
    })
    expect(
      (await leads.facts(outputOf(result).lead.id)).map(({ field, source, price }) => [field, source, price]),
    ).toEqual([
      ['email', 'import of May', undefined],
      ['title', 'apollo', 5],
    ])
  })

  it('finds, searches and merges', async () => {
    const [one, two] = await run([{ email: 'eve1@merge.example', title: 'Pilot' }, { email: 'eve2@merge.example' }])
    const ids = [outputOf(one).lead.id, outputOf(two).lead.id]
    const got = await run(
      [{ email: ' EVE1@merge.example' }, { leadId: ids[1] }, { email: 'nobody@merge.example' }, { email: 'n/a' }],
      { operation: 'get' },
    )
    expect(got.map((result) => result.reason ?? outputOf(result).lead.id)).toEqual([
      ...ids,
      'No stored lead has this e-mail or LinkedIn address.',
      'No stored lead has this e-mail or LinkedIn address.',
    ])
    expect(
      (await run([{ searchFor: 'eve2' }, { searchFor: 'nobody at all' }], { operation: 'search' })).map(
        ({ outputs }) => outputs.length,
      ),
    ).toEqual([1, 0])
    const [merged, lacking] = await run([{ leadId: ids[1], mergeInto: ids[0] }, { leadId: ids[0] }], {
      operation: 'merge',
    })
    expect(merged?.outputs[0]).toMatchObject({ outcome: 'merged', lead: { id: ids[0], title: 'Pilot' } })
    expect(lacking?.error?.kind).toBe('invalid_input')
  })

  it.skipIf(!nobodysAddress)(
    'makes four of four whose e-mail column holds no address, none with that e-mail',
    async () => {
      const own = openLeads(database.db, { workspace: 'ws_h6', mode: 'test' })
      const results = await run(nobodysAddress?.items ?? [], {}, own)
      expect(results.map(({ status }) => status)).toEqual(['done', 'done', 'done', 'done'])
      const stored = await own.search('', 100)
      expect(stored.map(({ fullName }) => fullName).sort()).toEqual([
        'Ina Lang',
        'Olaf Kurz',
        'Peter Gross',
        'Ursula Klein',
      ])
      for (const lead of stored) expect(lead).not.toHaveProperty('email')
      expect(stored.find(({ fullName }) => fullName === 'Ursula Klein')).toMatchObject({
        title: 'CEO',
        phone: '+4930111111',
      })
    },
  )
})
