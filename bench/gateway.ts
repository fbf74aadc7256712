import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import axios from 'axios'
import { connectSandbox } from '../hub-server/src/sandbox/index.ts'
import { atOnce, freePort, median, start, timed, type Started } from './shared/processes.ts'
import { openZeroBounce } from './shared/zerobounce.ts'

/**
 * What a call through the hub costs beside the same call made with bare axios: no cache, no batches, no free checks,
 * distinct addresses, keep-alive, 32 at a time on both sides, the sandbox in a process of its own. The rounds take
 * turns, so that a slow moment of the machine meets both; the ratio is of the medians. The gain from batches apart.
 */
const calls = 3000
const rounds = 5
const places = 32
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

// Both sides without the vendor's limits, which would be all that is measured.
const connectors = openZeroBounce()
const sandboxProcess = await start(path('../hub-server/src/sandbox/process.ts'), ['--connectors', connectors])
const sandbox = await connectSandbox(String(sandboxProcess.ready.url))
const vendor = sandbox.vendorBase('zerobounce', 'default')
let next = 0
const addresses = (count: number): string[] =>
  Array.from({ length: count }, () => sandbox.population.person(next++).email)

const http = axios.create({ httpAgent: new Agent({ keepAlive: true, maxSockets: places }) })
const bare = (emails: string[]) =>
  timed(() =>
    atOnce(emails, places, (email) =>
      http.get(`${vendor}/v2/validate`, { params: { api_key: 'bench', email, ip_address: '' } }),
    ),
  )

interface BenchHub {
  readonly verify: (emails: string[]) => Promise<number>
  readonly stop: () => Promise<void>
}

const hub = async (batches: 'yes' | 'no'): Promise<BenchHub> => {
  const data = mkdtempSync(join(tmpdir(), 'hub-bench-'))
  const port = await freePort()
  const process: Started = await start(path('gateway/hub.ts'), [], {
    HUB_PORT: String(port),
    HUB_DATA: data,
    SANDBOX_URL: String(sandboxProcess.ready.url),
    BATCHES: batches,
    BENCH_CONNECTORS: connectors,
    LOG_LEVEL: 'warn',
  })
  const key: string = JSON.parse(readFileSync(join(data, 'keys.json'), 'utf8')).test
  const client = axios.create({
    baseURL: `http://127.0.0.1:${port}`,
    headers: { authorization: `Bearer ${key}` },
    httpAgent: new Agent({ keepAlive: true }),
    maxBodyLength: Infinity,
  })
  const verify = (emails: string[]) =>
    timed(async () => {
      const { data: accepted } = await client.post('/v1/blocks/verify-email', {
        items: emails.map((email) => ({ email })),
        options: { depth: 'services', providers: ['zerobounce'], maxAgeDays: 0 },
        async: true,
      })
      let run = accepted.run
      while (run.status !== 'done') ({ data: run } = await client.get(`/v1/runs/${run.id}?wait=30s`))
      if (run.items.done !== emails.length) throw new Error(`only ${run.items.done} of ${emails.length} were verified`)
    })
  const stop = async () => {
    await process.stop()
    rmSync(data, { recursive: true, force: true })
  }
  return { verify, stop }
}

const single = await hub('no')
const times = { bare: [] as number[], hub: [] as number[], batches: [] as number[] }
await bare(addresses(500))
await single.verify(addresses(500))
for (let round = 0; round < rounds; round++) {
  times.bare.push(await bare(addresses(calls)))
  times.hub.push(await single.verify(addresses(calls)))
}
await single.stop()
const batching = await hub('yes')
await batching.verify(addresses(500))
for (let round = 0; round < rounds; round++) times.batches.push(await batching.verify(addresses(calls)))
await batching.stop()
await sandboxProcess.stop()
rmSync(connectors, { recursive: true, force: true })

const figures = {
  calls,
  places,
  bareMs: Math.round(median(times.bare)),
  hubMs: Math.round(median(times.hub)),
  ratio: Number((median(times.hub) / median(times.bare)).toFixed(2)),
  batchesMs: Math.round(median(times.batches)),
  gainFromBatches: Number((median(times.hub) / median(times.batches)).toFixed(2)),
}
const out = (line: string): void => void process.stdout.write(`${line}\n`)
out(`${calls} addresses, ${places} at a time, median of ${rounds} rounds`)
out(`bare axios          ${figures.bareMs} ms`)
out(`through the hub     ${figures.hubMs} ms   ${figures.ratio} times bare axios (bound: 2.0)`)
out(`in batches of 100   ${figures.batchesMs} ms   ${figures.gainFromBatches} times faster than one by one`)
if (process.argv.includes('--json')) out(JSON.stringify(figures))
