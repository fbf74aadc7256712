import { join } from 'node:path'
import { inCheckout } from '../paths.ts'
import { work } from '../processes.ts'
import { buildEnvironment, platformFacts } from '../tools.ts'
import type { Task } from './task.ts'

/** Every room with a package.json, as pnpm-workspace.yaml lists them; the lockfile's check needs all of them. */
const rooms = ['.', 'hub-server', 'hub-server/console', 'test', 'bench']

/** The libraries of the hub, its console, the n8n package and the tests. */
export function dependencies(logs: string): Task {
  return {
    title: 'Installing the libraries',
    reads: [
      inCheckout('pnpm-lock.yaml'),
      inCheckout('pnpm-workspace.yaml'),
      ...rooms.map((room) => inCheckout(room, 'package.json')),
    ],
    facts: platformFacts(),
    stamp: inCheckout('node_modules', '.hub-stamp'),
    work: (stop) =>
      work(
        'Installing the libraries',
        'pnpm',
        ['install', '--frozen-lockfile'],
        { cwd: inCheckout(), env: buildEnvironment(), log: join(logs, 'install.log') },
        stop,
      ),
  }
}
