/**
 * A million distinct addresses through the hub, and what a small request meets meanwhile.
 *   node bench/runs.ts [--items 50000] [--apart] [--json]
 * The file is streamed to POST /v1/runs of a hub of one process (--apart: one that answers and one that works) on
 * PostgreSQL and Redis; the vendor is the sandbox in its own process, asked in batches of 100. Memory is VmRSS, each
 * second, of all the hub's processes together, the highest from the first byte of the file to the last row of the
 * results. Evenness: the run's hundredths are timed; the median of the last ten by that of the second ten.
 */
import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { connectSandbox } from '../hub-server/src/sandbox/index.ts'
import { askSmall, mailsFrom } from './runs/small.ts'
import { percentTimes, type Progress } from './runs/progress.ts'
import { csvOf, options, readAll, whenDone } from './runs/run.ts'
import { watchMemory } from './runs/memory.ts'
import { load, out, rounded, row } from './shared/figures.ts'
import { sandboxProgram, startHub } from './shared/hub.ts'
import { neededServices } from './shared/needed-services.ts'
import { median, start } from './shared/processes.ts'
import { openZeroBounce } from './shared/zerobounce.ts'

const { values } = parseArgs({
  options: {
    items: { type: 'string', default: '1000000' },
    apart: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const items = Number(values.items)
const roles = values.apart ? (['api', 'worker'] as const) : (['both'] as const)
const bounds = {
  memoryMb: { most: 400 },
  itemsPerSecond: { least: 1000 },
  evenness: { most: 1.2 },
  fairness: { most: 3 },
}
const timesAlone = 9
/** Shares of the run at which a small request comes; not in the tenths that are compared. */
const moments = Array.from({ length: 13 }, (_, at) => 0.25 + at * 0.05)

const connectors = openZeroBounce()
const services = await neededServices()
const sandboxProcess = await start(sandboxProgram, ['--connectors', connectors])
const sandboxUrl = String(sandboxProcess.ready.url)
const { population } = await connectSandbox(sandboxUrl)
const hub = await startHub({ ...services, sandboxUrl, roles })
// A plan without limits, as the sandbox has none here.
await hub.client.post('/v1/connections', {
  connector: 'zerobounce',
  fields: { apiKey: 'bench' },
  limits: [{ calls: 1_000_000, per: '1s' }],
})

const takeMails = mailsFrom(population)
const small = () => askSmall(hub.client, takeMails(100))
for (let warming = 0; warming < 3; warming++) await small()
const alone: number[] = []
for (let time = 0; time < timesAlone; time++) alone.push(await small())

const loadBefore = load()
const memory = watchMemory(hub.memory)
const began = performance.now()
const sent = hub.client.post('/v1/runs', csvOf(takeMails, items), {
  params: { block: 'verify-email', options: JSON.stringify(options) },
  headers: { 'content-type': 'text/csv' },
})
const { run } = (await sent).data
const accepted = performance.now()
const atRest = memory.highest()

const progress: Progress[] = [{ at: accepted, seen: 0 }]
const during: number[] = []
let asking: Promise<unknown> = Promise.resolve()
const ended = await whenDone(hub.client, run.id, (seen) => {
  progress.push({ at: performance.now(), seen })
  while ((moments[0] ?? Infinity) <= seen / items) {
    moments.shift()
    asking = asking.then(async () => during.push(await small()))
  }
})
const done = performance.now()
await asking
const whileItRan = memory.highest()
const read = await readAll(hub.client, run.id)
const memoryMb = memory.stop()
await hub.stop()
await sandboxProcess.stop()
await services.stop()
rmSync(connectors, { recursive: true, force: true })

if (ended.items.done !== items || read !== items)
  throw new Error(
    `${ended.items.done} of ${items} were verified, ${read} results were read: ${JSON.stringify(ended.items)}`,
  )
if (ended.usage.cached > 0) throw new Error(`${ended.usage.cached} addresses were not distinct`)

const hundredths = percentTimes(progress, items)
const tenth = (number: number): number[] => hundredths.slice(number * 10, number * 10 + 10)
const perSecond = Array.from({ length: 10 }, (_, number) =>
  rounded((items / 10 / tenth(number).reduce((sum, ms) => sum + ms, 0)) * 1000),
)
const figures = {
  items,
  processes: roles.join(' + '),
  loadBefore,
  acceptedSeconds: rounded((accepted - began) / 1000, 1),
  workedSeconds: rounded((done - accepted) / 1000, 1),
  memoryMb: rounded(memoryMb),
  memoryWhileAcceptedMb: rounded(atRest),
  memoryWhileItRanMb: rounded(whileItRan),
  itemsPerSecond: rounded((items / (done - began)) * 1000),
  itemsPerSecondWorking: rounded((items / (done - accepted)) * 1000),
  perSecond,
  evenness: rounded(median(tenth(9)) / median(tenth(1)), 2),
  aloneMs: rounded(median(alone)),
  duringMs: rounded(median(during)),
  fairness: rounded(median(during) / median(alone), 2),
  worst: rounded(Math.max(...during) / median(alone), 2),
}
out(`${items} distinct addresses, hub: ${figures.processes}, load of the machine before: ${loadBefore}`)
out(row('highest memory of the hub', figures.memoryMb, 'MB', bounds.memoryMb))
out(row('  while the file came in', figures.memoryWhileAcceptedMb, 'MB'))
out(row('  until the run was done', figures.memoryWhileItRanMb, 'MB'))
out(row('items a second, from the file’s first byte', figures.itemsPerSecond, '', bounds.itemsPerSecond))
out(row('  once it was accepted', figures.itemsPerSecondWorking, ''))
out(`  in each tenth                                     ${perSecond.join(' ')}`)
out(row('last tenth by second tenth', figures.evenness, '', bounds.evenness))
out(row('100 items alone, median', figures.aloneMs, 'ms'))
out(row('100 items during it, median', figures.duringMs, 'ms'))
out(row('during by alone, medians', figures.fairness, '', bounds.fairness))
out(row(`the worst of ${during.length} by alone`, figures.worst, ''))
if (values.json) out(JSON.stringify({ ...figures, bounds }))
