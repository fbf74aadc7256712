import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { N8n } from '../../launcher/bring-up.ts'
import { blocksInN8n } from '../../launcher/build/n8n.ts'
import { ensureAccount } from '../../launcher/n8n/account.ts'
import { ensureCredentials } from '../../launcher/n8n/credentials.ts'
import { startN8n } from '../../launcher/n8n/process.ts'
import { n8nApi } from '../../launcher/n8n/public-api.ts'
import { dataFolder } from '../../launcher/paths.ts'
import { addressOf, freePort } from '../../launcher/ports.ts'
import { killEverything } from '../../launcher/processes.ts'
import type { World } from './world.ts'

const never = new AbortController().signal

// What the launcher starts leads a process group of its own and would outlive a benchmark that fails or is stopped.
process.on('exit', killEverything)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

export interface BenchN8n {
  readonly n8n: N8n
  /** Ends it; the folder with its data goes too. */
  readonly stop: () => Promise<void>
}

/** Starts an n8n with the packed blocks and an owner, as `./hub up` does, in a folder of its own. */
export const startBenchN8n = async ({ hub }: World): Promise<BenchN8n> => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-bench-n8n-'))
  const data = dataFolder(folder)
  mkdirSync(data.n8nNodes, { recursive: true })
  await blocksInN8n(data).work(never)
  const port = await freePort()
  const running = await startN8n(data, port, hub.url, never)
  const address = addressOf(port)
  const account = await ensureAccount(data.n8nAccount, address)
  const api = n8nApi(address, account.apiKey)
  const stop = async () => {
    await running.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { n8n: { address, account, api, running, credentials: await ensureCredentials(api, hub.url, hub.keys) }, stop }
}
