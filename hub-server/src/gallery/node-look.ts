import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { coreNodes } from './core-nodes.ts'
import type { Template } from './templates.ts'

/** A node type as n8n's Templates page wants it. */
export interface NodeLook {
  id: number
  /** e.g. n8n-nodes-base.webhook */
  name: string
  displayName: string
  icon: string
  iconColor?: string
  defaults: { name: string }
  iconData: { type: 'icon'; icon: string } | { type: 'file'; fileBuffer: string }
  typeVersion: number
  categories: { id: number; name: string }[]
}

const ours = 'n8n-nodes-ainow.'
const note = 'n8n-nodes-base.stickyNote'

/** scrapeWebsite → Scrape Website */
const titleOf = (name: string) => {
  const words = name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, ' ').replace('Crm', 'CRM')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** scrapeWebsite → scrape-website */
const kebab = (name: string) => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase()

/** Our own icons are sent along, n8n's are named: n8n has them. */
const iconOf = (type: string, iconsFolder: string): Pick<NodeLook, 'icon' | 'iconColor' | 'iconData'> => {
  const name = type.slice(type.indexOf('.') + 1)
  const file = join(iconsFolder, `${kebab(name)}.svg`)
  if (type.startsWith(ours) && existsSync(file)) {
    const fileBuffer = `data:image/svg+xml;base64,${readFileSync(file).toString('base64')}`
    return { icon: `file:${kebab(name)}.svg`, iconData: { type: 'file', fileBuffer } }
  }
  const { icon, iconColor } = coreNodes[name] ?? { icon: 'box', iconColor: 'neutral' }
  return { icon, iconColor, iconData: { type: 'icon', icon } }
}

/** The node types of a template, each once, in the order of the flow; notes are not nodes to a person. */
export const looksOf = (template: Template, iconsFolder: string): NodeLook[] => {
  const byType = new Map(template.workflow.nodes.filter(({ type }) => type !== note).map((node) => [node.type, node]))
  return [...byType.values()].map(({ type, typeVersion }, index) => {
    const name = type.slice(type.indexOf('.') + 1)
    const displayName = coreNodes[name]?.displayName ?? titleOf(name)
    return {
      id: index + 1,
      name: type,
      displayName,
      defaults: { name: displayName },
      typeVersion,
      categories: [],
      ...iconOf(type, iconsFolder),
    }
  })
}
