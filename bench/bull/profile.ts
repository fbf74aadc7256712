import { readFileSync } from 'node:fs'

interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
  }[]
  readonly samples: readonly number[]
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[]
}

/** What a file, or a function of the engine's own, is part of; the first that fits. */
const parts: readonly (readonly [string, RegExp])[] = [
  ['nothing to do', /^\(idle\)/],
  ['collecting garbage', /^\(garbage collector\)/],
  ['PostgreSQL (pg, kysely)', /\/(pg|pg-pool|pg-protocol|pg-types|kysely)[@/-]/],
  ['Redis (ioredis)', /\/(ioredis|redis-parser|standard-as-callback)/],
  [
    'Node’s HTTP and sockets',
    /node:(_?http|net|_?stream|internal\/(stream|http|timers|event_target|url|abort)|events|dns|internal\/process)/,
  ],
  ['the hub', /hub-server\/(dist|src)\//],
  ['other libraries', /node_modules/],
  ['the machine’s calls and the engine', /^\(program\)|^node:|^ /],
]

/**
 * The shares of the time that a process spent in each of the parts, the greatest first.
 * @param file as node --cpu-prof
 * writes it
 */
export const sharesOf = (file: string): [string, number][] => {
  const { nodes, samples, timeDeltas }: Profile = JSON.parse(readFileSync(file, 'utf8'))
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url } }) => [id, partOf(url || `${functionName} `.trimStart() || ' ')]),
  )
  const times = new Map<string, number>()
  for (const [at, id] of samples.entries()) {
    const name = names.get(id) ?? ''
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0))
  }
  const all = [...times.values()].reduce((sum, time) => sum + time, 0)
  return [...times].map(([name, time]): [string, number] => [name, time / all]).sort((a, b) => b[1] - a[1])
}

const partOf = (where: string): string =>
  parts.find(([, fits]) => fits.test(where))?.[0] ?? 'the machine’s calls and the engine'
