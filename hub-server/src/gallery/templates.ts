import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type, type Static } from 'typebox'
import { parse } from 'yaml'
import { checked } from '../contracts/validate.ts'

/** template.yaml: what a person should know before they take a template. */
const About = Type.Object(
  {
    id: Type.Integer({ minimum: 1, description: 'Never changes: n8n knows a template by it' }),
    name: Type.String({ minLength: 1 }),
    description: Type.String({ minLength: 1, description: 'One sentence' }),
    createdAt: Type.String({ format: 'date' }),
    categories: Type.Array(Type.String(), { minItems: 1 }),
    mirrors: Type.Array(Type.String(), { description: 'Which flows of other platforms it does the work of' }),
    needs: Type.Array(
      Type.Object({ what: Type.String(), why: Type.String(), optional: Type.Optional(Type.Boolean()) }),
      { description: 'What must be connected for a live run' },
    ),
  },
  { additionalProperties: false },
)

/** workflow.json: an n8n workflow, as far as the gallery reads it. */
const Workflow = Type.Object({
  name: Type.String(),
  nodes: Type.Array(Type.Object({ name: Type.String(), type: Type.String(), typeVersion: Type.Number() })),
  connections: Type.Record(Type.String(), Type.Unknown()),
  settings: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  pinData: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})

export interface Template extends Static<typeof About> {
  /** Name of its folder. */
  readonly slug: string
  /** README.md, as markdown. */
  readonly story: string
  readonly workflow: Static<typeof Workflow>
}

/**
 * Every folder of `folder` as a template, the newest first. A new template needs nothing but its folder.
 * @throws HubError invalid_input naming the file that is not right; Error where two templates have one id
 */
export const readTemplates = (folder: string): Template[] => {
  const slugs = readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  )
  const templates = slugs.map((slug) => readTemplate(folder, slug))
  for (const { id, slug } of templates) {
    const twin = templates.find((other) => other.id === id && other.slug !== slug)
    if (twin) throw new Error(`The templates ${slug} and ${twin.slug} both have the id ${id}.`)
  }
  return templates.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt) || one.id - other.id)
}

const readTemplate = (folder: string, slug: string): Template => {
  const text = (file: string) => readFileSync(join(folder, slug, file), 'utf8')
  const about = checked(About, parse(text('template.yaml')), `templates/${slug}/template.yaml`)
  const content: unknown = JSON.parse(text('workflow.json'))
  return {
    ...about,
    slug,
    story: text('README.md'),
    workflow: checked(Workflow, content, `templates/${slug}/workflow.json`),
  }
}
