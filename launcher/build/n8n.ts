import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inCheckout, type DataFolder } from '../paths.ts'
import { Problem } from '../problem.ts'
import { work } from '../processes.ts'
import { buildEnvironment, hasProgram, platformFacts } from '../tools.ts'
import { packedNodes } from './node-package.ts'
import type { Task } from './task.ts'

/** n8n itself, in deploy/n8n: a workspace of its own with its own lockfile. */
export function n8nInstall(logs: string): Task {
  const folder = inCheckout('deploy', 'n8n')
  return {
    title: 'Installing n8n (2 GB, some minutes the first time)',
    reads: ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml'].map((name) => join(folder, name)),
    facts: platformFacts(),
    stamp: join(folder, 'node_modules', '.hub-stamp'),
    work(stop) {
      requireCompiler()
      const where = { cwd: folder, env: buildEnvironment(), log: join(logs, 'install-n8n.log') }
      return work('Installing n8n', 'pnpm', ['install', '--frozen-lockfile'], where, stop)
    },
  }
}

/** n8n's database driver (sqlite3) is compiled on the spot. */
function requireCompiler(): void {
  const missing = [
    ...(hasProgram('c++') || hasProgram('g++') ? [] : ['a C++ compiler']),
    ...(hasProgram('make') ? [] : ['make']),
    ...(hasProgram('python3') ? [] : ['Python 3']),
  ]
  if (missing.length === 0) return
  throw new Problem(
    `n8n cannot be installed: ${missing.join(' and ')} missing on this machine. On Debian: apt-get install ` +
      `build-essential python3.\n` +
      'Or start the hub alone: ./hub up --no-n8n',
  )
}

/**
 * The hub's blocks in n8n's folder of community packages, unpacked as n8n itself unpacks what it gets from
 * the registry (community-packages.service.js). The package has no dependencies, so nothing else is needed.
 */
export function blocksInN8n(data: DataFolder): Task {
  const name = 'n8n-nodes-ainow'
  const home = join(data.n8nNodes, 'node_modules', name)
  return {
    title: 'Adding the blocks to n8n',
    reads: [packedNodes],
    facts: [],
    stamp: join(home, '.hub-stamp'),
    async work(stop) {
      rmSync(home, { recursive: true, force: true })
      mkdirSync(home, { recursive: true })
      const unpack = ['-xzf', packedNodes, '-C', home, '--strip-components=1']
      const where = { cwd: data.root, env: process.env, log: join(data.logs, 'unpack-nodes.log') }
      await work('Adding the blocks to n8n', 'tar', unpack, where, stop)
      keepInPackageJson(join(data.n8nNodes, 'package.json'), name, versionOf(home))
    },
  }
}

function versionOf(home: string): string {
  const about: { version: string } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  return about.version
}

/** n8n lists here what it has installed; packages that the user added from the registry stay. */
function keepInPackageJson(file: string, name: string, version: string): void {
  const before: { dependencies?: Record<string, string> } = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { name: 'installed-nodes', private: true }
  const after = { ...before, dependencies: { ...before.dependencies, [name]: version } }
  writeFileSync(file, JSON.stringify(after, null, 2))
}
