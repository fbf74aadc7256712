import { spawn, type StdioOptions } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { lastLines } from './logs.ts'
import { interrupted, Problem } from './problem.ts'

type Where = { cwd: string; env: NodeJS.ProcessEnv; log: string | 'screen' }

/** A program that the launcher started, with everything that program started in turn. */
export type Running = {
  name: string
  /** Ends, with the exit code (or a signal's name), when the program itself ends. */
  ended: Promise<string>
  /** Set once it has ended. */
  end: string | undefined
  log: string
  stop(): Promise<void>
}

/** How long a program gets to end by itself before it is killed, in milliseconds; the hub promises 10 s. */
const grace = 12_000

const groups = new Map<number, Running>()

/**
 * Starts a program as the leader of a process group of its own: Ctrl-C in the terminal reaches only the
 * launcher, and whatever the program leaves behind can be found and ended by the group's number.
 */
export function start(name: string, command: string, args: string[], where: Where): Running {
  const file = where.log === 'screen' ? undefined : openSync(where.log, 'w', 0o600)
  const stdio: StdioOptions = file === undefined ? ['ignore', 'inherit', 'inherit'] : ['ignore', file, file]
  const child = spawn(command, args, { cwd: where.cwd, env: where.env, stdio, detached: true })
  if (file !== undefined) closeSync(file)
  const group = child.pid
  const running: Running = {
    name,
    log: where.log,
    end: undefined,
    ended: new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('exit', (code, signal) => resolve(signal ?? String(code)))
    }).then((end) => (running.end = end)),
    async stop() {
      if (group === undefined) return
      if (running.end === undefined) {
        // The leader first: n8n and pnpm end their own children in good order when they are asked alone.
        signalTo(group, 'SIGTERM')
        await Promise.race([running.ended, sleep(grace, undefined, { ref: false })])
      }
      await endGroup(group)
      groups.delete(group)
    },
  }
  if (group !== undefined) groups.set(group, running)
  return running
}

/** Ends what is left of a group, also when its leader is gone. */
async function endGroup(group: number): Promise<void> {
  if (!signalTo(-group, 'SIGTERM')) return
  for (let waited = 0; waited < 1000; waited += 50) {
    await sleep(50)
    if (!signalTo(-group, 0)) return
  }
  signalTo(-group, 'SIGKILL')
}

/** Whether there was something to signal. */
function signalTo(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

/** Stops everything that was started and still has somebody left. */
export async function stopEverything(): Promise<void> {
  await Promise.all([...groups.values()].map((running) => running.stop()))
}

/** Kills everything at once: for the way out when there is no time left to ask. */
export function killEverything(): void {
  for (const group of groups.keys()) signalTo(-group, 'SIGKILL')
}

/**
 * Runs a program to its end.
 * @returns its exit code, or the name of the signal that ended it
 * @throws Problem when the launcher is asked to stop meanwhile; the program is ended first
 */
export async function finish(running: Running, stop: AbortSignal): Promise<string> {
  const asked = new Promise<'asked'>((resolve) => {
    if (stop.aborted) resolve('asked')
    stop.addEventListener('abort', () => resolve('asked'), { once: true })
  })
  await Promise.race([running.ended, asked])
  await running.stop()
  if (stop.aborted) throw interrupted()
  return running.ended
}

/**
 * Runs a program of an installation or a build.
 * @throws Problem with the log's last lines when it fails
 */
export async function work(
  name: string,
  command: string,
  args: string[],
  where: Where,
  stop: AbortSignal,
): Promise<void> {
  const running = start(name, command, args, where)
  const end = await finish(running, stop)
  if (end === '0') return
  throw new Problem(
    `${name} failed (${end}). The end of what it said:\n\n${lastLines(running.log, 20)}\n\nAll of it: ${running.log}`,
  )
}
