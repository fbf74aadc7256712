import { errorKinds, type Problem } from '../contracts/errors.ts'
import { categoriesOf } from './find.ts'
import { looksOf } from './node-look.ts'
import type { Template } from './templates.ts'

const author = { username: 'ainow', name: 'AI-Now Hub', avatar: '', verified: true, bio: '', links: [] }

/** A template in a list. The shapes here are those of n8n's own template host (n8n 2.40). */
export const itemOf = (template: Template, iconsFolder: string) => ({
  id: template.id,
  name: template.name,
  createdAt: `${template.createdAt}T00:00:00.000Z`,
  // How often it was opened: nobody counts.
  totalViews: 0,
  description: template.description,
  nodes: looksOf(template, iconsFolder),
  user: author,
})

/** The workflow, ready to be put on the canvas. */
export const workflowOf = ({ workflow: { nodes, connections, settings = {}, pinData = {} } }: Template) => ({
  nodes,
  connections,
  settings,
  pinData,
})

/** A template's own page: its story, what it needs and what it replaces. */
export const pageOf = (template: Template, all: readonly Template[], iconsFolder: string) => {
  const { nodes } = template.workflow
  const types = [...new Set(nodes.map(({ type }) => type))]
  return {
    ...itemOf(template, iconsFolder),
    description: [unwrapped(template.story.trim()), mirrorsOf(template)].join('\n\n'),
    image: [],
    categories: categoriesOf(all).flatMap(({ id, name }) => (template.categories.includes(name) ? [{ id, name }] : [])),
    workflowInfo: {
      nodeCount: nodes.length,
      nodeTypes: Object.fromEntries(
        types.map((type) => [type, { count: nodes.filter((node) => node.type === type).length }]),
      ),
    },
    workflow: workflowOf(template),
  }
}

/**
 * n8n shows every end of a line as one; a file is wrapped for its readers. Lists, headings and the like keep theirs.
 */
const unwrapped = (markdown: string) => markdown.replace(/(?<=\S)\n *(?![-*+#>|`] |\d+\. |```|[#\n|>])(?=\S)/g, ' ')

const mirrorsOf = ({ mirrors }: Template) =>
  mirrors.length === 0 ? '' : ['## Does the work of', ...mirrors.map((flow) => `- ${flow}`)].join('\n')

export const notFound = (detail: string): Problem => ({
  type: 'about:blank#not_found',
  title: errorKinds.not_found.title,
  status: errorKinds.not_found.status,
  detail,
  kind: 'not_found',
  advice: 'Go back to the Templates page: it lists what there is.',
})
