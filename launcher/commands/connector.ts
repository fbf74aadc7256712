import { resolve } from 'node:path'
import { readArguments } from '../arguments.ts'
import { dependencies } from '../build/dependencies.ts'
import { hubBuild } from '../build/hub.ts'
import { ensure } from '../build/task.ts'
import { hubEnvironment, hubProgram } from '../hub-process.ts'
import { dataFolder } from '../paths.ts'
import { misuse } from '../problem.ts'
import { finish, start } from '../processes.ts'

/**
 * `./hub connector new <name> [folder]` writes a working start into the folder (here, unless given);
 * `./hub connector check <folder>` explains every mistake. The exit code is 1 where something is wrong.
 */
export async function connector(args: string[], stop: AbortSignal): Promise<number> {
  const { positionals } = readArguments(args, {}, 3)
  const [what, first, within = '.'] = positionals
  if (what !== 'new' && what !== 'check')
    throw misuse('Say “./hub connector new <name>” or “./hub connector check <folder>”.')
  if (first === undefined)
    throw misuse(
      what === 'new'
        ? './hub connector new needs the vendor’s name, e.g. ./hub connector new "Acme CRM"'
        : './hub connector check needs a folder, e.g. ./hub connector check acme-crm',
    )
  const data = dataFolder(undefined)
  await ensure(dependencies(data.logs), stop)
  await ensure(hubBuild(data.logs), stop)
  const words = what === 'new' ? [first, resolve(within)] : [resolve(first)]
  const running = start(`connector ${what}`, process.execPath, [hubProgram, 'connector', what, ...words], {
    cwd: process.cwd(),
    env: hubEnvironment(data),
    log: 'screen',
  })
  return (await finish(running, stop)) === '0' ? 0 : 1
}
