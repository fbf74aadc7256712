/**
 * Leads through Verify Email → Enrich Lead → Score Lead → Sync CRM as one pipeline, over services asked one by one.
 *   node bench/pipeline.ts [--leads 10000] [--json]
 * The hub verifies with Hunter, enriches with Apollo and writes to HubSpot, where each lead is looked up and created:
 * two calls. Nothing can be quicker than the slowest service: its calls, by its own count, divided by its limit. The
 * time is from the request that starts the run to the end of its last lead.
 */
import { parseArgs } from 'node:util'
import { leadsOf } from './n8n/leads.ts'
import { startWorld } from './n8n/world.ts'
import { runPipeline, savePipeline, type PipelineRun } from './pipeline/run-pipeline.ts'
import { tellConditions, type Conditions } from './shared/conditions.ts'
import { load, out, rounded, row } from './shared/figures.ts'
import { publishedLimits } from './shared/published.ts'

const { values } = parseArgs({
  options: { leads: { type: 'string', default: '10000' }, json: { type: 'boolean', default: false } },
})
const count = Number(values.leads)
const rate = 50
const latency = 100
const bounds = { timeByLimit: { most: 1.1 }, againCalls: { most: 0 } }
const publishedOf = {
  hunter: await publishedLimits('hunter', 'verifyEmail'),
  apollo: await publishedLimits('apollo', 'enrichPerson'),
  hubspot: await publishedLimits('hubspot', 'upsertRecords.contact'),
}
/** The cache off; and what Hunter lets through in a minute. */
const [some, few] = [Math.min(count, 1_000), Math.min(count, publishedOf.hunter.callsPerSecond * 60)]

const conditions: Conditions = {
  madeUp: [
    `Hunter, Apollo and HubSpot take ${rate} calls a second each (the last rows: what they publish)`,
    'they are asked about one lead a call (the last rows: Apollo about 10, HubSpot about 100, as many as they take)',
    `the sandbox plays them on this machine and answers after ${latency} ms; the people are made up, too`,
  ],
  switchedOff: [
    'Verify Email’s free checks (depth: services); budgets',
    'PostgreSQL, and bull on Redis: the hub is one process on PGlite',
    'the cache (maxAgeDays 0), in the row “cache off”; in the others it is on, and empty at first',
  ],
  published: Object.values(publishedOf).map(({ words }) => words),
}

type LimitOf = (service: string) => number

const madeUpLimit: LimitOf = () => rate
const publishedLimit: LimitOf = (service) =>
  Object.entries(publishedOf).find(([id]) => id === service)?.[1].callsPerSecond ?? Infinity

/** Prints what a run came to. @returns its time by that of the slowest service: calls ÷ limit */
const told = (what: string, { leads, seconds, services, outcomes }: PipelineRun, limitOf = madeUpLimit): number => {
  out(`\n${what}: ${leads} leads in ${seconds} s; ${JSON.stringify(outcomes)}`)
  const least = Object.entries(services).map(([name, { calls, refused, from, to }]) => {
    const needed = rounded((calls - refused) / limitOf(name), 1)
    out(`  ${name.padEnd(9)}${calls} calls, ${refused} refused; ÷ limit: ${needed} s; from ${from} s to ${to} s`)
    return needed
  })
  return least.length === 0 ? 0 : rounded(seconds / Math.max(...least), 3)
}
const callsOf = ({ services }: PipelineRun): number =>
  Object.values(services).reduce((sum, { calls }) => sum + calls, 0)

tellConditions(conditions)
const loadBefore = load()
out(`load of the machine before: ${loadBefore}`)

const made = await startWorld({ rates: { hunter: rate, apollo: rate, hubspot: rate }, latency, batches: 'no' })
const leads = leadsOf(made.sandbox.population, count + some, 0)
const pipeline = await savePipeline(made)
const first = await runPipeline(made, pipeline, leads.slice(0, count))
const timeByLimit = told('made-up limits, cache on', first)
out(row('  time by the slowest service’s calls ÷ limit', timeByLimit, '', bounds.timeByLimit))
const again = await runPipeline(made, pipeline, leads.slice(0, count))
told('the same leads again, cache on', again)
out(row('  calls', callsOf(again), '', bounds.againCalls))
const anew = await runPipeline(made, await savePipeline(made, { maxAgeDays: 0 }), leads.slice(count))
const anewByLimit = told('made-up limits, cache off', anew)
out(row('  time by the slowest service’s calls ÷ limit', anewByLimit, ''))
await made.stop()

const real = await startWorld({ rates: { hunter: 'own', apollo: 'own', hubspot: 'own' }, latency, batches: 'yes' })
const published = await runPipeline(real, await savePipeline(real), leads.slice(0, few))
const publishedByLimit = told('published limits, cache on', published, publishedLimit)
out(row('  time by the slowest service’s calls ÷ limit', publishedByLimit, ''))
await real.stop()

const figures = { leads: count, loadBefore, first, timeByLimit, again, anew, anewByLimit, published, publishedByLimit }
if (values.json) out(JSON.stringify({ conditions, ...figures, bounds }))
