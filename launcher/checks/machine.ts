import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Problem } from '../problem.ts'
import { work } from '../processes.ts'
import { step } from '../steps.ts'
import { hasProgram } from '../tools.ts'

/** What tests start by themselves, by Debian's package name. PostgreSQL's server is not on the PATH there. */
const services: Record<string, () => boolean> = {
  'redis-server': () => hasProgram('redis-server'),
  postgresql: () => hasProgram('initdb') || hasDebianPostgres('/usr/lib/postgresql'),
  chromium: () => hasProgram('chromium'),
}

function hasDebianPostgres(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((version) => existsSync(join(folder, version, 'bin', 'initdb')))
}

/**
 * Makes sure of Redis, PostgreSQL and a browser: installs them when it may (root on Debian).
 * @throws Problem that names what is missing and how to get it, elsewhere
 */
export async function ensureServices(logs: string, stop: AbortSignal): Promise<void> {
  const missing = Object.keys(services).filter((name) => !services[name]?.())
  if (missing.length === 0) return
  if (!hasProgram('apt-get')) {
    throw new Problem(
      `The tests need ${missing.join(', ')}. Install them with this machine's package manager and run ./hub ` +
        'test again.',
    )
  }
  if (process.getuid?.() !== 0) {
    throw new Problem(`The tests need ${missing.join(', ')}. Install them: sudo apt-get install ${missing.join(' ')}`)
  }
  await step(`Installing ${missing.join(', ')}`, () => withoutStartingServices(() => install(missing, logs, stop)))
}

async function install(packages: string[], logs: string, stop: AbortSignal): Promise<void> {
  const where = { cwd: '/', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  await work('apt-get update', 'apt-get', ['update'], { ...where, log: join(logs, 'apt-update.log') }, stop)
  const args = ['install', '-y', '--no-install-recommends', ...packages]
  await work('apt-get install', 'apt-get', args, { ...where, log: join(logs, 'apt-install.log') }, stop)
}

/** Debian starts a service as it installs it, unless this file says no; the tests start their own. */
async function withoutStartingServices(work: () => Promise<void>): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d'
  if (existsSync(policy)) return work()
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await work()
  } finally {
    rmSync(policy)
  }
}
