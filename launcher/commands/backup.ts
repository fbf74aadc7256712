import { resolve } from 'node:path'
import { readArguments } from '../arguments.ts'
import { dependencies } from '../build/dependencies.ts'
import { hubBuild } from '../build/hub.ts'
import { ensure } from '../build/task.ts'
import { hubEnvironment, hubProgram } from '../hub-process.ts'
import { dataFolder } from '../paths.ts'
import { misuse } from '../problem.ts'
import { finish, start } from '../processes.ts'

const options = { data: { type: 'string' } } as const

/** `./hub backup [file]`: the hub chooses a name when none is given. */
export function backup(args: string[], stop: AbortSignal): Promise<number> {
  const { values, positionals } = readArguments(args, options, 1)
  return runHub('backup', positionals, values.data, stop)
}

/** `./hub restore <file>` */
export async function restore(args: string[], stop: AbortSignal): Promise<number> {
  const { values, positionals } = readArguments(args, options, 1)
  if (positionals.length === 0) throw misuse('./hub restore needs the file of a backup, e.g. ./hub restore backup.tar.gz')
  return runHub('restore', positionals, values.data, stop)
}

/** The hub's own command line does the work and speaks to the user itself. */
async function runHub(command: string, files: string[], folder: string | undefined, stop: AbortSignal): Promise<number> {
  const data = dataFolder(folder)
  await ensure(dependencies(data.logs), stop)
  await ensure(hubBuild(data.logs), stop)
  const running = start(`hub ${command}`, process.execPath, [hubProgram, command, ...files.map((file) => resolve(file))], {
    cwd: process.cwd(),
    env: hubEnvironment(data),
    log: 'screen',
  })
  return (await finish(running, stop)) === '0' ? 0 : 1
}
