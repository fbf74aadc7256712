import { rmSync } from 'node:fs'
import { connectSandbox, type Sandbox } from '../../hub-server/src/sandbox/index.ts'
import { copiedConnectors, type Rates } from '../shared/copied-connectors.ts'
import { measuredHub, sandboxProgram, startHub, type BenchHub } from '../shared/hub.ts'
import { start } from '../shared/processes.ts'

export interface Wanted {
  /** The vendors that there are. */
  readonly rates: Rates
  /** Milliseconds that each vendor takes to answer. */
  readonly latency: number
  readonly batches: 'yes' | 'no'
}

/** A sandbox and a hub that works on it, each a process of its own; the hub keeps its data in PGlite. */
export interface World {
  readonly sandbox: Sandbox
  readonly hub: BenchHub
  readonly stop: () => Promise<void>
}

export const startWorld = async ({ rates, latency, batches }: Wanted): Promise<World> => {
  const folder = copiedConnectors(rates)
  const vendors = await start(sandboxProgram, ['--connectors', folder, '--latency', String(latency)])
  const sandboxUrl = String(vendors.ready.url)
  const env = { BATCHES: batches, BENCH_CONNECTORS: folder }
  const hub = await startHub({ sandboxUrl, roles: ['both'], program: measuredHub, env })
  return {
    sandbox: await connectSandbox(sandboxUrl),
    hub,
    stop: async () => {
      await hub.stop()
      await vendors.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
