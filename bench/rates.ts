/**
 * How much of what vendors allow is used, and whether they ever refuse, over the real clock.
 *   node bench/rates.ts [--seconds 120] [--json]
 * Four hub processes that work share PostgreSQL and Redis; the sandbox in its own process keeps the vendors' published
 * limits in exact sliding windows. There is always more work than they allow: addresses for Hunter (one a call) and
 * ZeroBounce (100 a call), people for Apollo (ten a call). Counted in the hub's ledger once
 * all the work is there.
 */
import { parseArgs } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase } from '../hub-server/src/db/database.ts'
import { connectSandbox } from '../hub-server/src/sandbox/index.ts'
import { mailsFrom } from './runs/small.ts'
import { keeps, load, out, rounded, row } from './shared/figures.ts'
import { connectorsFolder, sandboxProgram, startHub } from './shared/hub.ts'
import { neededServices } from './shared/needed-services.ts'
import { start } from './shared/processes.ts'

interface Vendor {
  readonly block: string
  readonly options: Readonly<Record<string, unknown>>
  /** What its connector.yaml says of the operation that is used, and how many items one call takes. */
  readonly calls: number
  readonly perSeconds: number
  readonly batch: number
  /** Items of one piece of work: many, so that all four processes get some. */
  readonly piece: number
}

const vendors: Record<string, Vendor> = {
  hunter: { block: 'verify-email', options: { depth: 'services' }, calls: 300, perSeconds: 60, batch: 1, piece: 50 },
  zerobounce: {
    block: 'verify-email',
    options: { depth: 'services' },
    calls: 30,
    perSeconds: 60,
    batch: 100,
    piece: 500,
  },
  apollo: { block: 'enrich-lead', options: { want: ['title'] }, calls: 1000, perSeconds: 60, batch: 10, piece: 2000 },
}

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '120' }, json: { type: 'boolean', default: false } },
})
const seconds = Number(values.seconds)
const bounds = { share: { least: 0.95 }, refused: { most: 0 } }

const services = await neededServices()
const sandboxProcess = await start(sandboxProgram, ['--connectors', connectorsFolder, '--latency', 'usual'])
const sandboxUrl = String(sandboxProcess.ready.url)
const { population } = await connectSandbox(sandboxUrl)
const hub = await startHub({ ...services, sandboxUrl, roles: ['both', 'worker', 'worker', 'worker'] })
const database = await openDatabase({ url: services.databaseUrl, folder: '' })
const loadBefore = load()

const takeMails = mailsFrom(population)
const begin = async (provider: string, { block, options, calls, perSeconds, batch, piece }: Vendor): Promise<void> => {
  const wanted = Math.ceil((calls * batch * (seconds + 30)) / perSeconds)
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
const figuresOf = async (connector: string, { calls, perSeconds }: Vendor) => {
  const rows = await rowsOf(connector)
  const isRefused = ({ status }: { status: number | null }): boolean => status === 429
  const within = rows.filter(({ at }) => at >= from && at < from + seconds * 1000)
  const refused = rows.filter(isRefused).length
  const made = within.filter((call) => !isRefused(call)).length
  return {
    calls: made,
    allowed: (calls * seconds) / perSeconds,
    share: rounded(made / ((calls * seconds) / perSeconds), 3),
    refused,
  }
}

await pause(3_000)
const from = Date.now()
await pause((seconds + 2) * 1000)
const figures = Object.fromEntries(
  await Promise.all(
    Object.entries(vendors).map(async ([name, vendor]) => [name, await figuresOf(name, vendor)] as const),
  ),
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
if (values.json) out(JSON.stringify({ seconds, loadBefore, ...figures, bounds }))
if (!Object.values(figures).every(({ share, refused }) => keeps(share, bounds.share) && keeps(refused, bounds.refused)))
  process.exitCode = 1
