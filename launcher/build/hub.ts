import { join } from 'node:path'
import { inCheckout } from '../paths.ts'
import { work } from '../processes.ts'
import { buildEnvironment } from '../tools.ts'
import type { Task } from './task.ts'

const shared = [inCheckout('pnpm-lock.yaml')]

/** hub-server/src → hub-server/dist/main.js */
export function hubBuild(logs: string): Task {
  return {
    title: 'Building the hub',
    reads: [
      inCheckout('hub-server', 'src'),
      inCheckout('hub-server', 'package.json'),
      inCheckout('hub-server', 'tsconfig.json'),
      inCheckout('hub-server', 'tsconfig.build.json'),
      ...shared,
    ],
    facts: [],
    stamp: inCheckout('hub-server', 'dist', '.hub-stamp'),
    work: (stop) => build('hub-server', 'Building the hub', join(logs, 'build-hub.log'), stop),
  }
}

/** hub-server/console → hub-server/console/dist, the web page that the hub serves */
export function consoleBuild(logs: string): Task {
  return {
    title: 'Building the console',
    reads: [inCheckout('hub-server', 'console'), ...shared],
    facts: [],
    stamp: inCheckout('hub-server', 'console', 'dist', '.hub-stamp'),
    work: (stop) => build('hub-console', 'Building the console', join(logs, 'build-console.log'), stop),
  }
}

function build(packageName: string, name: string, log: string, stop: AbortSignal): Promise<void> {
  return work(
    name,
    'pnpm',
    ['--filter', packageName, 'build'],
    { cwd: inCheckout(), env: buildEnvironment(), log },
    stop,
  )
}
