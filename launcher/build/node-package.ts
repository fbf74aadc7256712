import { readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inCheckout } from '../paths.ts'
import { Problem } from '../problem.ts'
import { work } from '../processes.ts'
import { buildEnvironment } from '../tools.ts'
import type { Task } from './task.ts'

/** The packed n8n package, as it would be published. */
export const packedNodes = inCheckout('dist', 'n8n-nodes-ainow.tgz')

/** nodes/, credentials/, icons/ → dist/ → dist/n8n-nodes-ainow.tgz */
export function nodePackage(logs: string): Task {
  return {
    title: 'Building the n8n blocks',
    reads: [
      'nodes',
      'credentials',
      'icons',
      'package.json',
      'tsconfig.json',
      'pnpm-lock.yaml',
      'README.md',
      'LICENSE',
    ].map((name) => inCheckout(name)),
    facts: [],
    stamp: inCheckout('dist', '.hub-stamp'),
    async work(stop) {
      const where = { cwd: inCheckout(), env: buildEnvironment() }
      await work('Building the n8n blocks', 'pnpm', ['build'], { ...where, log: join(logs, 'build-nodes.log') }, stop)
      const folder = inCheckout('dist', 'pack')
      rmSync(folder, { recursive: true, force: true })
      const pack = ['pack', '--pack-destination', folder]
      await work('Packing the n8n blocks', 'pnpm', pack, { ...where, log: join(logs, 'pack-nodes.log') }, stop)
      // The name carries the version; everybody else wants one name.
      const [packed] = readdirSync(folder)
      if (packed === undefined)
        throw new Problem(`Packing the n8n blocks made no file. See ${join(logs, 'pack-nodes.log')}.`)
      renameSync(join(folder, packed), packedNodes)
      rmSync(folder, { recursive: true })
    },
  }
}
