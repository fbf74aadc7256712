/**
 * What the hub costs beside a queue and nothing else: items a second, and processor time for an item.
 *   node bench/bull.ts [--items 5000] [--rounds 5] [--json]
 * One call for each item, the same on all sides, 50 at a time over kept connections; no batches. The hub is one process
 * on PostgreSQL and Redis; bull is one process on the same Redis that adds one job for each item and does them; the
 * bare calls go without any queue, by the client that the hub uses. The rounds take turns; the figures are medians.
 * Overhead: the hub's processor time for an item, beyond the bare call's, with provenance (every item its ledger row
 * and its observation), the cache and bull on. What it goes to comes from a profile, taken in rounds of its own.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { askBare, askHub, type Item, type Took } from './bull/asking.ts'
import { openPlace, type Place } from './bull/place.ts'
import { monotonic, sharesOf, type Stretch } from './bull/profile.ts'
import { mailsFrom } from './runs/small.ts'
import { tellConditions, type Conditions } from './shared/conditions.ts'
import { load, out, rounded, row } from './shared/figures.ts'
import type { BenchHub } from './shared/hub.ts'
import { median } from './shared/processes.ts'
import { publishedLimits } from './shared/published.ts'
import { takeTurns, way, type Way } from './shared/turns.ts'

const { values } = parseArgs({
  options: {
    items: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
})
const [items, rounds] = [Number(values.items), Number(values.rounds)]
/** Microseconds for an item: 1.1 times what it was in November 2026; and the aim, what a bare call takes itself. */
const bounds = { overhead: { most: 235 }, againCalls: { most: 0 } }
const aim = 79
const published = await publishedLimits('zerobounce', 'verifyEmail')

const conditions: Conditions = {
  madeUp: [
    'a vendor that is free, answers at once and the same to everybody, takes 50 calls at once and has no other limit',
    '(the rows “published limits”: ZeroBounce with its own, played by the sandbox)',
  ],
  switchedOff: [
    'batches: one item a call on all sides',
    'the cache (maxAgeDays 0), in the row “cache off”',
    'Verify Email’s free checks (depth: services); budgets; TLS',
    'processor time does not count PostgreSQL’s and Redis’s own processes',
  ],
  published: [published.words],
}

const off = { providers: ['plain'], maxAgeDays: 0 }
const on = { providers: ['plain'] }

let next = 0
const some = (): Item[] =>
  Array.from({ length: items }, () => ({ email: `person.${next++}@mail-of-the-benchmark.com` }))
const askPlain = ({ live, pid }: BenchHub, options: object, given: readonly Item[]) =>
  askHub({ client: live, pid, options }, given)

/** For an item: how many a second, and microseconds of processor time, all threads' and the main one's. */
const figuresOf = ({ measured }: Way<Took>) => ({
  perSecond: rounded((items / median(measured.map(({ ms }) => ms))) * 1000),
  cpu: rounded(median(measured.map(({ cpu }) => cpu.all)) / items, 1),
  mainCpu: rounded(median(measured.map(({ cpu }) => cpu.main)) / items, 1),
})
type Figures = ReturnType<typeof figuresOf>

const compare = async ({ plain }: Place, hub: BenchHub) => {
  let known: readonly Item[] = []
  const calls = way(() => askBare(plain, 'calls', some()))
  const bull = way(() => askBare(plain, 'bull', some()))
  const bullByAxios = way(() => askBare(plain, 'bull-axios', some()))
  const cacheOff = way(() => askPlain(hub, off, some()))
  const cacheOn = way(() => askPlain(hub, on, (known = some())))
  const again = way(() => askPlain(hub, on, known))
  await takeTurns([calls, bull, bullByAxios, cacheOff, cacheOn, again], rounds)
  return {
    calls: figuresOf(calls),
    bull: figuresOf(bull),
    bullByAxios: figuresOf(bullByAxios),
    cacheOff: figuresOf(cacheOff),
    cacheOn: figuresOf(cacheOn),
    again: { ...figuresOf(again), calls: again.measured.reduce((sum, took) => sum + took.calls, 0) },
  }
}

