/**
 * A million distinct addresses through the hub, and what a small request meets meanwhile.
 *   node bench/runs.ts [--items 1000000] [--apart] [--json]
 * The file is streamed to POST /v1/runs of a hub of one process (--apart: one that answers and one that works) on
 * PostgreSQL and Redis; the vendor is the sandbox in its own process. Memory is VmRSS, each second, of all the hub's
 * processes together, the highest from the first byte of the file to the last row of the results. Evenness: the run's
 * hundredths are timed; the median of the last ten by that of the second ten.
 */
import { parseArgs } from 'node:util'
import { measureLargeRun } from './runs/large-run.ts'
import { openPlace } from './runs/place.ts'
import { mailsFrom } from './runs/small.ts'
import { verifyFile, type Went } from './runs/verify-file.ts'
import { tellConditions, type Conditions } from './shared/conditions.ts'
import { load, out, rounded, row } from './shared/figures.ts'
import { publishedLimits } from './shared/published.ts'

const { values } = parseArgs({
  options: {
    items: { type: 'string', default: '1000000' },
    apart: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const items = Number(values.items)
/** For the further rows: as many as take some tens of seconds. */
const [some, few] = [Math.min(items, 200_000), Math.min(items, 50_000)]
const roles = values.apart ? (['api', 'worker'] as const) : (['both'] as const)
const bounds = {
  memoryMb: { most: 400 },
  itemsPerSecond: { least: 1000 },
  evenness: { most: 1.2 },
  fairness: { most: 3 },
  againCalls: { most: 0 },
}
const single = await publishedLimits('zerobounce', 'verifyEmail')
const bulk = await publishedLimits('zerobounce', 'verifyEmail', 'bulk')

const conditions: Conditions = {
  madeUp: [
    'ZeroBounce without limits, in batches of 100, which would be all that is measured (the last rows: with its own)',
    'the sandbox plays it on this machine and answers at once, over plain HTTP',
  ],
  switchedOff: [
    'Verify Email’s free checks (depth: services); budgets',
    'the cache (maxAgeDays 0), in the row “cache off”; in the others it is on, and no address comes twice',
  ],
  published: [single.words, bulk.words],
}
tellConditions(conditions)

const loadBefore = load()
const place = await openPlace('none', roles)
const takeMails = mailsFrom(place.sandbox.population)
let first = 0
const counted = (count: number): string[] => {
  first += count
  return takeMails(count)
}
const large = await measureLargeRun(place, counted, items)
const anew = await verifyFile(place, counted, some, { maxAgeDays: 0 })
const known = await verifyFile(place, counted, some)
const again = await verifyFile(place, mailsFrom(place.sandbox.population, first - some), some)
await place.stop()
const shipped = await openPlace('own', roles)
const published = await verifyFile(shipped, mailsFrom(shipped.sandbox.population), few)
await shipped.stop()

const shareOfLimit = rounded(published.calls / published.seconds / single.callsPerSecond, 3)
const figures = { items, processes: roles.join(' + '), loadBefore, ...large, anew, known, again }
const tell = (what: string, { items: count, seconds, itemsPerSecond }: Went): void =>
  out(row(`${what}, ${count.toLocaleString('en')} in ${seconds} s`, itemsPerSecond, ''))

out(`${items} distinct addresses, hub: ${figures.processes}, load of the machine before: ${loadBefore}`)
out(row('highest memory of the hub', large.memoryMb, 'MB', bounds.memoryMb))
out(row('  while the file came in', large.memoryWhileAcceptedMb, 'MB'))
out(row('  until the run was done', large.memoryWhileItRanMb, 'MB'))
out(row('items a second, from the file’s first byte', large.itemsPerSecond, '', bounds.itemsPerSecond))
out(row('  once it was accepted', large.itemsPerSecondWorking, ''))
out(`  in each tenth                                     ${large.perSecond.join(' ')}`)
out(row('last tenth by second tenth', large.evenness, '', bounds.evenness))
out(row('100 items alone, median', large.aloneMs, 'ms'))
out(row('100 items during it, median', large.duringMs, 'ms'))
out(row('during by alone, medians', large.fairness, '', bounds.fairness))
out(row(`the worst of ${large.times} by alone`, large.worst, ''))
out('\nafter it, items a second from the file’s first byte')
tell('cache off', anew)
tell('cache on', known)
tell('cache on, the same addresses again', again)
out(row('  calls', again.calls, '', bounds.againCalls))
tell('published limits, cache on', published)
out(row('  calls', published.calls, ''))
out(row('  share of the limit for single calls', shareOfLimit, ''))
out(row('  refused as too many', published.refused, ''))
if (values.json) out(JSON.stringify({ conditions, ...figures, published: { ...published, shareOfLimit }, bounds }))
