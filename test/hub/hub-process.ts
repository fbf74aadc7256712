import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { settings as hubSettings } from '../../hub-server/src/settings.ts'
import { freePort } from '../../hub-server/src/db/testing/free-port.ts'

const main = fileURLToPath(new URL('../../hub-server/src/main.ts', import.meta.url))
/** As the launcher starts it. */
const memoryFlags = ['--liftoff-only', '--max-semi-space-size=4', '--heap-growing-percent=40']
/** A first start makes the database; on a busy machine that takes a while. */
const readyWithinMs = 90_000
/** Compiled code of earlier starts: the tests start the hub some hundred times. */
const compileCache = join(tmpdir(), 'hub-whole-compiled')
/** Of whoever runs the tests: must not reach the hub under test. */
const settings = [...Object.keys(hubSettings), 'NODE_OPTIONS']
/** Tests ask more in a second than people do. */
const manyRequests = { REQUESTS_PER_MINUTE: '1000000', REQUESTS_PER_MINUTE_ADDRESS: '1000000' }

export interface HubAnswer<Body> {
  readonly status: number
  /** Media type without parameters. */
  readonly type: string
  readonly text: string
  /** The text parsed where it is JSON, else undefined. */
  readonly body: Body
}

export interface CallOptions {
  readonly key?: string
  /** A string or bytes are sent as they are. */
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

export interface Hub {
  readonly url: string
  readonly data: string
  readonly keys: { readonly test: string; readonly live: string }
  readonly pid: number
  /** Everything that it wrote to stdout and stderr so far. */
  readonly output: () => string
  readonly call: <Body = unknown>(method: string, path: string, options?: CallOptions) => Promise<HubAnswer<Body>>
  /** SIGKILL; ends when the process is gone. */
  readonly kill: () => Promise<void>
  /** SIGTERM; gives the exit code. A data folder that the harness made goes with it. */
  readonly stop: () => Promise<number | null>
}

export interface HubPlace {
  readonly env?: Record<string, string>
  /** An existing folder; without one the hub gets a fresh one of its own. */
  readonly data?: string
  readonly port?: number
  /** A script that starts a hub in another way and says that it is ready as main.ts does. */
  readonly program?: string
}

export interface Ended {
  readonly code: number | null
  readonly output: string
}

const started = new Set<ChildProcess>()
const endAll = (): void => {
  for (const child of started) child.kill('SIGKILL')
}
process.on('exit', endAll)
// How vitest ends a worker whose test went on after its time.
process.once('disconnect', endAll)
process.once('SIGTERM', () => {
  endAll()
  process.exit(143)
})

/** A new folder under the system's temp folder. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'hub-whole-'))

/** The environment of whoever runs the tests, without settings of a hub. */
export const ownEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !settings.includes(name)))

const launch = async ({ env = {}, data, port, program = main }: HubPlace & { data: string }) => {
  const own = ownEnvironment()
  const child = spawn(process.execPath, [...memoryFlags, program], {
    env: {
      ...own,
      NODE_COMPILE_CACHE: compileCache,
      HUB_PORT: String(port ?? (await freePort())),
      HUB_DATA: data,
      ...manyRequests,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  started.add(child)
  const pieces: string[] = []
  const gone = once(child, 'close').then((): Ended => {
    started.delete(child)
    return { code: child.exitCode, output: pieces.join('') }
  })
  const ready = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (piece: string) => {
        pieces.push(piece)
        const url = /\{"ready":true,"url":"([^"]+)"\}/.exec(pieces.join(''))?.[1]
        if (url) resolve(url)
      })
  })
  return { child, ready, gone, output: () => pieces.join('') }
}

/** Ends as soon as one of the two does, or fails after so long. */
const within = async <Value>(ms: number, what: () => string, wanted: Promise<Value>): Promise<Value> => {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(what())), ms)
  try {
    return await Promise.race([wanted, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Starts a hub that is expected to refuse: its exit code and what it said. */
export const runRefusedHub = async (place: HubPlace & { data: string }): Promise<Ended> => {
  const { child, ready, gone, output } = await launch(place)
  const started = ready.then((): never => {
    throw new Error(`the hub started: ${output()}`)
  })
  try {
    return await within(readyWithinMs, () => `the hub did not end: ${output()}`, Promise.race([gone, started]))
  } finally {
    child.kill('SIGKILL')
  }
}

export interface Starting {
  /** Once the hub says that it is ready. */
  readonly ready: Promise<Hub>
  /** SIGKILL, at whatever moment; ends when the process is gone. */
  readonly kill: () => Promise<void>
  /** Once the process is gone, for whatever reason. */
  readonly gone: Promise<Ended>
  /** A message over IPC, for a program that listens to it. */
  readonly tell: (message: object) => void
  readonly pid: number
}

/** Starts the hub as a process of its own, and does not wait. */
export const launchHub = async (place: HubPlace & { data: string }): Promise<Starting> => {
  const { child, ready, gone, output } = await launch(place)
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal)
    return (await gone).code
  }
  const kill = async (): Promise<void> => {
    await end('SIGKILL')
  }
  const early = gone.then(({ code }): never => {
    throw new Error(`the hub ended with ${code}: ${output()}`)
  })
  const open = async (): Promise<Hub> => {
    const url = await within(readyWithinMs, () => `the hub is not ready: ${output()}`, Promise.race([ready, early]))
    const keys: Hub['keys'] = JSON.parse(readFileSync(join(place.data, 'keys.json'), 'utf8'))
    return {
      url,
      data: place.data,
      keys,
      pid: child.pid ?? 0,
      output,
      kill,
      stop: () => end('SIGTERM'),
      call: (method, path, options = {}) => callHub(url, method, path, options),
    }
  }
  const opened = open()
  // Whoever kills it before it is ready does not ask whether it became so.
  opened.catch(() => undefined)
  early.catch(() => undefined)
  const tell = (message: object): void => void (child.connected && child.send(message))
  return { ready: opened, kill, gone, tell, pid: child.pid ?? 0 }
}

/** Starts the hub and waits until it is ready. */
export const startHub = async (place: HubPlace = {}): Promise<Hub> => {
  const data = place.data ?? newFolder()
  const { ready, kill } = await launchHub({ ...place, data })
  try {
    const hub = await ready
    const stop = async (): Promise<number | null> => {
      const code = await hub.stop()
      if (!place.data) rmSync(data, { recursive: true, force: true })
      return code
    }
    return { ...hub, stop }
  } catch (thrown) {
    await kill()
    throw thrown
  }
}

const bodyOf = (body: unknown): string | Uint8Array<ArrayBuffer> | undefined => {
  if (body instanceof Uint8Array) return new Uint8Array(body)
  return body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
}

const callHub = async <Body>(
  url: string,
  method: string,
  path: string,
  { key, body, headers }: CallOptions,
): Promise<HubAnswer<Body>> => {
  const response = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(key && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: bodyOf(body),
  })
  const text = await response.text()
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? ''
  return { status: response.status, type, text, body: type.endsWith('json') ? JSON.parse(text) : undefined }
}

/** Resident memory of a process, MB (Linux). */
export const memoryOf = (pid: number): number => {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  if (kilobytes === undefined) throw new Error(`process ${pid} is not there`)
  return Number(kilobytes) / 1024
}
