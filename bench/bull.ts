/**
 * Items a second with a free and instant vendor, through the hub and through bare bull, 50 at a time.
 *   node bench/bull.ts [--items 5000] [--rounds 5] [--json]
 * One call for each item on both sides, the same, over kept connections; no batches, no kept answers. The hub is one
 * process on PostgreSQL and Redis; bull is one process on the same Redis that adds one job for each item and does them,
 * with axios. The same calls without any queue, by the client that the hub uses, are measured, too: faster than that
 * the hub cannot be in one process.
 * The rounds take turns; the figures are medians. What the hub's process did meanwhile comes from its profile, taken in
 * a round of its own.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import axios from 'axios'
import { sharesOf } from './bull/profile.ts'
import { whenDone } from './runs/run.ts'
import { load, out, rounded, row } from './shared/figures.ts'
import { sandboxProgram, startHub, type BenchHub } from './shared/hub.ts'
import { neededServices } from './shared/needed-services.ts'
import { median, start, timed } from './shared/processes.ts'

const { values } = parseArgs({
  options: {
    items: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
})
const [items, rounds] = [Number(values.items), Number(values.rounds)]
const bounds = { ratio: { least: 3 } }
const path = (name: string): string => join(import.meta.dirname, 'bull', name)

const services = await neededServices()
const vendor = await start(path('vendor.ts'))
const vendorUrl = String(vendor.ready.url)
const bare = await start(path('bare.ts'), [services.redisUrl, vendorUrl])
// The hub wants one for its mode test, which is not used here.
const sandbox = await start(sandboxProgram)
const place = {
  ...services,
  sandboxUrl: String(sandbox.ready.url),
  roles: ['both'] as const,
  program: join(import.meta.dirname, 'gateway/hub.ts'),
  env: { BENCH_CONNECTORS: path('connectors'), SEALING_KEYS: randomBytes(32).toString('base64') },
}

let next = 0
const some = (count: number): { email: string }[] =>
  Array.from({ length: count }, () => ({ email: `person.${next++}@mail-of-the-benchmark.com` }))

const throughHub = ({ live }: BenchHub, given: object[]) =>
  timed(async () => {
    const { data } = await live.post('/v1/blocks/verify-email', {
      items: given,
      options: { depth: 'services', providers: ['plain'], maxAgeDays: 0 },
      async: true,
    })
    const { items: ended } = await whenDone(live, data.run.id)
    if (ended.done !== given.length) throw new Error(`only ${ended.done} of ${given.length} were verified`)
  })
const without = (way: 'bull' | 'calls', given: object[]) =>
  timed(async () => void (await axios.post(`${String(bare.ready.url)}/${way}`, given, { maxBodyLength: Infinity })))

const hub = await startHub(place)
await hub.live.post('/v1/connections', { connector: 'plain', fields: { url: vendorUrl } })
const loadBefore = load()
const times = { calls: [] as number[], bull: [] as number[], hub: [] as number[] }
for (let round = -1; round < rounds; round++) {
  // The first round warms all three up.
  const took = {
    calls: await without('calls', some(items)),
    bull: await without('bull', some(items)),
    hub: await throughHub(hub, some(items)),
  }
  if (round >= 0) for (const way of ['calls', 'bull', 'hub'] as const) times[way].push(took[way])
}
await hub.stop()

const profiles = mkdtempSync(join(tmpdir(), 'hub-bench-profile-'))
const watched = await startHub({ ...place, flags: ['--cpu-prof', `--cpu-prof-dir=${profiles}`] })
for (let round = 0; round < 3; round++) await throughHub(watched, some(items))
await watched.stop()
const shares = readdirSync(profiles).flatMap((file) => sharesOf(join(profiles, file)))
rmSync(profiles, { recursive: true, force: true })
for (const each of [sandbox, bare, vendor]) await each.stop()
await services.stop()

const perSecond = (of: readonly number[]): number => rounded((items / median(of)) * 1000)
const figures = {
  items,
  rounds,
  loadBefore,
  callsPerSecond: perSecond(times.calls),
  bullPerSecond: perSecond(times.bull),
  hubPerSecond: perSecond(times.hub),
  hubByBull: rounded(median(times.bull) / median(times.hub), 2),
  hubByCalls: rounded(median(times.calls) / median(times.hub), 2),
  callsByBull: rounded(median(times.bull) / median(times.calls), 2),
  profile: Object.fromEntries(shares.map(([name, share]) => [name, rounded(share, 3)])),
}
out(`${items} items, 50 at a time, median of ${rounds} rounds, load of the machine before: ${loadBefore}`)
out(row('items a second through bare bull', figures.bullPerSecond, ''))
out(row('items a second through the hub', figures.hubPerSecond, ''))
out(row('items a second by the bare calls alone', figures.callsPerSecond, ''))
out(row('the hub by bull', figures.hubByBull, '', bounds.ratio))
out(row('the bare calls by bull: the most there could be', figures.callsByBull, ''))
out(row('the hub by the bare calls', figures.hubByCalls, ''))
out('what the hub’s process did, of all its time:')
for (const [name, share] of shares) out(row(`  ${name}`, rounded(share * 100, 1), '%'))
if (values.json) out(JSON.stringify({ ...figures, bounds }))
