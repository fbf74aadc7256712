import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

export interface Started {
  readonly child: ChildProcess
  /** The JSON line that it printed when it was ready. */
  readonly ready: Record<string, unknown>
  readonly stop: () => Promise<void>
}

/**
 * Starts a script of ours under this very Node and waits for its line of JSON.
 * @param flags Node's own
 */
export const start = (
  script: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
  flags: readonly string[] = [],
): Promise<Started> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...flags, script, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const stop = () =>
      new Promise<void>((done) => {
        if (child.exitCode !== null || child.signalCode !== null) return done()
        child.once('exit', () => done())
        child.kill('SIGTERM')
      })
    // A benchmark that fails leaves nothing behind.
    process.once('exit', () => child.kill())
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code} before it was ready`)))
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{') && !line.includes('"level"')) resolve({ child, ready: JSON.parse(line), stop })
    })
  })

/** Milliseconds that the work took. */
export const timed = async (work: () => Promise<void>): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** Resident memory of a process, MB. Linux only. */
export const memoryOf = (pid: number | undefined): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** Runs the work over all the inputs, so many at once. */
export const atOnce = async <Input>(
  inputs: readonly Input[],
  concurrency: number,
  work: (input: Input) => Promise<unknown>,
): Promise<void> => {
  const left = inputs.values()
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const input of left) await work(input)
    }),
  )
}
