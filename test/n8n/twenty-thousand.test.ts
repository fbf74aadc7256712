import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { block, runFlow, type Flow } from '../../bench/n8n/flow.ts'
import { leadsOf, type Lead } from '../../bench/n8n/leads.ts'
import { startedHere, watchMemory, type Watched } from '../../bench/n8n/memory.ts'
import { startWorld, type World } from '../../bench/n8n/world.ts'
import { withoutN8n } from '../flagship/missing.ts'
import { startOwnN8n, type OwnN8n } from '../flagship/own-n8n.ts'

const count = 20_000
const patience = 600_000

interface Row {
  /** The lead's own id, as the last block carried it along. */
  readonly id: number
  /** The id of the lead that n8n says this item comes from, through all the pairs between them. */
  readonly from: number
  readonly email: string
  readonly verdict?: string
  readonly enrichedBy?: Readonly<Record<string, string>>
  readonly outcome?: string
}

const shown = { id: '$json.id', from: "$('Leads').item.json.id", email: '$json.email', verdict: '$json.verdict', enrichedBy: '$json.enrichedBy', outcome: '$json.crm.outcome' }

const flow: Flow = {
  name: 'Twenty thousand leads',
  nodes: [
    { name: 'Leads', type: 'n8n-nodes-base.splitOut', typeVersion: 1, parameters: { fieldToSplitOut: 'body.leads', options: {} } },
    block('Verify Email', 'verifyEmail'),
    block('Enrich Lead', 'enrichLead'),
    block('Sync CRM', 'syncCrm', { crm: 'hubspot' }),
    {
      name: 'Result', type: 'n8n-nodes-base.set', typeVersion: 3.5,
      parameters: { mode: 'raw', jsonOutput: `={{ { ${Object.entries(shown).map(([name, value]) => `${name}: ${value}`).join(', ')} } }}`, options: {} },
    },
  ],
  arrows: [['Start', 'Leads'], ['Leads', 'Verify Email'], ['Verify Email', 'Enrich Lead'], ['Enrich Lead', 'Sync CRM'], ['Sync CRM', 'Result']],
}

describe.skipIf(withoutN8n)(`${count} leads in one execution of a running n8n${withoutN8n}`, () => {
  let world: World
  let n8n: OwnN8n
  let memory: Watched
  let leads: Lead[]
  let rows: Row[]

  beforeAll(async () => {
    world = await startWorld({ rates: { zerobounce: 500, apollo: 500, hubspot: 'own' }, latency: 0, batches: 'yes' })
    n8n = await startOwnN8n('http://127.0.0.1:9')
    memory = watchMemory(startedHere('n8n/bin/n8n'))
    leads = leadsOf(world.sandbox.population, count, 0)
    rows = await runFlow<Row>(await n8n.use(world.hub), flow, leads)
  }, patience)
  afterAll(async () => {
    memory?.stop()
    await n8n?.stop()
    await world?.stop()
  })

  test('none is lost, none is there twice, and each is where it was', () => {
    expect(rows.length).toBe(count)
    expect(rows.flatMap(({ id }, position) => (id === position ? [] : [{ id, position }]))).toEqual([])
  })

  test('each is still linked to the item that it began as', () => {
    expect(rows.filter(({ id, from }) => id !== from)).toEqual([])
  })

  test('each has been through every block', () => {
    expect(rows.filter(({ id, email, verdict, enrichedBy, outcome }) => email !== leads[id]?.email.toLowerCase() || !verdict || !enrichedBy || outcome !== 'created')).toEqual([])
  })

  test('n8n never takes 1 GB of memory, with all that it starts', () => {
    expect(memory.peakMb()).toBeLessThan(1000)
  })
})
