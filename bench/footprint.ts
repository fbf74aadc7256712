/**
 * How soon the hub answers and what memory it takes at rest, in this machine's figures.
 *   node bench/footprint.ts [--json]
 * Each figure is a second start's: the first one makes the database. Memory is VmRSS of the hub's process a minute
 * after its start, nothing asked of it but /health. Linux only.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../hub-server/src/db/testing/free-port.ts'
import { compileCache, memoryFlags } from '../launcher/hub-process.ts'
import { startServices } from '../hub-server/src/db/testing/services.ts'
import { tellConditions, type Conditions } from './shared/conditions.ts'
import { memoryOf } from './shared/processes.ts'

const server = resolve(import.meta.dirname, '../hub-server')
const program = join(server, 'dist/main.js')
const restMs = 60_000
const bounds = { startMs: 3_000, embeddedMb: 250, postgresMb: 180 }

const conditions: Conditions = {
  madeUp: ['nothing is asked of the hub but /health: no account, no flow, no lead'],
  switchedOff: [
    'n8n; Redis with bull; the log below errors',
    'where PostgreSQL is beside it, its own processes’ memory does not count',
  ],
  published: ['no vendor is asked'],
}

interface Footprint {
  readonly startMs: number
  readonly memoryMb: number
}

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url)).ok
  } catch (thrown) {
    // Nobody listens yet.
    if (thrown instanceof TypeError) return false
    throw thrown
  }
}

/** Starts the hub, waits until /health answers, does `then`, stops it. @returns milliseconds until the answer */
const withHub = async (
  data: string,
  databaseUrl: string | undefined,
  then: (pid: number) => Promise<void>,
): Promise<number> => {
  const port = await freePort()
  const { DATABASE_URL: _database, REDIS_URL: _redis, CONNECTORS_DIR: _connectors, ...own } = process.env
  const env = {
    ...own,
    ...compileCache(join(data, 'compiled')),
    HUB_PORT: String(port),
    HUB_DATA: data,
    LOG_LEVEL: 'error',
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
  }
  const start = performance.now()
  const child = spawn(process.execPath, [...memoryFlags, program], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const gone = once(child, 'exit')
  try {
    while (!(await answers(`http://127.0.0.1:${port}/health`))) {
      if (child.exitCode !== null) throw new Error(`the hub ended with ${child.exitCode}`)
      await pause(10)
    }
    const took = performance.now() - start
    await then(child.pid ?? 0)
    return took
  } finally {
    child.kill('SIGTERM')
    await gone
  }
}

const measure = async (databaseUrl?: string): Promise<Footprint> => {
  const data = mkdtempSync(join(tmpdir(), 'hub-footprint-'))
  try {
    await withHub(data, databaseUrl, () => Promise.resolve())
    let memoryMb = 0
    const startMs = await withHub(data, databaseUrl, async (pid) => {
      await pause(restMs)
      memoryMb = memoryOf(pid)
    })
    return { startMs: Math.round(startMs), memoryMb: Math.round(memoryMb) }
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

const verdictOn = (value: number | undefined, bound: number): string => {
  if (value === undefined) return ''
  return value <= bound ? 'within' : 'OVER'
}

const row = (what: string, value: number | undefined, unit: string, bound: number): string => {
  const shown = value === undefined ? 'skipped' : `${value} ${unit}`
  const verdict = verdictOn(value, bound)
  return `${what.padEnd(44)}${shown.padStart(10)}   bound ${`${bound} ${unit}`.padStart(8)}   ${verdict}`
}

if (!existsSync(program))
  execFileSync('pnpm', ['--filter', 'hub-server', 'build'], { cwd: resolve(server, '..'), stdio: 'inherit' })
tellConditions(conditions)
const embedded = await measure()
const services = await startServices()
const postgres = services.databaseUrl ? await measure(services.databaseUrl).finally(() => services.stop()) : undefined
if (!postgres) await services.stop()

console.log(row('second start until /health answers, embedded', embedded.startMs, 'ms', bounds.startMs))
console.log(row('the same, PostgreSQL beside it', postgres?.startMs, 'ms', bounds.startMs))
console.log(row('memory after a minute at rest, embedded', embedded.memoryMb, 'MB', bounds.embeddedMb))
console.log(row('the same, PostgreSQL beside it', postgres?.memoryMb, 'MB', bounds.postgresMb))
if (process.argv.includes('--json')) console.log(JSON.stringify({ conditions, embedded, postgres, bounds }))
