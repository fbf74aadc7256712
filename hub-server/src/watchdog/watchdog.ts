import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { moduleBeside } from '../fence/task.ts'

/** What held the event loop. */
export interface Held {
  readonly ms: number
  /** The functions that ran then, innermost first; empty where nobody could tell. */
  readonly stack: readonly string[]
}

export interface WatchdogParts {
  /** Keeps the word that processes leave of their own end. */
  readonly folder: string
  /** This process, as it is named beside what it holds. */
  readonly holder: string
  readonly tell: (held: Held) => void
  /** Milliseconds that the loop may be held until it is told of, and until the process is ended. */
  readonly heldMs?: number
  readonly stillMs?: number
}

/** What the watching thread starts with. */
export interface Watched {
  /** One 32-bit number, which the event loop counts up. */
  readonly beats: SharedArrayBuffer
  readonly note: string
  readonly heldMs: number
  readonly stillMs: number
}

export const beatMs = 100

/**
 * Watches the event loop from a thread of its own: says what has held it for over a second, and ends the process when
 * it has stood still for half a minute, so that its parent (the launcher, Docker, systemd) starts another. A process
 * that ends so, or without memory, leaves word in the folder.
 */
export const startWatchdog = ({ folder, holder, tell, heldMs = 1_000, stillMs = 30_000 }: WatchdogParts) => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const note = join(folder, `${holder}.json`)
  Object.assign(process.report, {
    reportOnFatalError: true,
    directory: folder,
    filename: `${holder}.json`,
    excludeEnv: true,
  })
  const beats = new SharedArrayBuffer(4)
  const count = new Int32Array(beats)
  const beating = setInterval(() => Atomics.add(count, 0, 1), beatMs)
  beating.unref()
  const thread = new Worker(moduleBeside(import.meta.url, './thread'), {
    workerData: { beats, note, heldMs, stillMs } satisfies Watched,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
  })
  thread.unref()
  thread.on('message', tell)
  return {
    stop: async (): Promise<void> => {
      clearInterval(beating)
      process.report.reportOnFatalError = false
      await thread.terminate()
    },
  }
}

/** Who ended by his own fault since this was last called, and what is known of it. Forgets them. */
export const takeEnded = (folder: string): { holder: string; why: string }[] => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const file = join(folder, name)
      const why = whyIn(readFileSync(file, 'utf8'))
      rmSync(file)
      return { holder: name.slice(0, -'.json'.length), why }
    })
}

/** Our own note, or the report that Node leaves at a fatal error (https://nodejs.org/api/report.html). */
const whyIn = (text: string): string => {
  try {
    const said = JSON.parse(text) as { why?: string; header?: { event?: string } }
    return said.why ?? said.header?.event ?? 'it did not say why'
  } catch (thrown) {
    // Cut off while it was written.
    if (thrown instanceof SyntaxError) return 'what it wrote of its end cannot be read'
    throw thrown
  }
}
