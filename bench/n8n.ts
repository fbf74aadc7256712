import { parseArgs } from 'node:util'
import { n8nInstall } from '../launcher/build/n8n.ts'
import { nodePackage } from '../launcher/build/node-package.ts'
import { ensure } from '../launcher/build/task.ts'
import { dataFolder } from '../launcher/paths.ts'
import { runFlow, type Flow } from './n8n/flow.ts'
import { ourBlocks, ownNodes, type Row } from './n8n/flows.ts'
import { leadsOf } from './n8n/leads.ts'
import { startedHere, watchMemory } from './n8n/memory.ts'
import { startBenchN8n } from './n8n/own-n8n.ts'
import { billOf, emptyBill, type Bill, type Verifier } from './n8n/vendors.ts'
import { startWorld, type World } from './n8n/world.ts'
import { timed } from './shared/processes.ts'

/**
 * Leads verified and enriched in a running n8n, by n8n's own nodes and by our blocks, in one run: the same n8n, started
 * anew for each side, the same leads, the same services, which answer after 100 ms and take 50 calls a second each.
 *   node bench/n8n.ts [--leads 10000] [--json]
 * Calls and price are the services' own count. Once with a verifier and an enricher that take batches, once with one by
 * one only.
 */
const { values } = parseArgs({
  options: { leads: { type: 'string', default: '10000' }, json: { type: 'boolean', default: false } },
})
const count = Number(values.leads)
const repeated = 0.2
const rate = 50
const latency = 100

interface Side extends Bill {
  readonly seconds: number
  readonly n8nMb: number
  readonly hubMb: number
  /** How many leads came out with a verdict, and how many with a job title. */
  readonly verdicts: number
  readonly titles: number
}

const out = (line: string): void => void process.stdout.write(`${line}\n`)
const never = new AbortController().signal
const { logs } = dataFolder(undefined)
await ensure(nodePackage(logs), never)
await ensure(n8nInstall(logs), never)

const measured = async (world: World, flow: Flow): Promise<Side> => {
  const { n8n, stop } = await startBenchN8n(world)
  const [n8nMemory, hubMemory] = [watchMemory(startedHere('n8n/bin/n8n')), watchMemory(world.hub.pid)]
  try {
    await emptyBill(world.sandbox)
    let rows: Row[] = []
    const ms = await timed(async () => {
      rows = await runFlow<Row>(n8n, flow, leadsOf(world.sandbox.population, count, repeated))
    })
    if (new Set(rows.map(({ id }) => id)).size !== count || rows.length !== count)
      throw new Error(`“${flow.name}” gave ${rows.length} rows for ${count} leads`)
    const having = (field: 'verdict' | 'title') => rows.filter((row) => row[field]).length
    return {
      ...(await billOf(world.sandbox)),
      seconds: ms / 1000,
      n8nMb: n8nMemory.peakMb(),
      hubMb: hubMemory.peakMb(),
      verdicts: having('verdict'),
      titles: having('title'),
    }
  } finally {
    n8nMemory.stop()
    hubMemory.stop()
    await stop()
  }
}

const row = (what: string, { seconds, calls, price, n8nMb, hubMb, verdicts, titles }: Side): string =>
  `  ${what.padEnd(18)}${seconds.toFixed(1).padStart(8)} s${String(calls).padStart(8)} ` +
  `calls${price.toFixed(2).padStart(9)} USD   n8n ${n8nMb} MB, hub ${hubMb} MB; ${verdicts} verdicts, ${titles} titles`

/** Both sides on services that are asked in batches, or one by one. */
const compared = async (verifier: Verifier, batches: 'yes' | 'no') => {
  const world = await startWorld({ rates: { [verifier]: rate, apollo: rate }, latency, batches })
  try {
    const own = await measured(world, ownNodes(world.sandbox, verifier))
    out(row('n8n’s own nodes', own))
    const ours = await measured(world, ourBlocks(verifier))
    out(row('our blocks', ours))
    return { own, ours, time: ours.seconds / own.seconds, calls: ours.calls / own.calls }
  } finally {
    await world.stop()
  }
}

const within = (what: string, value: number, bound: number): string =>
  `  ${what.padEnd(52)}${value.toFixed(3).padStart(8)}   bound ${bound}   ${value <= bound ? 'within' : 'OVER'}`

out(`${count} leads, ${repeated * 100} % of them repeated; ${rate} calls a second, ${latency} ms each`)
out('\nservices that take batches (ZeroBounce, Apollo)')
const batched = await compared('zerobounce', 'yes')
out(within('our time, of that of n8n’s own nodes', batched.time, 0.1))
out(within('our calls, of those of n8n’s own nodes', batched.calls, 0.1))
out('\nservices asked one by one (Hunter, Apollo)')
const single = await compared('hunter', 'no')
/** Each address at each of the two services. */
const lookUps = Math.round(count * (1 - repeated)) * 2
const callsPerLookUp = single.ours.calls / lookUps
const timeOfLimit = single.ours.seconds / (single.ours.calls / rate)
out(within('our calls, of the distinct look-ups', callsPerLookUp, 1.01))
out(within('our time, of calls ÷ limit', timeOfLimit, 1.1))
out(`  our time, of that of n8n’s own nodes                ${single.time.toFixed(3).padStart(8)}`)
if (values.json) out(JSON.stringify({ leads: count, batched, single: { ...single, callsPerLookUp, timeOfLimit } }))
