/**
 * What a call through the hub costs beside the same call made with bare axios.
 *   node bench/gateway.ts [--calls 3000] [--rounds 5] [--json]
 * Distinct addresses, 32 at a time on both sides, over kept connections; the sandbox plays the vendor in a process of
 * its own. The rounds take turns; the figures are medians.
 */
import { parseArgs } from 'node:util'
import { concurrency } from './gateway/asking.ts'
import { atHuntersLimits, atPublishedLimits, inBatches, oneByOne } from './gateway/worlds.ts'
import { tellConditions, type Conditions } from './shared/conditions.ts'
import { load, out, rounded, row } from './shared/figures.ts'
import { publishedLimits } from './shared/published.ts'

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '3000' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
})
const size = { calls: Number(values.calls), rounds: Number(values.rounds) }
const bounds = { ratio: { most: 2 }, againCalls: { most: 0 } }
const single = await publishedLimits('zerobounce', 'verifyEmail')
const bulk = await publishedLimits('zerobounce', 'verifyEmail', 'bulk')
const hunter = await publishedLimits('hunter', 'verifyEmail')

const conditions: Conditions = {
  madeUp: [
    'ZeroBounce without limits, which would be all that is measured (the last rows: with its own)',
    'vendors are played by the sandbox on this machine and answer at once, over plain HTTP',
  ],
  switchedOff: [
    'the cache (maxAgeDays 0), but in the rows “cache on”',
    'batches, but in the rows “in batches” and “published limits”',
    'Verify Email’s free checks (depth: services); budgets',
    'PostgreSQL, and bull on Redis: the hub is one process on PGlite',
  ],
  published: [single.words, bulk.words, hunter.words],
}

tellConditions(conditions)
const loadBefore = load()
const one = await oneByOne(size)
const many = await inBatches(size)
const published = await atPublishedLimits(size)
const slow = await atHuntersLimits(Math.min(size.calls, hunter.callsPerSecond * 60))

const by = (value: number, other: number): number => rounded(value / other, 2)
const figures = {
  ...size,
  concurrency,
  loadBefore,
  oneByOne: { ...one, ratio: by(one.hubMs, one.bareMs), ratioCacheOn: by(one.cacheOnMs, one.bareMs) },
  inBatches: { ...many, ratio: by(many.hubMs, many.bareMs), gain: by(one.hubMs, many.hubMs) },
  published: {
    ...published,
    ratio: by(published.hubMs, published.bareMs),
    shareOfLimit: rounded(size.calls / (published.hubMs / 1000) / single.callsPerSecond, 3),
  },
  hunter: { ...slow, timeByLimit: by(slow.seconds, slow.addresses / hunter.callsPerSecond) },
}
out(`${size.calls} addresses, ${concurrency} at a time, median of ${size.rounds} rounds, load before: ${loadBefore}`)
out('one by one')
out(row('  bare axios', one.bareMs, 'ms'))
out(row('  the hub, cache off', one.hubMs, 'ms'))
out(row('    by bare axios', figures.oneByOne.ratio, '', bounds.ratio))
out(row('  the hub, cache on', one.cacheOnMs, 'ms'))
out(row('    by bare axios', figures.oneByOne.ratioCacheOn, ''))
out(row('  the same addresses again, cache on', one.againMs, 'ms'))
out(row('    calls', one.againCalls, '', bounds.againCalls))
out('in batches of 100')
out(row('  bare axios', many.bareMs, 'ms'))
out(row('  the hub, cache off', many.hubMs, 'ms'))
out(row('    by bare axios', figures.inBatches.ratio, ''))
out(row('    how much faster than one by one', figures.inBatches.gain, ''))
out('published limits, cache off')
out(row('  ZeroBounce, bare axios one by one', published.bareMs, 'ms'))
out(row('  ZeroBounce, the hub as it finds best', published.hubMs, 'ms'))
out(row('    by bare axios', figures.published.ratio, ''))
out(row('    share of the limit for single calls', figures.published.shareOfLimit, ''))
out(row('    refused as too many', published.refused, ''))
out(row(`  Hunter, ${slow.addresses} addresses`, slow.seconds, 's'))
out(row('    by calls ÷ limit', figures.hunter.timeByLimit, ''))
out(row('    refused as too many', slow.refused, ''))
if (values.json) out(JSON.stringify({ conditions, ...figures, bounds }))
