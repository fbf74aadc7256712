import type { Template } from './templates.ts'

/** What n8n's Templates page asks for. */
export interface Wanted {
  search: string
  /** Names; a template in any of them fits. */
  categories: string[]
  /** Node types, e.g. n8n-nodes-base.webhook; a template with any of them fits. */
  nodes: string[]
}

const words = (text: string) =>
  text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')

const textsOf = new WeakMap<Template, string>()

/** Everything a person may look for: also the old names of the flows that a template does the work of. */
const textOf = (template: Template): string => {
  const known = textsOf.get(template)
  if (known !== undefined) return known
  const text = [
    template.name,
    template.description,
    template.story,
    ...template.mirrors,
    ...template.categories,
    ...template.workflow.nodes.map(({ type }) => type),
  ]
    .join('\n')
    .toLowerCase()
  textsOf.set(template, text)
  return text
}

/** The templates that have every word, one of the categories and one of the nodes, in their order. */
export const find = (templates: readonly Template[], { search, categories, nodes }: Wanted): Template[] =>
  templates.filter((template) => {
    const text = textOf(template)
    return (
      words(search).every((word) => text.includes(word)) &&
      (categories.length === 0 || template.categories.some((name) => categories.includes(name))) &&
      (nodes.length === 0 || template.workflow.nodes.some(({ type }) => nodes.includes(type)))
    )
  })

/** How many templates are in each category, by name. */
export const categoriesOf = (templates: readonly Template[]): { id: number; name: string; count: number }[] => {
  const counts = new Map<string, number>()
  for (const name of templates.flatMap(({ categories }) => categories)) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts.keys()].toSorted().map((name, index) => ({ id: index + 1, name, count: counts.get(name) ?? 0 }))
}
