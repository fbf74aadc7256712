import { dependencies } from './build/dependencies.ts'
import { hubBuild } from './build/hub.ts'
import { ensure } from './build/task.ts'
import { hubEnvironment, hubProgram } from './hub-process.ts'
import type { DataFolder } from './paths.ts'
import { finish, start } from './processes.ts'

/**
 * Runs a command of the hub's own, which does the work and tells the user what goes wrong.
 * @param env settings besides the data folder's
 * @returns the exit code
 */
export async function runHubCommand(
  words: string[],
  data: DataFolder,
  env: NodeJS.ProcessEnv,
  stop: AbortSignal,
): Promise<number> {
  await ensure(dependencies(data.logs), stop)
  await ensure(hubBuild(data.logs), stop)
  const where = { cwd: process.cwd(), env: { ...hubEnvironment(data), ...env }, log: 'screen' } as const
  const running = start(`hub ${words[0]}`, process.execPath, [hubProgram, ...words], where)
  return (await finish(running, stop)) === '0' ? 0 : 1
}
