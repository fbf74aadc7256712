import type { Connector } from '../types.ts'

/** In the order in which a lead travels; groups that are not here follow by the alphabet. */
const order = [
  'find',
  'scrape',
  'verify',
  'enrich',
  'score',
  'crm',
  'rows',
  'reach',
  'audience',
  'analytics',
  'text',
  'ai',
]
const spelling: Readonly<Record<string, string>> = { crm: 'CRM', ai: 'AI' }

export const groupInWords = (group: string): string =>
  spelling[group.toLowerCase()] ?? group.charAt(0).toUpperCase() + group.slice(1)

const rank = (group: string): number => {
  const place = order.indexOf(group.toLowerCase())
  return place < 0 ? order.length : place
}

/** Every group that occurs, once, in the order to show them. */
export const groupsOf = (connectors: readonly Connector[]): string[] =>
  [...new Set(connectors.flatMap(({ groups }) => groups))].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
