import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectSandbox, type Sandbox } from '../../hub-server/src/sandbox/index.ts'
import { memoryFlags } from '../../launcher/hub-process.ts'
import { freePort, start } from '../shared/processes.ts'
import { copiedConnectors, type Rates } from './connectors.ts'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

export interface Wanted {
  /** The vendors that there are. */
  readonly rates: Rates
  /** Milliseconds that each vendor takes to answer. */
  readonly latency: number
  readonly batches: 'yes' | 'no'
}

/** A sandbox and a hub that works on it, each a process of its own. */
export interface World {
  readonly sandbox: Sandbox
  readonly hub: {
    readonly url: string
    readonly keys: { readonly test: string; readonly live: string }
    readonly pid: number
  }
  readonly stop: () => Promise<void>
}

export const startWorld = async ({ rates, latency, batches }: Wanted): Promise<World> => {
  const folder = copiedConnectors(rates)
  const vendors = await start(path('../../hub-server/src/sandbox/process.ts'), [
    '--connectors',
    folder,
    '--latency',
    String(latency),
  ])
  const url = String(vendors.ready.url)
  const [data, port] = [mkdtempSync(join(tmpdir(), 'hub-bench-')), await freePort()]
  const env = {
    HUB_PORT: String(port),
    HUB_DATA: data,
    SANDBOX_URL: url,
    BATCHES: batches,
    BENCH_CONNECTORS: folder,
    LOG_LEVEL: 'warn',
  }
  const hub = await start(path('../gateway/hub.ts'), [], env, memoryFlags)
  return {
    sandbox: await connectSandbox(url),
    hub: {
      url: `http://127.0.0.1:${port}`,
      keys: JSON.parse(readFileSync(join(data, 'keys.json'), 'utf8')),
      pid: hub.child.pid ?? 0,
    },
    stop: async () => {
      await hub.stop()
      await vendors.stop()
      for (const one of [data, folder]) rmSync(one, { recursive: true, force: true })
    },
  }
}
