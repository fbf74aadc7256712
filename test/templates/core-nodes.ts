import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { INodeType, IVersionedNodeType } from 'n8n-workflow'
import { inCheckout } from '../../launcher/paths.ts'

const load = createRequire(import.meta.url)

/** n8n's own nodes, as n8n is installed with: its package is found in pnpm's store. */
const folder = (): string => {
  const store = inCheckout('deploy', 'n8n', 'node_modules', '.pnpm')
  const name = readdirSync(store).find((entry) => entry.startsWith('n8n-nodes-base@'))
  if (!name) throw new Error('n8n’s own nodes are not installed in deploy/n8n.')
  return join(store, name, 'node_modules', 'n8n-nodes-base')
}

interface Known {
  readonly className: string
  readonly sourcePath: string
}

/** A node of n8n by its type, e.g. n8n-nodes-base.if. */
export const coreNode = (type: string): INodeType | IVersionedNodeType => {
  const base = folder()
  const known: Record<string, Known> = load(join(base, 'dist', 'known', 'nodes.json'))
  const entry = known[type.slice(type.indexOf('.') + 1)]
  if (!entry) throw new Error(`n8n has no node ${type}.`)
  const { [entry.className]: Made }: Record<string, new () => INodeType | IVersionedNodeType> = load(
    join(base, entry.sourcePath),
  )
  if (!Made) throw new Error(`${entry.sourcePath} does not export ${entry.className}.`)
  return new Made()
}
