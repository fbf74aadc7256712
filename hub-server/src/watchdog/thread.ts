// Watches the event loop of the main thread (watchdog.ts), from a thread that nothing else can hold.
import { writeFileSync, writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { stackOfMain } from './stack.ts'
import type { Held, Watched } from './watchdog.ts'

const { beats, note, heldMs, stillMs } = workerData as Watched
const count = new Int32Array(beats)
const lookMs = Math.min(250, heldMs / 2)
/** So long the last look waited for the main thread to say what it does. */
let askedMs = 0

let seen = Atomics.load(count, 0)
let sinceBeat = performance.now()
let lastLook = sinceBeat
let held: { stack: readonly string[] } | undefined

const tell = (said: Held): void => parentPort?.postMessage(said)

const end = (ms: number): never => {
  const why = `it stood still for ${Math.round(ms / 1000)} s in ${held?.stack[0] ?? 'something unknown'}`
  writeFileSync(note, JSON.stringify({ why, stack: held?.stack ?? [] }), { mode: 0o600 })
  writeSync(2, `The hub is ended, to be started again: ${why}.\n`)
  process.kill(process.pid, 'SIGKILL')
  throw new Error('a process outlived SIGKILL')
}

const look = async (): Promise<void> => {
  const now = performance.now()
  const beat = Atomics.load(count, 0)
  // The whole process, or the machine, had stopped: nothing is said of the loop.
  const wasStopped = now - lastLook > lookMs * 4 + askedMs
  lastLook = now
  askedMs = 0
  if (beat !== seen || wasStopped) {
    if (held && !wasStopped) tell({ ms: Math.round(now - sinceBeat), stack: held.stack })
    held = undefined
    seen = beat
    sinceBeat = now
    return
  }
  const ms = now - sinceBeat
  if (ms > heldMs && !held) {
    held = { stack: await stackOfMain() }
    askedMs = performance.now() - now
  }
  if (ms > stillMs) end(ms)
}

const watch = (): void => {
  void look().finally(() => setTimeout(watch, lookMs))
}
watch()
