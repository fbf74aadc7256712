import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { block, executeFlow, type Flow, type Item } from '../../bench/n8n/flow.ts'
import { leadsOf, type Lead } from '../../bench/n8n/leads.ts'
import { startedHere, watchMemory, type Watched } from '../../bench/n8n/memory.ts'
import { startWorld, type World } from '../../bench/n8n/world.ts'
import { withoutN8n } from '../flagship/missing.ts'
import { startOwnN8n, type OwnN8n } from '../flagship/own-n8n.ts'

/** TOGETHER_LONG=yes: as many as one execution of n8n is promised to take. */
const count = process.env.TOGETHER_LONG === 'yes' ? 20_000 : 2_000
const patience = 600_000

interface Fields {
  /** The lead's own id, as every block carried it along. */
  readonly id: number
  readonly email: string
  readonly verdict?: string
  readonly enrichedBy?: Readonly<Record<string, string>>
  readonly crm?: { readonly outcome: string }
}

/** From the last to the first. */
const blocks = ['Sync CRM', 'Enrich Lead', 'Verify Email']

const flow: Flow = {
  name: 'Twenty thousand leads',
  nodes: [
    {
      name: 'Leads',
      type: 'n8n-nodes-base.splitOut',
      typeVersion: 1,
      parameters: { fieldToSplitOut: 'body.leads', options: {} },
    },
    block('Verify Email', 'verifyEmail'),
    block('Enrich Lead', 'enrichLead'),
    block('Sync CRM', 'syncCrm', { crm: 'hubspot' }),
  ],
  arrows: [
    ['Start', 'Leads'],
    ['Leads', 'Verify Email'],
    ['Verify Email', 'Enrich Lead'],
    ['Enrich Lead', 'Sync CRM'],
  ],
}

describe.skipIf(withoutN8n)(`${count} leads in one execution of a running n8n${withoutN8n}`, () => {
  let world: World
  let n8n: OwnN8n
  let memory: Watched
  let leads: Lead[]
  let given: (node: string) => readonly Item<Fields>[]
  let peakMb: number

  beforeAll(async () => {
    world = await startWorld({ rates: { zerobounce: 500, apollo: 500, hubspot: 'own' }, latency: 0, batches: 'yes' })
    n8n = await startOwnN8n('http://127.0.0.1:9')
    memory = watchMemory(startedHere('n8n/bin/n8n'))
    leads = leadsOf(world.sandbox.population, count, 0)
    given = await executeFlow<Fields>(await n8n.use(world.hub), flow, leads, () => (peakMb = memory.peakMb()))
    process.stderr.write(`n8n and all that it starts: at most ${peakMb} MB\n`)
  }, patience)
  afterAll(async () => {
    memory?.stop()
    await n8n?.stop()
    await world?.stop()
  })

  test('none is lost, none is there twice, and each is where it was', () => {
    const rows = given('Sync CRM')
    expect(rows.length).toBe(count)
    expect(rows.flatMap(({ json: { id } }, position) => (id === position ? [] : [{ id, position }]))).toEqual([])
  })

  test('each is linked to the item that it was before, from block to block', () => {
    for (const [at, block] of blocks.entries()) {
      const before = given(blocks[at + 1] ?? 'Leads')
      expect(
        given(block).filter(
          ({ json, pairedItem }) => pairedItem === undefined || before[pairedItem.item]?.json.id !== json.id,
        ),
      ).toEqual([])
    }
  })

  test('each has been through every block', () => {
    const odd = given('Sync CRM').filter(
      ({ json: { id, email, verdict, enrichedBy, crm } }) =>
        email !== leads[id]?.email.toLowerCase() || !verdict || !enrichedBy || crm?.outcome !== 'created',
    )
    expect(odd).toEqual([])
  })

  test('n8n and all that it starts take less than 1 GB of memory until all is done and saved', () => {
    // An n8n that has done nothing holds some hundreds: less was not measured.
    expect(peakMb).toBeGreaterThan(200)
    expect(peakMb).toBeLessThan(1024)
  })
})
