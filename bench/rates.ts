/**
 * How much of what vendors allow is used, and whether they ever refuse, over the real clock.
 *   node bench/rates.ts [--seconds 120] [--json]
 * Four hub processes that work share PostgreSQL and Redis; the sandbox in its own process keeps the vendors' published
 * limits in exact sliding windows. There is always more work than they allow: addresses for Hunter (one a call), people
 * for People Data Labs (100 a call) and Apollo (ten a call). Counted in the hub's ledger once all the work is there.
 * ZeroBounce is not among them: its single calls, 8,000 a second, are more than this machine can make.
 */
import { parseArgs } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase } from '../hub-server/src/db/database.ts'
import { connectSandbox } from '../hub-server/src/sandbox/index.ts'
import { mailsFrom } from './runs/small.ts'
import { tellConditions, type Conditions } from './shared/conditions.ts'
import { keeps, load, out, rounded, row } from './shared/figures.ts'
import { connectorsFolder, sandboxProgram, startHub } from './shared/hub.ts'
import { neededServices } from './shared/needed-services.ts'
import { start } from './shared/processes.ts'
import { publishedLimits, type Published } from './shared/published.ts'

interface Vendor {
  readonly block: string
  readonly options: Readonly<Record<string, unknown>>
  /** Whose limits hold. */
  readonly operation: string
  /** How many items one call takes. */
  readonly batch: number
  /** Items of one piece of work: many, so that all four processes get some. */
  readonly piece: number
}

const enrich = { block: 'enrich-lead', options: { want: ['title'] }, operation: 'enrichPerson', piece: 2000 }
const vendors: Record<string, Vendor> = {
  hunter: {
    block: 'verify-email',
    options: { depth: 'services' },
    operation: 'verifyEmail',
    batch: 1,
    piece: 50,
  },
  'people-data-labs': { ...enrich, batch: 100 },
  apollo: { ...enrich, batch: 10 },
}
const limits = new Map<string, Published>()
for (const [id, { operation }] of Object.entries(vendors)) limits.set(id, await publishedLimits(id, operation))
const allowedIn = (id: string, seconds: number): number => (limits.get(id)?.callsPerSecond ?? 0) * seconds

const conditions: Conditions = {
  madeUp: ['the vendors are played by the sandbox on this machine; each takes as long to answer as it usually does'],
  switchedOff: ['Verify Email’s free checks (depth: services); budgets', 'the cache: no address comes twice'],
  published: [...limits.values()].map(({ words }) => words),
}

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '120' }, json: { type: 'boolean', default: false } },
})
const seconds = Number(values.seconds)
const bounds = { share: { least: 0.95 }, refused: { most: 0 } }

tellConditions(conditions)
const services = await neededServices()
const sandboxProcess = await start(sandboxProgram, ['--connectors', connectorsFolder, '--latency', 'usual'])
const sandboxUrl = String(sandboxProcess.ready.url)
const { population } = await connectSandbox(sandboxUrl)
const hub = await startHub({ ...services, sandboxUrl, roles: ['both', 'worker', 'worker', 'worker'] })
const database = await openDatabase({ url: services.databaseUrl, folder: '' })
const loadBefore = load()

const takeMails = mailsFrom(population)
const begin = async (provider: string, { block, options, batch, piece }: Vendor): Promise<void> => {
  const wanted = Math.ceil(allowedIn(provider, seconds + 30) * batch)
  for (let given = 0; given < wanted; given += piece) {
    const items = takeMails(piece).map((email) => ({ email }))
    await hub.client.post(`/v1/blocks/${block}`, { items, options: { ...options, providers: [provider] }, async: true })
  }
}
await Promise.all(Object.entries(vendors).map(([provider, vendor]) => begin(provider, vendor)))

const rowsOf = async (connector: string): Promise<{ at: number; status: number | null }[]> => {
  const rows = await database.db
    .selectFrom('ledger')
    .select(['sent_at', 'http_status'])
    .where('connector', '=', connector)
    .where('state', '!=', 'cached')
    .orderBy('sent_at')
    .execute()
  return rows.map(({ sent_at, http_status }) => ({ at: new Date(sent_at).getTime(), status: http_status }))
}
const figuresOf = async (connector: string) => {
  const rows = await rowsOf(connector)
  const isRefused = ({ status }: { status: number | null }): boolean => status === 429
  const within = rows.filter(({ at }) => at >= from && at < from + seconds * 1000)
  const refused = rows.filter(isRefused).length
  const made = within.filter((call) => !isRefused(call)).length
  const allowed = rounded(allowedIn(connector, seconds))
  return { calls: made, allowed, share: rounded(made / allowed, 3), refused }
}

await pause(3_000)
const from = Date.now()
await pause((seconds + 2) * 1000)
const figures = Object.fromEntries(
  await Promise.all(Object.keys(vendors).map(async (name) => [name, await figuresOf(name)] as const)),
)
await hub.client.post('/v1/stop')
await database.close()
await hub.stop()
await sandboxProcess.stop()
await services.stop()

out(`four processes, ${seconds} s, load of the machine before: ${loadBefore}, after: ${load()}`)
for (const [name, { calls, allowed, share, refused }] of Object.entries(figures)) {
  out(row(`${name}: ${calls} calls of ${allowed} allowed, share`, share, '', bounds.share))
  out(row('  refused as too many', refused, '', bounds.refused))
}
if (values.json) out(JSON.stringify({ conditions, seconds, loadBefore, ...figures, bounds }))
if (!Object.values(figures).every(({ share, refused }) => keeps(share, bounds.share) && keeps(refused, bounds.refused)))
  process.exitCode = 1
