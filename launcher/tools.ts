import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The folder that holds `include/node` of the Node that runs now, for node-gyp, which would otherwise
 * download the headers. The npm package `node` keeps them in a package of its own, named by platform.
 */
function headersFolder(): string | undefined {
  const node = join(dirname(process.execPath), '..')
  const platformPackage = `node-${process.platform}-${process.arch}`
  return [node, join(node, 'node_modules', platformPackage), join(node, '..', platformPackage)].find((folder) =>
    existsSync(join(folder, 'include', 'node', 'node.h')),
  )
}

/** The environment for installing and building: never asks questions, compiles against this Node's headers. */
export function buildEnvironment(): NodeJS.ProcessEnv {
  const headers = headersFolder()
  return { ...process.env, CI: 'true', ...(headers === undefined ? {} : { npm_config_nodedir: headers }) }
}

/** What installed packages depend on besides the lockfile: native parts fit one Node and one machine. */
export function platformFacts(): string[] {
  return [process.version, process.platform, process.arch]
}

/** Whether a program can be found on the PATH. */
export function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => folder !== '' && existsSync(join(folder, name)))
}
