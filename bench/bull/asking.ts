import axios from 'axios'
import { whenDone } from '../runs/run.ts'
import { cpuOf, type Cpu } from '../shared/cpu.ts'
import type { BenchHub } from '../shared/hub.ts'
import { timed, type Started } from '../shared/processes.ts'

export interface Item {
  readonly email: string
}

/** What one turn took: milliseconds by the clock, and the asking process's processor time in microseconds. */
export interface Took {
  readonly ms: number
  readonly cpu: Cpu
}

/** By the hub's own count. */
interface HubTook extends Took {
  readonly calls: number
}

const watched = async (pid: number, work: () => Promise<void>): Promise<Took> => {
  const before = cpuOf(pid)
  const ms = await timed(work)
  const after = cpuOf(pid)
  return { ms, cpu: { all: after.all - before.all, main: after.main - before.main } }
}

/** By a process without the hub. @param how one of its addresses, see bare.ts */
export const askBare = ({ child, ready }: Started, how: 'calls' | 'bull' | 'bull-axios', items: readonly Item[]) =>
  watched(child.pid ?? 0, async () => {
    await axios.post(`${String(ready.url)}/${how}`, items, { maxBodyLength: Infinity })
  })

/** Who asks the hub, and for what: in mode live the vendor of this benchmark, in mode test the sandbox's. */
export interface HubAsking {
  readonly client: BenchHub['client']
  readonly pid: number
  /** Of Verify Email. */
  readonly options: object
}

export const askHub = async ({ client, pid, options }: HubAsking, items: readonly Item[]): Promise<HubTook> => {
  let calls = 0
  const took = await watched(pid, async () => {
    const { data } = await client.post('/v1/blocks/verify-email', {
      items,
      options: { depth: 'services', ...options },
      async: true,
    })
    const ended = await whenDone(client, data.run.id)
    if (ended.items.done !== items.length) throw new Error(`only ${ended.items.done} of ${items.length} were verified`)
    calls = ended.usage.calls
  })
  return { ...took, calls }
}
