/**
 * Leads verified and enriched in a running n8n, by n8n's own nodes and by our blocks, in one run: the same n8n, started
 * anew for each side, the same leads, the same services.
 *   node bench/n8n.ts [--leads 10000] [--json]
 * Calls and price are the services' own count. With a verifier and an enricher that take batches, with one by one only,
 * and with the limits that the services publish.
 */
import { parseArgs } from 'node:util'
import { n8nInstall } from '../launcher/build/n8n.ts'
import { nodePackage } from '../launcher/build/node-package.ts'
import { ensure } from '../launcher/build/task.ts'
import { dataFolder } from '../launcher/paths.ts'
import { atPublishedLimits, inBatches, latency, oneByOne, rate } from './n8n/comparisons.ts'
import { repeated } from './n8n/measured.ts'
import { tellConditions, type Conditions } from './shared/conditions.ts'
import { load, out, rounded, row } from './shared/figures.ts'
import { publishedLimits } from './shared/published.ts'

const { values } = parseArgs({
  options: { leads: { type: 'string', default: '10000' }, json: { type: 'boolean', default: false } },
})
const leads = Number(values.leads)
const bounds = {
  time: { most: 0.1 },
  calls: { most: 0.1 },
  againCalls: { most: 0 },
  callsByLookUps: { most: 1.01 },
  timeByLimit: { most: 1.1 },
}
const apollo = await publishedLimits('apollo', 'enrichPerson')
const distinct = 1 - repeated
/** As many as Apollo lets through in a minute, one a call; and of batches what takes a minute or two. */
const [few, some] = [Math.min(leads, (apollo.callsPerSecond * 60) / distinct), Math.min(leads, 5_000)]

const conditions: Conditions = {
  madeUp: [
    `ZeroBounce, Hunter and Apollo take ${rate} calls a second each (under “published limits”: what they publish)`,
    `the sandbox plays them on this machine and answers after ${latency} ms; people and prices are made up, too`,
    `${repeated * 100} % of the leads are there a second time`,
  ],
  switchedOff: [
    'Verify Email’s free checks (depth: services), which n8n’s own nodes do not have',
    'PostgreSQL, and bull on Redis: the hub is one process on PGlite',
    'batches, under “one by one”',
    'the cache (maxAgeDays 0), in the row “cache off”; in the others it is on, and empty at first',
  ],
  published: [
    (await publishedLimits('zerobounce', 'verifyEmail')).words,
    (await publishedLimits('zerobounce', 'verifyEmail', 'bulk')).words,
    (await publishedLimits('hunter', 'verifyEmail')).words,
    apollo.words,
  ],
}

const never = new AbortController().signal
const { logs } = dataFolder(undefined)
await ensure(nodePackage(logs), never)
await ensure(n8nInstall(logs), never)

tellConditions(conditions)
const loadBefore = load()
out(`${leads} leads, load of the machine before: ${loadBefore}`)
const by = (one: number, other: number): number => rounded(one / other, 3)

out('\nservices that take batches (ZeroBounce, Apollo)')
const many = await inBatches(leads)
const batched = {
  ...many,
  time: by(many.ours.seconds, many.own.seconds),
  calls: by(many.ours.calls, many.own.calls),
  timeByBatches: by(many.ours.seconds, many.ownMany.seconds),
  callsByBatches: by(many.ours.calls, many.ownMany.calls),
}
out(row('our time, by own nodes one by one', batched.time, '', bounds.time))
out(row('our calls, by own nodes one by one', batched.calls, '', bounds.calls))
out(row('our time, by own nodes in batches', batched.timeByBatches, ''))
out(row('our calls, by own nodes in batches', batched.callsByBatches, ''))
out(row('calls for the same leads again', many.again.calls, '', bounds.againCalls))

out('\none by one (Hunter, Apollo)')
const one = await oneByOne(leads)
const single = {
  ...one,
  time: by(one.ours.seconds, one.own.seconds),
  // Each address at each of the two services.
  callsByLookUps: by(one.ours.calls, Math.round(leads * distinct) * 2),
  timeByLimit: by(one.ours.seconds, one.ours.calls / rate),
}
out(row('our calls, by the distinct look-ups', single.callsByLookUps, '', bounds.callsByLookUps))
out(row('our time, by calls ÷ limit', single.timeByLimit, '', bounds.timeByLimit))
out(row('our time, by own nodes', single.time, ''))

out('\npublished limits (ZeroBounce, Apollo)')
const real = await atPublishedLimits(few, some)
const published = {
  ...real,
  timePerLead: by(real.ours.seconds / some, real.own.seconds / few),
  timeByBatches: by(real.ours.seconds, real.ownMany.seconds),
}
out(row('our time for a lead, by own nodes one by one', published.timePerLead, ''))
out(row('our time, by own nodes in batches', published.timeByBatches, ''))
if (values.json) out(JSON.stringify({ conditions, leads, loadBefore, batched, single, published, bounds }))
