import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { narrow, narrowedText } from '../hub-server/src/db/private-folder.ts'
import { say } from './screen.ts'

const checkout = fileURLToPath(new URL('..', import.meta.url))

/** The absolute path of something in the checkout. */
export function inCheckout(...parts: string[]): string {
  return join(checkout, ...parts)
}

/** Where everything of one installation is kept: the hub's data, n8n's, keys, accounts and logs. */
export type DataFolder = {
  root: string
  logs: string
  /** `{"test": "ainow_test_…", "live": "ainow_live_…"}`, written by the hub. */
  keys: string
  /** Where Node keeps what it has compiled of the hub. */
  compiled: string
  /** n8n's user folder (N8N_USER_FOLDER): n8n makes its own `.n8n` in it. */
  n8n: string
  /** Where n8n looks for community packages. */
  n8nNodes: string
  n8nEncryptionKey: string
  /** n8n's owner: e-mail, password and API key, made by the launcher. */
  n8nAccount: string
}

/** Names the places in a data folder and makes it ready. A relative path counts from where the user is. */
export function dataFolder(given: string | undefined): DataFolder {
  const root = given === undefined ? inCheckout('.hub') : resolve(given)
  const logs = join(root, 'logs')
  // The database lies in it: for its owner alone, as the hub itself would make it.
  const compiled = join(root, 'compiled')
  for (const folder of [root, logs, compiled]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  // n8n's linter walks the whole checkout, dot folders too, and would check n8n's own compiled pages in here.
  writeFileSync(join(root, 'eslint.config.mjs'), "export default [{ ignores: ['**'] }]\n", { mode: 0o600 })
  const n8n = join(root, 'n8n')
  return {
    root,
    logs,
    compiled,
    keys: join(root, 'keys.json'),
    n8n,
    n8nNodes: join(n8n, '.n8n', 'nodes'),
    n8nEncryptionKey: join(n8n, 'encryption-key'),
    n8nAccount: join(root, 'n8n-account.json'),
  }
}

/** Takes others' rights from what a data folder of before has, and says so. */
export function makePrivate(data: DataFolder): void {
  const said = narrowedText(data.root, narrow(data.root))
  if (said !== undefined) say(said)
}
