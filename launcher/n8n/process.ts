import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { freshLog, lastLines } from '../logs.ts'
import { inCheckout, type DataFolder } from '../paths.ts'
import { addressOf, freePort, localhost } from '../ports.ts'
import { Problem } from '../problem.ts'
import { start, type Running } from '../processes.ts'
import { answers, until } from '../waiting.ts'

/** Nothing is reported home, and nothing on the screen advertises. */
const quiet = {
  N8N_DIAGNOSTICS_ENABLED: 'false',
  N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
  N8N_PERSONALIZATION_ENABLED: 'false',
  N8N_HIRING_BANNER_ENABLED: 'false',
  N8N_DYNAMIC_BANNERS_ENABLED: 'false',
  N8N_VERIFIED_PACKAGES_ENABLED: 'false',
}

/**
 * Starts n8n and waits until it is ready: 20–40 s with a new database, some seconds later.
 * @throws Problem with the end of n8n's log when it ends instead
 */
export async function startN8n(
  data: DataFolder,
  port: number,
  hubAddress: string,
  stop: AbortSignal,
): Promise<Running> {
  const log = freshLog(data.logs, 'n8n')
  // A process inherits it: n8n's database and what it keeps of executions are nobody else's.
  const usual = process.umask(0o077)
  const program = inCheckout('deploy', 'n8n', 'node_modules', 'n8n', 'bin', 'n8n')
  const running = start('n8n', process.execPath, ['--optimize-for-size', program, 'start'], {
    cwd: data.n8n,
    env: {
      ...process.env,
      ...quiet,
      // With NODE_ENV=test, as a test runner sets it, n8n ends at once without a word.
      NODE_ENV: 'production',
      // Each thread would otherwise hold memory of its own back.
      MALLOC_ARENA_MAX: '1',
      N8N_USER_FOLDER: data.n8n,
      N8N_ENCRYPTION_KEY: encryptionKey(data.n8nEncryptionKey),
      N8N_HOST: localhost,
      N8N_LISTEN_ADDRESS: localhost,
      N8N_PORT: String(port),
      // The default port would collide with another n8n on this machine.
      N8N_RUNNERS_BROKER_PORT: String(await freePort()),
      // Plain HTTP on this machine: a secure cookie would never come back.
      N8N_SECURE_COOKIE: 'false',
      N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
      N8N_TEMPLATES_HOST: hubAddress,
    },
    log,
  })
  process.umask(usual)
  const look = async (): Promise<true | undefined> => {
    if (running.end !== undefined)
      throw new Problem(`n8n did not start (${running.end}). The end of what it said:\n\n${lastLines(log, 20)}`)
    return answers(`${addressOf(port)}/healthz/readiness`)
  }
  await until(look, { expectation: `n8n did not answer (see ${log})`, within: 300, every: 200, stop })
  return running
}

/** n8n seals its credentials with this key; without it they are lost, so it lies beside its database. */
function encryptionKey(file: string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8')
  const key = randomBytes(24).toString('base64url')
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(file, key, { mode: 0o600 })
  return key
}
