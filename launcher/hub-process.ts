import { existsSync, readFileSync } from 'node:fs'
import type { Mode } from './lists/contract.ts'
import { freshLog, plainWords } from './logs.ts'
import { inCheckout, type DataFolder } from './paths.ts'
import { addressOf } from './ports.ts'
import { Problem } from './problem.ts'
import { start, type Running } from './processes.ts'
import { answers, until } from './waiting.ts'

/** The compiled hub, and the flags that keep its memory small (measured: at rest 259 MB without the first two, 195 MB
 * with them; at work on 150,000 items 215 MB with the third, nearly 400 without). */
export const hubProgram = inCheckout('hub-server', 'dist', 'main.js')
export const memoryFlags = ['--liftoff-only', '--max-semi-space-size=4', '--heap-growing-percent=40']

/** A second start reads what the first has compiled (https://nodejs.org/api/module.html#module-compile-cache). */
export const compileCache = (folder: string): NodeJS.ProcessEnv => ({ NODE_COMPILE_CACHE: folder })

export type HubKeys = Record<Mode, string>

/** The hub's settings that every command gives it; everything else (DATABASE_URL, REDIS_URL, …) is the user's own. */
export function hubEnvironment(data: DataFolder): NodeJS.ProcessEnv {
  return { ...compileCache(data.compiled), ...process.env, HUB_DATA: data.root }
}

/**
 * Starts the hub and waits until it answers.
 * @throws Problem with the hub's own words when it ends instead
 */
export async function startHub(
  data: DataFolder,
  port: number,
  n8nAddress: string | undefined,
  stop: AbortSignal,
): Promise<Running> {
  const log = freshLog(data.logs, 'hub')
  const running = start('The hub', process.execPath, [...memoryFlags, hubProgram], {
    cwd: inCheckout(),
    env: {
      ...hubEnvironment(data),
      HUB_PORT: String(port),
      ...(n8nAddress === undefined ? {} : { N8N_URL: n8nAddress }),
    },
    log,
  })
  const look = async (): Promise<true | undefined> => {
    if (running.end !== undefined)
      throw new Problem(`The hub did not start (${running.end}).\n\n${plainWords(log)}\n\nAll it said: ${log}`)
    return answers(`${addressOf(port)}/health`)
  }
  await until(look, { expectation: `The hub did not answer (see ${log})`, within: 60, stop })
  return running
}

/** The API keys that the hub made at its first start; undefined where somebody has taken the file away. */
export function keysThere(data: DataFolder): HubKeys | undefined {
  return existsSync(data.keys) ? JSON.parse(readFileSync(data.keys, 'utf8')) : undefined
}

/** @throws Problem with how others are made, where the file is gone */
export function readKeys(data: DataFolder): HubKeys {
  const keys = keysThere(data)
  if (keys !== undefined) return keys
  throw new Problem(
    `There is no ${data.keys}: the hub makes these two keys once, at its first start. Make others with\n` +
      '  ./hub keys new <name> --mode test\n  ./hub keys new <name> --mode live\n' +
      'and put them there: {"test": "ainow_test_…", "live": "ainow_live_…"}',
  )
}
