import { readFileSync } from 'node:fs'

interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
  }[]
  readonly samples: readonly number[]
  /** Microseconds of the machine's monotonic clock. */
  readonly startTime: number
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[]
}

/** A stretch of the machine's monotonic clock, in microseconds. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** Now, by the clock that profiles go by. */
export const monotonic = (): number => Number(process.hrtime.bigint() / 1_000n)

const nothing = 'nothing to do'
const engine = 'the machine’s calls and the engine'

/** What a file, or a function of the engine's own, is part of; the first that fits. */
const parts: readonly (readonly [string, RegExp])[] = [
  [nothing, /^\(idle\)/],
  ['collecting garbage', /^\(garbage collector\)/],
  ['PostgreSQL (pg, kysely)', /\/(pg|pg-pool|pg-protocol|pg-types|kysely)[@/-]/],
  ['Redis (bull, ioredis)', /\/(bull|ioredis|redis-parser|standard-as-callback)[@/]/],
  [
    'Node’s HTTP and sockets',
    /node:(_?http|net|_?stream|internal\/(stream|http|timers|event_target|url|abort)|events|dns|internal\/process)/,
  ],
  ['other libraries', /node_modules/],
  [engine, /^\(program\)|^node:|^ /],
]

/**
 * The shares of a process's work that each part of it has, the greatest first; what it waited does not count. The hub's
 * own code is told by its rooms.
 * @param file as node --cpu-prof writes it
 * @param stretches when the work was done that counts
 */
export const sharesOf = (file: string, stretches: readonly Stretch[]): [string, number][] => {
  const { nodes, samples, startTime, timeDeltas }: Profile = JSON.parse(readFileSync(file, 'utf8'))
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url } }) => [id, partOf(url || `${functionName} `.trimStart() || ' ')]),
  )
  const times = new Map<string, number>()
  let at = startTime
  for (const [number, id] of samples.entries()) {
    const delta = timeDeltas[number] ?? 0
    at += delta
    const name = names.get(id) ?? engine
    if (name !== nothing && stretches.some(({ from, to }) => at >= from && at <= to))
      times.set(name, (times.get(name) ?? 0) + delta)
  }
  const all = [...times.values()].reduce((sum, time) => sum + time, 0)
  if (all === 0) throw new Error(`${file} has no sample of the work`)
  return [...times].map(([name, time]): [string, number] => [name, time / all]).sort((a, b) => b[1] - a[1])
}

const partOf = (where: string): string => {
  const room = /hub-server\/(?:dist|src)\/([\w-]+)/.exec(where)?.[1]
  if (room !== undefined) return `the hub: ${room}`
  return parts.find(([, fits]) => fits.test(where))?.[0] ?? engine
}
