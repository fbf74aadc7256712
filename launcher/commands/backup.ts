import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { readArguments } from '../arguments.ts'
import { dependencies } from '../build/dependencies.ts'
import { hubBuild } from '../build/hub.ts'
import { ensure } from '../build/task.ts'
import { hubEnvironment, hubProgram } from '../hub-process.ts'
import { askHub } from '../lists/rest.ts'
import { size } from '../lists/words.ts'
import { dataFolder, type DataFolder } from '../paths.ts'
import { misuse, Problem } from '../problem.ts'
import { finish, start } from '../processes.ts'
import { requireNotRunning, runningHub } from '../running-hub.ts'
import { say } from '../screen.ts'

const options = { data: { type: 'string' } } as const

/** `./hub backup [file]`: a hub that runs with this data folder writes it itself and goes on. */
export async function backup(args: string[], stop: AbortSignal): Promise<number> {
  const { values, positionals } = readArguments(args, options, 1)
  const file = resolve(
    positionals[0] ?? `hub-backup-${new Date().toISOString().slice(0, 16).replace(':', '')}.jsonl.gz`,
  )
  if (existsSync(file))
    throw new Problem(
      `There is a file ${file} already, and it is not overwritten. Name another, or move that one away.`,
    )
  const data = dataFolder(values.data)
  const hub = await runningHub(data, stop)
  if (hub === undefined) {
    if ((await runHub('backup', file, data, stop)) !== 0) return 1
  } else {
    const door = { address: hub.address, key: hub.ownerKey }
    await askHub(door, 'Saving what the hub keeps', '/v1/backup', { method: 'POST', body: { file } }, stop)
  }
  say(
    `Saved: ${file} (${size(statSync(file).size)}). It holds every key of this hub: keep it where nobody else can ` +
      'read it.',
  )
  return 0
}

/** `./hub restore <file>` */
export async function restore(args: string[], stop: AbortSignal): Promise<number> {
  const { values, positionals } = readArguments(args, options, 1)
  const [file] = positionals
  if (file === undefined) throw misuse('./hub restore needs the file of a backup, e.g. ./hub restore backup.jsonl.gz')
  const data = dataFolder(values.data)
  await requireNotRunning(data, 'restore into another folder with --data', stop)
  return runHub('restore', resolve(file), data, stop)
}

/** The hub's own command line does the work and tells the user what goes wrong. */
async function runHub(command: string, file: string, data: DataFolder, stop: AbortSignal): Promise<number> {
  await ensure(dependencies(data.logs), stop)
  await ensure(hubBuild(data.logs), stop)
  const where = { cwd: process.cwd(), env: hubEnvironment(data), log: 'screen' } as const
  const running = start(`hub ${command}`, process.execPath, [hubProgram, command, file], where)
  return (await finish(running, stop)) === '0' ? 0 : 1
}