/** ZeroBounce with its own limits, which it is made for: the answers are longer, too. */
const compareAtPublishedLimits = async ({ zerobounce, sandbox }: Place, { client, pid }: BenchHub) => {
  const takeMails = mailsFrom(sandbox.population)
  const people = (): Item[] => takeMails(items).map((email) => ({ email }))
  const calls = way(() => askBare(zerobounce, 'calls', people()))
  const hub = way(() => askHub({ client, pid, options: { providers: ['zerobounce'] } }, people()))
  await takeTurns([calls, hub], Math.min(rounds, 3))
  return { calls: figuresOf(calls), hub: figuresOf(hub) }
}

/** What the hub's work goes to, in shares, the cache on. */
const profiled = async (place: Place): Promise<[string, number][]> => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-bench-profile-'))
  const hub = await place.startHub(['--cpu-prof', `--cpu-prof-dir=${folder}`])
  const stretches: Stretch[] = []
  for (let round = 0; round < 3; round++) {
    const from = monotonic()
    await askPlain(hub, on, some())
    // The first one warms up.
    if (round > 0) stretches.push({ from, to: monotonic() })
  }
  await hub.stop()
  const shares = readdirSync(folder).flatMap((file) => sharesOf(join(folder, file), stretches))
  rmSync(folder, { recursive: true, force: true })
  return shares
}

tellConditions(conditions)
const place = await openPlace()
const loadBefore = load()
const hub = await place.startHub()
const compared = await compare(place, hub)
const atPublished = await compareAtPublishedLimits(place, hub)
await hub.stop()
const shares = await profiled(place)
await place.stop()

const { calls, bull, bullByAxios, cacheOff, cacheOn, again } = compared
const figures = {
  items,
  rounds,
  loadBefore,
  ...compared,
  published: { ...atPublished, overhead: rounded(atPublished.hub.cpu - atPublished.calls.cpu) },
  overhead: rounded(cacheOn.cpu - calls.cpu),
  overheadOfMainThread: rounded(cacheOn.mainCpu - calls.mainCpu),
  overheadCacheOff: rounded(cacheOff.cpu - calls.cpu),
  hubByBull: rounded(cacheOff.perSecond / bullByAxios.perSecond, 2),
  hubByCalls: rounded(cacheOff.perSecond / calls.perSecond, 2),
  // Microseconds of an item. The profile knows the main thread alone.
  profile: Object.fromEntries([
    ...shares.map(([name, share]): [string, number] => [name, rounded(share * cacheOn.mainCpu, 1)]),
    ['threads beside the main one', rounded(cacheOn.cpu - cacheOn.mainCpu, 1)],
  ]),
}
const micros = (value: number): string => `${value.toFixed(1).padStart(12)} µs`
const line = (what: string, { perSecond, cpu, mainCpu }: Figures): void =>
  out(`${what.padEnd(46)}${String(perSecond).padStart(8)}${micros(cpu)}${micros(mainCpu)}`)

out(`${items} items, 50 at a time, median of ${rounds} rounds, load of the machine before: ${loadBefore}`)
const heads = ['a second'.padStart(8), 'all threads'.padStart(15), 'main thread'.padStart(15)]
out(`${'for an item, in the process that asks'.padEnd(46)}${heads.join('')}`)
line('the bare calls, by Node’s client', calls)
line('bare bull, by Node’s client', bull)
line('bare bull, by axios', bullByAxios)
line('the hub, cache off', cacheOff)
line('the hub, cache on', cacheOn)
line('the hub, the same items again, cache on', again)
out(row('  calls', again.calls, '', bounds.againCalls))
line('published limits: the bare calls', atPublished.calls)
line('published limits: the hub, cache on', atPublished.hub)
out('')
out(row('overhead: the hub beyond the bare call', figures.overhead, 'µs', bounds.overhead))
out(row('  of which its main thread', figures.overheadOfMainThread, 'µs'))
out(`  the aim: ${aim} µs, what a bare call took in November 2026; now ${calls.cpu} µs`)
out(row('  cache off', figures.overheadCacheOff, 'µs'))
out(row('  published limits', figures.published.overhead, 'µs'))
out(row('items a second, the hub (cache off) by bull with axios', figures.hubByBull, ''))
out(row('items a second, the hub (cache off) by the bare calls', figures.hubByCalls, ''))
out(`what the hub’s ${cacheOn.cpu} µs for an item go to (cache on, by profile):`)
for (const [name, value] of Object.entries(figures.profile)) if (value >= 1) out(row(`  ${name}`, value, 'µs'))
if (values.json) out(JSON.stringify({ conditions, ...figures, aim, bounds }))
