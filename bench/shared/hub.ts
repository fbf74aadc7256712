import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import axios, { type AxiosInstance } from 'axios'
import { freePort } from '../../hub-server/src/db/testing/free-port.ts'
import { memoryFlags } from '../../launcher/hub-process.ts'
import { memoryOf, start, type Started } from './processes.ts'

const checkout = resolve(import.meta.dirname, '../..')
export const connectorsFolder = join(checkout, 'hub-server/connectors')
export const sandboxProgram = join(checkout, 'hub-server/src/sandbox/process.ts')
const program = join(checkout, 'hub-server/dist/main.js')
/** A hub whose connectors are those of another folder (BENCH_CONNECTORS), with or without batches (BATCHES=no). */
export const measuredHub = join(import.meta.dirname, 'measured-hub.ts')

export type Role = 'api' | 'worker' | 'both'

export interface HubPlace {
  /** Absent: PGlite in the hub's own process. */
  readonly databaseUrl?: string
  /** Absent: the process counts and wakes by itself. */
  readonly redisUrl?: string
  readonly sandboxUrl: string
  /** What each process is; the first answers requests. */
  readonly roles: readonly Role[]
  /** Another program than the hub's own, and what it is told. */
  readonly program?: string
  readonly env?: Record<string, string>
  readonly flags?: readonly string[]
}

export interface BenchHub {
  /** Of the first process. */
  readonly url: string
  readonly pid: number
  readonly keys: { readonly test: string; readonly live: string }
  /** Asks the first process, with the test key. */
  readonly client: AxiosInstance
  /** The same with the live key. */
  readonly live: AxiosInstance
  readonly processes: readonly Started[]
  /** Resident memory of all its processes, MB (Linux). */
  readonly memory: () => number
  readonly stop: () => Promise<void>
}

/** Starts the hub's processes on one database, one after the other: the first makes the keys. */
export const startHub = async ({
  databaseUrl = '',
  redisUrl = '',
  sandboxUrl,
  roles,
  program: own,
  env,
  flags = [],
}: HubPlace): Promise<BenchHub> => {
  if (!own && !existsSync(program))
    execFileSync('pnpm', ['--filter', 'hub-server', 'build'], { cwd: checkout, stdio: 'inherit' })
  const data = mkdtempSync(join(tmpdir(), 'hub-bench-'))
  const processes: Started[] = []
  const ports: number[] = []
  for (const role of roles) {
    const port = await freePort()
    const place = {
      HUB_PORT: String(port),
      HUB_DATA: data,
      HUB_ROLE: role,
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      SANDBOX_URL: sandboxUrl,
      CONNECTORS_DIR: '',
      LOG_LEVEL: 'warn',
    }
    processes.push(await start(own ?? program, [], { ...place, ...env }, [...memoryFlags, ...flags]))
    ports.push(port)
  }
  const url = `http://127.0.0.1:${ports[0]}`
  const keys: BenchHub['keys'] = JSON.parse(readFileSync(join(data, 'keys.json'), 'utf8'))
  const clientWith = (key: string): AxiosInstance =>
    axios.create({
      baseURL: url,
      headers: { authorization: `Bearer ${key}` },
      httpAgent: new Agent({ keepAlive: true }),
      maxBodyLength: Infinity,
      // To follow redirects axios would keep the whole body.
      maxRedirects: 0,
    })
  return {
    url,
    pid: processes[0]?.child.pid ?? 0,
    keys,
    client: clientWith(keys.test),
    live: clientWith(keys.live),
    processes,
    memory: () => processes.reduce((sum, { child }) => sum + memoryOf(child.pid), 0),
    stop: async () => {
      for (const each of [...processes].reverse()) await each.stop()
      rmSync(data, { recursive: true, force: true })
    },
  }
}
