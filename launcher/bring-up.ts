import { mkdirSync } from 'node:fs'
import { dependencies } from './build/dependencies.ts'
import { consoleBuild, hubBuild } from './build/hub.ts'
import { blocksInN8n, n8nInstall } from './build/n8n.ts'
import { nodePackage } from './build/node-package.ts'
import { ensure } from './build/task.ts'
import { keysThere, readKeys, startHub, type HubKeys } from './hub-process.ts'
import { ensureAccount, type Account } from './n8n/account.ts'
import { ensureCredentials, type Credential } from './n8n/credentials.ts'
import { startN8n } from './n8n/process.ts'
import { n8nApi, type N8nApi } from './n8n/public-api.ts'
import { makePrivate, type DataFolder } from './paths.ts'
import { addressOf, requireDifferent, requireFreePort } from './ports.ts'
import type { Running } from './processes.ts'
import { step } from './steps.ts'

/** `keys` are undefined where somebody has taken their file away. */
export type Hub = { address: string; keys: HubKeys | undefined; running: Running }
export type N8n = {
  address: string
  account: Account
  api: N8nApi
  credentials: { test: Credential; live: Credential }
  running: Running
}

/** Checks the ports before anything is installed: a user should not wait minutes to hear about them. */
export async function checkPorts(hubPort: number, n8nPort: number | undefined): Promise<void> {
  if (n8nPort !== undefined) requireDifferent(hubPort, n8nPort)
  await requireFreePort(hubPort, 'the hub', 'port')
  if (n8nPort !== undefined) await requireFreePort(n8nPort, 'n8n', 'n8n-port')
}

/** Makes what the hub needs and is missing, and starts it. */
export async function bringUpHub(
  data: DataFolder,
  port: number,
  n8nPort: number | undefined,
  stop: AbortSignal,
): Promise<Hub> {
  makePrivate(data)
  await ensure(dependencies(data.logs), stop)
  await ensure(hubBuild(data.logs), stop)
  await ensure(consoleBuild(data.logs), stop)
  const n8nAddress = n8nPort === undefined ? undefined : addressOf(n8nPort)
  const running = await step('Starting the hub', () => startHub(data, port, n8nAddress, stop))
  return { address: addressOf(port), keys: keysThere(data), running }
}

/** Makes what n8n needs and is missing, starts it, and gives it its owner and the hub's credentials. */
export async function bringUpN8n(data: DataFolder, port: number, hub: Hub, stop: AbortSignal): Promise<N8n> {
  // Before anything is installed.
  const keys = readKeys(data)
  await ensure(nodePackage(data.logs), stop)
  await ensure(n8nInstall(data.logs), stop)
  mkdirSync(data.n8nNodes, { recursive: true, mode: 0o700 })
  await ensure(blocksInN8n(data), stop)
  const running = await step('Starting n8n', () => startN8n(data, port, hub.address, stop))
  const address = addressOf(port)
  const account = await ensureAccount(data.n8nAccount, address)
  const api = n8nApi(address, account.apiKey)
  return { address, account, api, running, credentials: await ensureCredentials(api, hub.address, keys) }
}
