import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'
import { format, resolveConfig } from 'prettier'
import { startHub } from '../hub/hub-process.ts'

/**
 * Makes nodes/shared/hub-api.ts, what n8n's blocks know of the hub's answers, from the OpenAPI document that a hub
 * serves.
 *
 *   node test/generate/hub-api.ts            writes it
 *   node test/generate/hub-api.ts --check    says whether it is stale, and fails if so
 */
const file = fileURLToPath(new URL('../../nodes/shared/hub-api.ts', import.meta.url))

const head = "// Made by test/generate/hub-api.ts from the hub's OpenAPI document. Change the hub's contracts.\n"

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly $ref?: string
}
type Schemas = Readonly<Record<string, Schema>>

interface Operation {
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema?: Schema }>> }>>
}

/** What is read of an OpenAPI document. */
export interface ApiDocument {
  readonly info: object
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Schemas }
}

const answerOf = ({ paths }: ApiDocument, method: string, path: string, status: number): Schema => {
  const schema = paths[path]?.[method]?.responses[status]?.content?.['application/json']?.schema
  if (!schema) throw new Error(`The document does not describe status ${status} of ${method} ${path}.`)
  return schema
}

const named = (schemas: Schemas | undefined, name: string): Schema => {
  const schema = schemas?.[name]
  if (!schema) throw new Error(`The document does not describe “${name}”.`)
  return schema
}

/** The same with results of this kind. */
const withResults = (answer: Schema, result: string): Schema => {
  const results = { ...named(answer.properties, 'results'), items: { $ref: `#/components/schemas/${result}` } }
  return { ...answer, properties: { ...answer.properties, results } }
}

/**
 * What the blocks read, by the name that it gets. One block's answer stands for those of all: they differ in their
 * outputs alone, and these go on into n8n as they are, so a result is what it is in any run.
 */
const answers = (document: ApiDocument): Schemas => {
  const page = answerOf(document, 'get', '/v1/runs/{id}/results', 200)
  const { items: result } = named(page.properties, 'results')
  if (!result) throw new Error('The document does not describe a result.')
  const { schemas } = document.components
  return {
    Accepted: answerOf(document, 'post', '/v1/blocks/verify-email', 202),
    BlockAnswer: withResults(answerOf(document, 'post', '/v1/blocks/verify-email', 200), 'Result'),
    Results: withResults(page, 'Result'),
    Result: result,
    Run: named(schemas, 'Run'),
    Connectors: answerOf(document, 'get', '/v1/connectors', 200),
    Problem: named(schemas, 'Problem'),
  }
}

/** These schemas and all that they refer to. */
const closed = (wanted: Schemas, all: Schemas): Schemas => {
  const references = JSON.stringify(wanted).matchAll(/"#\/components\/schemas\/(\w+)"/g)
  const missing = [...references].flatMap(([, name = '']) =>
    name in wanted ? [] : [[name, named(all, name)] as const],
  )
  return missing.length === 0 ? wanted : closed({ ...wanted, ...Object.fromEntries(missing) }, all)
}

/** What a field means stands in the hub's contracts; here it would only make long lines. */
const withoutWords = (schemas: Schemas): string =>
  JSON.stringify(schemas, (name, value: unknown) =>
    name === 'description' && typeof value === 'string' ? undefined : value,
  )

/** What a whole document has beside its components. */
const unused = /^export type (?:paths|webhooks|\$defs|operations) = .*\n/gm

/** The file, as this document wants it. */
export const hubApi = async (document: ApiDocument): Promise<string> => {
  const schemas = closed(answers(document), document.components.schemas)
  const bare: unknown = JSON.parse(withoutWords(schemas))
  const part = { openapi: '3.1.0', info: document.info, paths: {}, components: { schemas: bare } }
  const source = await openapiTS(JSON.stringify(part), { rootTypes: true, rootTypesNoSchemaPrefix: true })
  const text = head + astToString(source).replace(unused, '')
  return format(text, { ...(await resolveConfig(file)), filepath: file })
}

export const isFresh = async (document: ApiDocument): Promise<boolean> =>
  readFileSync(file, 'utf8') === (await hubApi(document))

/** As a hub of its own serves it. */
const served = async (): Promise<ApiDocument> => {
  const hub = await startHub()
  try {
    return (await hub.call<ApiDocument>('GET', '/openapi.json')).body
  } finally {
    await hub.stop()
  }
}

const isMain = import.meta.url === pathToFileURL(process.argv[1] ?? '').href
if (isMain && process.argv.includes('--check')) {
  if (!(await isFresh(await served()))) {
    process.stderr.write(`Stale, run "node test/generate/hub-api.ts": ${file}\n`)
    process.exitCode = 1
  }
} else if (isMain) writeFileSync(file, await hubApi(await served()))
