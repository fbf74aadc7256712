import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { blocksInN8n } from '../../launcher/build/n8n.ts'
import { ensureAccount, type Account } from '../../launcher/n8n/account.ts'
import { ensureCredentials } from '../../launcher/n8n/credentials.ts'
import { startN8n } from '../../launcher/n8n/process.ts'
import { n8nApi } from '../../launcher/n8n/public-api.ts'
import { dataFolder } from '../../launcher/paths.ts'
import { addressOf, freePort } from '../../launcher/ports.ts'
import { killEverything, stopEverything } from '../../launcher/processes.ts'
import type { N8n } from '../../launcher/bring-up.ts'
import type { Hub } from '../hub/hub-process.ts'

export interface OwnN8n {
  readonly address: string
  readonly account: Account
  /** Gives n8n the credentials of this hub, in place of those of an earlier one. */
  readonly use: (hub: Pick<Hub, 'url' | 'keys'>) => Promise<N8n>
  readonly stop: () => Promise<void>
}

const never = new AbortController().signal

// What the launcher starts leads a process group of its own and would outlive a test run that is broken off.
process.on('exit', killEverything)

/**
 * Starts an n8n with the packed blocks and an owner, as `./hub up` does, in a folder of its own.
 * @param templates the hub whose gallery its Templates page shows
 */
export const startOwnN8n = async (templates: string, port?: number): Promise<OwnN8n> => {
  const folder = mkdtempSync(join(tmpdir(), 'flagship-n8n-'))
  const data = dataFolder(folder)
  mkdirSync(data.n8nNodes, { recursive: true })
  await blocksInN8n(data).work(never)
  const listensOn = port ?? (await freePort())
  const address = addressOf(listensOn)
  // vitest says "test" here, with which n8n expects its own test harness and ends without a word.
  vi.stubEnv('NODE_ENV', 'production')
  const running = await startN8n(data, listensOn, templates, never)
  vi.unstubAllEnvs()
  const account = await ensureAccount(data.n8nAccount, address)
  const api = n8nApi(address, account.apiKey)
  return {
    address,
    account,
    use: async (hub) => ({
      address,
      account,
      api,
      running,
      credentials: await ensureCredentials(api, hub.url, hub.keys),
    }),
    stop: async () => {
      await stopEverything()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
