import { readFileSync } from 'node:fs'
import type { IConnections, IDataObject, INode, INodeType, INodeTypes } from 'n8n-workflow'
import { inCheckout } from '../../launcher/paths.ts'
import { additionalData, builtNode, source } from '../nodes/engine.ts'
import { coreNode } from './core-nodes.ts'

// The engine sets n8n's folder before n8n is loaded.
const { WorkflowExecute } = await import('n8n-core')
const { NodeHelpers, Workflow } = await import('n8n-workflow')

/**
 * v1 is what n8n gives a new workflow; v0 is what one without settings gets, as one made on the credential set-up page.
 */
export type Order = 'v0' | 'v1'

export interface TemplateFile {
  readonly nodes: readonly Omit<INode, 'id'>[]
  readonly connections: IConnections
}

export const templateFile = (slug: string): TemplateFile =>
  JSON.parse(readFileSync(inCheckout('templates', slug, 'workflow.json'), 'utf8'))

const ours = 'n8n-nodes-ainow.'
const isTrigger = (type: string): boolean => /trigger$/i.test(type) || type.endsWith('.webhook')
const classOf = (type: string): string => `${type.charAt(ours.length).toUpperCase()}${type.slice(ours.length + 1)}`

/**
 * Runs a template on n8n's own engine, with n8n's own nodes and the built blocks, against a hub; what its trigger would
 * give is given.
 * @returns the items of every node that nothing follows, from all of its runs
 */
export const runTemplate = async (
  { nodes, connections }: TemplateFile,
  order: Order,
  given: IDataObject[],
  hub: { url: string; keys: { test: string } },
): Promise<IDataObject[]> => {
  const trigger = source(given.map((json) => ({ json })))
  const loaded = new Map<string, INodeType>()
  const load = (type: string, version?: number): INodeType => {
    if (isTrigger(type)) return trigger
    return type.startsWith(ours) ? builtNode(classOf(type)) : NodeHelpers.getVersionedNodeType(coreNode(type), version)
  }
  const typeOf = (type: string, version?: number): INodeType => {
    const key = `${type} ${version}`
    const found = loaded.get(key) ?? load(type, version)
    loaded.set(key, found)
    return found
  }
  const nodeTypes: INodeTypes = { getByName: typeOf, getByNameAndVersion: typeOf, getKnownTypes: () => ({}) }
  const credentials = { aiNowHubApi: { id: hub.url, name: 'Hub' } }
  const working = nodes.filter(({ type }) => !type.endsWith('.stickyNote'))
  const workflow = new Workflow({
    id: 'template',
    name: 'Template',
    active: false,
    nodeTypes,
    settings: order === 'v1' ? { executionOrder: 'v1' } : {},
    nodes: working.map((node) => ({ ...node, id: node.name, ...(node.type.startsWith(ours) && { credentials }) })),
    connections,
  })
  const startNode = workflow.getNode(working.find(({ type }) => isTrigger(type))?.name ?? '') ?? undefined
  const run = await new WorkflowExecute(additionalData({ apiKey: hub.keys.test }, workflow), 'manual').run({
    workflow,
    startNode,
  })
  if (run.status !== 'success')
    throw new Error(`The template ended as ${run.status}: ${run.data.resultData.error?.message}`)
  const ends = working.filter(
    ({ name }) => !(connections[name]?.main ?? []).some((followers) => (followers ?? []).length > 0),
  )
  return ends
    .flatMap(({ name }) => run.data.resultData.runData[name] ?? [])
    .flatMap(({ data }) => data?.main?.flat() ?? [])
    .map((item) => item?.json ?? {})
}
