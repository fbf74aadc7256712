import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'

/** A private PostgreSQL and Redis for tests, on free ports, in a folder that goes with them. */
export interface Services {
  readonly databaseUrl?: string
  readonly redisUrl?: string
  /** On the same port and with the same data; `immediate` as after a crash. */
  readonly restartPostgres: (how: 'fast' | 'immediate') => Promise<void>
  /** Its data stays, and its port is kept. */
  readonly stopPostgres: () => Promise<void>
  readonly startPostgres: () => Promise<void>
  /** What it held is gone. */
  readonly stopRedis: () => Promise<void>
  readonly startRedis: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** What is not installed is left out, and said. */
export const startServices = async (): Promise<Services> => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-services-'))
  const stops: (() => Promise<void>)[] = []
  const postgres = await startPostgres(folder)
  if (postgres) stops.push(postgres.stop)
  const redis = await startRedis(folder)
  if (redis) stops.push(redis.stop)
  return {
    databaseUrl: postgres?.url,
    redisUrl: redis?.url,
    restartPostgres: async (how) => postgres?.restart(how),
    stopPostgres: async () => postgres?.stop(),
    startPostgres: async () => postgres?.start(),
    stopRedis: async () => redis?.stop(),
    startRedis: async () => redis?.start(),
    stop: async () => {
      for (const stop of stops) await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const ended = (child: ChildProcess, signal: NodeJS.Signals): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill(signal)
  })

const newestPostgres = (): string | undefined => {
  const home = '/usr/lib/postgresql'
  if (!existsSync(home)) return undefined
  const [version] = readdirSync(home).sort((a, b) => Number(b) - Number(a))
  return version && join(home, version, 'bin')
}

/** PostgreSQL refuses to run as root: then as Debian's user postgres. */
const startPostgres = async (folder: string) => {
  const bin = newestPostgres()
  if (!bin) return say('PostgreSQL is not installed: tests on it are skipped.')
  const data = mkdtempSync(join(folder, 'postgres-'))
  const isRoot = process.getuid?.() === 0
  if (isRoot) {
    const uid = Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' }))
    chownSync(folder, uid, uid)
    chownSync(data, uid, uid)
  }
  const asUser = (command: string, args: string[]): [string, string[]] =>
    isRoot ? ['runuser', ['-u', 'postgres', '--', command, ...args]] : [command, args]
  execFileSync(
    ...asUser(join(bin, 'initdb'), ['-D', data, '-U', 'hub', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N']),
    { stdio: 'ignore', cwd: '/' },
  )
  const port = await freePort()
  const starting = [
    '-D',
    data,
    '-w',
    '-l',
    join(data, 'log'),
    '-o',
    `-p ${port} -k ${data} -c listen_addresses=127.0.0.1 -c max_connections=200`,
  ]
  execFileSync(...asUser(join(bin, 'pg_ctl'), [...starting, 'start']), { stdio: 'ignore', cwd: '/' })
  return {
    url: `postgres://hub@127.0.0.1:${port}/postgres`,
    restart: async (how: 'fast' | 'immediate') => {
      // Its output must go nowhere: the server would hold a pipe open, and execFile would wait for its end.
      await promisify(execFile)(
        'sh',
        [
          '-c',
          '"$@" >/dev/null 2>&1 </dev/null',
          'sh',
          ...asUser(join(bin, 'pg_ctl'), [...starting, '-m', how, 'restart']).flat(),
        ],
        { cwd: '/' },
      )
    },
    start: async () => {
      execFileSync(...asUser(join(bin, 'pg_ctl'), [...starting, 'start']), { stdio: 'ignore', cwd: '/' })
    },
    stop: async () => {
      execFileSync(...asUser(join(bin, 'pg_ctl'), ['-D', data, '-m', 'immediate', '-w', 'stop']), {
        stdio: 'ignore',
        cwd: '/',
      })
    },
  }
}

const startRedis = async (folder: string) => {
  if (!existsSync('/usr/bin/redis-server')) return say('Redis is not installed: tests on it are skipped.')
  const port = await freePort()
  const data = mkdtempSync(join(folder, 'redis-'))
  const launch = () =>
    spawn(
      '/usr/bin/redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--dir', data, '--save', '', '--appendonly', 'no'],
      { stdio: 'ignore' },
    )
  let child = launch()
  await pause(300)
  return {
    url: `redis://127.0.0.1:${port}`,
    start: async () => {
      child = launch()
      await pause(300)
    },
    stop: () => ended(child, 'SIGTERM'),
  }
}

const say = (sentence: string): undefined => {
  process.stderr.write(`${sentence}\n`)
  return undefined
}
