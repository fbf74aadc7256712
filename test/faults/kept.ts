import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../hub-server/src/db/testing/free-port.ts'
import { launchHub, newFolder, type CallOptions, type Hub, type HubAnswer, type Starting } from '../hub/hub-process.ts'
import { freeze, type Frozen } from '../hub/freeze.ts'

const program = fileURLToPath(new URL('./hub.ts', import.meta.url))

/** A hub process that is started again whenever it ends, on its port and in its folder. */
export interface Kept {
  readonly name: string
  readonly data: string
  /** SIGKILL, at whatever moment; the next one starts at once. */
  readonly kill: () => Promise<void>
  /** Once the one that runs, or starts, says that it is ready. */
  readonly ready: () => Promise<Hub>
  /** SIGSTOP: it stands still, and knows nothing of it. Undefined where none runs. */
  readonly freeze: () => Promise<Frozen | undefined>
  /** Puts its clock forward or, below 0, back. */
  readonly step: (ms: number) => void
  /** Asks until there is an answer below 500: as clients do that were told nothing, or to come again. */
  readonly ask: <Body = unknown>(
    method: string,
    path: string,
    options?: Omit<CallOptions, 'key'>,
  ) => Promise<HubAnswer<Body>>
  /** SIGTERM, and nothing after it; gives the exit code. */
  readonly stop: () => Promise<number | null>
  /** SIGKILL, and nothing after it. */
  readonly abandon: () => Promise<void>
  /** What all its processes said. */
  readonly output: () => string
  /** What it said when it ended though nobody had ended it. A start that is refused, as Postgres is away, is none. */
  readonly crashes: readonly string[]
}

/** @param beside whose database it is on: the keys of a database are made once, and stand in the first one's folder */
export const keepHub = async (name: string, env: Record<string, string>, beside?: Kept): Promise<Kept> => {
  const place = { data: newFolder(), port: await freePort(), env, program }
  if (beside) copyFileSync(join(beside.data, 'keys.json'), join(place.data, 'keys.json'))
  const crashes: string[] = []
  const said: string[] = []
  const ended = new WeakSet<Starting>()
  const gone = new WeakSet<Starting>()
  let over = false
  let current = await launchHub(place)

  const follow = async (one: Starting): Promise<void> => {
    const wasReady = one.ready.then(
      () => true,
      () => false,
    )
    const { code, output } = await one.gone
    gone.add(one)
    said.push(output)
    if (over) return
    if (!ended.has(one)) {
      if (await wasReady) crashes.push(`${name} ended with ${code}: ${output.slice(-3000)}`)
      await pause(200)
    }
    current = await launchHub(place)
    void follow(current)
  }
  void follow(current)

  const ready = async (): Promise<Hub> => {
    for (;;) {
      const one = current
      try {
        return await one.ready
      } catch (thrown) {
        await pause(50)
        // Killed, or refused: the next one is on its way. One that lives and is not ready in time will not be waited
        // for.
        if (over || (one === current && !gone.has(one))) throw thrown
      }
    }
  }

  return {
    name,
    data: place.data,
    crashes,
    ready,
    kill: async () => {
      ended.add(current)
      await current.kill()
    },
    freeze: async () => {
      const one = current
      return gone.has(one) ? undefined : freeze(one.pid, place.port)
    },
    step: (ms) => current.tell({ step: ms }),
    ask: async (method, path, options = {}) => {
      for (;;) {
        const hub = await ready()
        try {
          const answer = await hub.call<never>(method, path, { ...options, key: hub.keys.test })
          if (answer.status < 500) return answer
        } catch (thrown) {
          // What fetch throws when nobody listens, or the connection ends before the answer does.
          if (!(thrown instanceof TypeError)) throw thrown
        }
        await pause(100)
      }
    },
    stop: async () => {
      const hub = await ready()
      over = true
      return hub.stop()
    },
    abandon: async () => {
      over = true
      await current.kill()
    },
    output: () => said.join('\n--- ended, started again ---\n'),
  }
}
