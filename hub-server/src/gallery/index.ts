import { Router, type Request } from 'express'
import { itemOf, notFound, pageOf, workflowOf } from './answers.ts'
import { crossOrigin } from './cross-origin.ts'
import { categoriesOf, find } from './find.ts'
import { readTemplates, type Template } from './templates.ts'

export interface GallerySettings {
  /** Holds one folder for each template. */
  readonly templatesDir: string
  /** Holds our nodes' icons: scrape-website.svg, … */
  readonly nodeIconsDir: string
  /** Where n8n's editor is, e.g. http://127.0.0.1:5678: its pages may read the gallery. */
  readonly origin: string | undefined
}

/** A query value: a number in its limits, or the default. */
const numberOf = (text: string | null, otherwise: number, most: number) => {
  const value = Number(text ?? otherwise)
  return Number.isInteger(value) && value >= 1 ? Math.min(value, most) : otherwise
}

const namesOf = (query: URLSearchParams, name: string) =>
  [...query.getAll(name), ...query.getAll(`${name}[]`)]
    .flatMap((value) => value.split(','))
    .filter((value) => value !== '')
    .slice(0, mostNames)

/** Characters of what is looked for, and names that are asked for: strangers may ask. */
const longestSearch = 200
const mostNames = 50

const searchIn = (query: URLSearchParams) => (query.get('search') ?? '').slice(0, longestSearch)

/** Express reads `category[]=…` in more than one way; the platform in one. */
const queryOf = (request: Request) => new URL(request.url, 'http://hub').searchParams

/**
 * What n8n's own Templates page asks of `N8N_TEMPLATES_HOST`. Also lets that page read `/health`, which the hub
 * answers elsewhere: n8n asks it first.
 */
export const galleryRouter = ({ templatesDir, nodeIconsDir, origin }: GallerySettings): Router => {
  const templates = readTemplates(templatesDir)
  const router = Router()
  router.use(['/health', '/templates', '/workflows/templates'], crossOrigin(origin))

  const item = (template: Template) => itemOf(template, nodeIconsDir)
  const byId = (id: string) => templates.find((template) => String(template.id) === id)

  /** A category with several templates is a collection. */
  const collections = () =>
    categoriesOf(templates)
      .filter(({ count }) => count > 1)
      .map(({ id, name }) => ({ id, name, members: find(templates, { search: '', categories: [name], nodes: [] }) }))

  router.get('/templates/categories', (_request, response) => {
    response.json({ categories: categoriesOf(templates).map(({ id, name }) => ({ id, name })) })
  })

  router.get('/templates/collections', (request, response) => {
    const query = queryOf(request)
    const wanted = namesOf(query, 'category')
    const search = searchIn(query).toLowerCase()
    const shown = collections().filter(
      ({ id, name }) =>
        (wanted.length === 0 || wanted.includes(name) || wanted.includes(String(id))) &&
        name.toLowerCase().includes(search),
    )
    response.json({
      collections: shown.map(({ id, name, members }) => ({
        id,
        name,
        nodes: [...new Map(members.flatMap((member) => item(member).nodes).map((node) => [node.name, node])).values()],
        workflows: members.map((member) => ({ id: member.id })),
      })),
    })
  })

  router.get('/templates/collections/:id', (request, response) => {
    const found = collections().find(({ id }) => String(id) === request.params.id)
    if (!found) return response.status(404).json(notFound(`There is no collection ${request.params.id}.`))
    const { id, name, members } = found
    const createdAt = item(members[0]!).createdAt
    return response.json({
      collection: {
        id,
        name,
        description: `Templates of the category ${name}.`,
        image: [],
        categories: [{ id, name }],
        createdAt,
        nodes: [],
        workflows: members.map(item),
      },
    })
  })

  router.get('/templates/search', (request, response) => {
    const query = queryOf(request)
    const wanted = {
      search: searchIn(query),
      categories: namesOf(query, 'category'),
      nodes: [...namesOf(query, 'nodes'), ...namesOf(query, 'apps')],
    }
    const found = find(templates, wanted)
    const limit = numberOf(query.get('limit'), 20, 100)
    const from = (numberOf(query.get('page'), 1, 1_000_000) - 1) * limit
    const counts = categoriesOf(found).map(({ name, count }) => ({ count, highlighted: name, value: name }))
    response.json({
      totalWorkflows: found.length,
      workflows: found.slice(from, from + limit).map(item),
      filters: [{ field_name: 'categories', sampled: false, stats: { total_values: counts.length }, counts }],
    })
  })

  router.get('/templates/workflows/:id', (request, response) => {
    const template = byId(request.params.id)
    if (!template) return response.status(404).json(notFound(`There is no template ${request.params.id}.`))
    return response.json({ workflow: pageOf(template, templates, nodeIconsDir) })
  })

  router.get('/workflows/templates/:id', (request, response) => {
    const template = byId(request.params.id)
    if (!template) return response.status(404).json(notFound(`There is no template ${request.params.id}.`))
    return response.json({ id: template.id, name: template.name, workflow: workflowOf(template) })
  })

  return router
}
