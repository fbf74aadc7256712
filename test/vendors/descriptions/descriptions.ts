import { createCompoundSchema } from 'genson-js'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { attached, folder, type Attached } from './attached.ts'
import { readDocument } from './document.ts'
import { describesGraphql } from './graphql.ts'
import { isMap, listIn, mapIn, textIn } from './maps.ts'
import { describes, type Description } from './openapi.ts'
import { followed } from './schemas.ts'

const known = new Map<string, Description[]>()

/** All that a connector's vendor publishes about its API, ready to judge; read once. */
export const describedBy = (id: string): Description[] => {
  const read = known.get(id) ?? descriptionsOf(attached.get(id) ?? {})
  known.set(id, read)
  return read
}

const descriptionsOf = ({ files = [], answers, fixtures, meta, graphql, tokens = [] }: Attached): Description[] => {
  const documents = files
    .map((entry) => (typeof entry === 'string' ? { file: entry } : entry))
    .map(({ file, ...more }) => ({ document: readDocument(join(folder, file)), ...more }))
  const tokenUrls = new Set([...tokens, ...documents.flatMap(({ document }) => tokenUrlsOf(document))])
  return [
    ...documents.map(({ document, ...more }) => describes(document, 'servers' in more ? more.servers : undefined)),
    ...(answers ? [describesAnswers(answers)] : []),
    ...(fixtures ? [describesFixtures(fixtures)] : []),
    ...(meta ? [describesNodes(meta)] : []),
    ...(graphql ? [describesGraphql(join(folder, graphql.file), graphql.at)] : []),
    ...(tokenUrls.size > 0 ? [describes(oauth2, [...tokenUrls])] : []),
  ]
}

const oauth2 = parse(readFileSync(new URL('oauth2.yaml', import.meta.url), 'utf8')) as Readonly<Record<string, unknown>>

const tokenUrlsOf = (document: unknown): string[] =>
  Object.values(mapIn(mapIn(document, 'components'), 'securitySchemes')).flatMap((scheme) =>
    Object.values(mapIn(scheme, 'flows')).flatMap((flow) => textIn(flow, 'tokenUrl') ?? []),
  )

/** JSON Schemas of some calls' answers as a description; nothing is said of what is asked, nor of other calls. */
const describesAnswers = ({ file, server, schemas, refusals }: NonNullable<Attached['answers']>): Description => {
  const content: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  const json = (pointer: string): object => ({ content: { 'application/json': { schema: { $ref: `#${pointer}` } } } })
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [call, pointer] of Object.entries(schemas)) {
    const [method = '', path = ''] = call.split(' ')
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: {
        responses: { 200: json(pointer), ...(refusals !== undefined && { default: json(refusals) }) },
      },
    }
  }
  return describes(
    { ...(isMap(content) ? content : {}), openapi: '3.1.1', servers: [{ url: server }], paths },
    undefined,
    'answers',
  )
}

/** What recorded answers have in common as a description: types of fields, any of which may be left out or null. */
const describesFixtures = ({ server, answers }: NonNullable<Attached['fixtures']>): Description => {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [call, statuses] of Object.entries(answers)) {
    const [method = '', path = ''] = call.split(' ')
    const responses = Object.fromEntries(
      Object.entries(statuses).map(([status, files]) => [
        status,
        {
          content: {
            'application/json': { schema: orNull(createCompoundSchema(files.map(recorded), { noRequired: true })) },
          },
        },
      ]),
    )
    paths[path] = { ...paths[path], [method.toLowerCase()]: { responses } }
  }
  return describes({ openapi: '3.1.1', servers: [{ url: server }], paths }, undefined, 'answers')
}

const orNull = (schema: object): unknown =>
  JSON.parse(JSON.stringify(schema), (_, part: unknown) =>
    textIn(part, 'type') === undefined ? part : { ...Object(part), nullable: true },
  )

const recorded = (entry: string): unknown => {
  const [file = '', pointer = ''] = entry.split('#')
  const { value } = followed(JSON.parse(readFileSync(join(folder, file), 'utf8')), pointer.split('/').filter(Boolean))
  if (value === undefined) throw new Error(`${entry} is not there.`)
  return value
}

/** Lists of nodes as Meta describes them: a field that the node does not have is wrong. */
const describesNodes = ({ server, edges }: NonNullable<Attached['meta']>): Description => {
  const paths: Record<string, unknown> = {}
  for (const [call, file] of Object.entries(edges)) {
    const [method = '', path = ''] = call.split(' ')
    const content: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    const properties = Object.fromEntries(
      listIn(content, 'fields').map((field) => [textIn(field, 'name') ?? '', typeOf(textIn(field, 'type') ?? '')]),
    )
    const schema = {
      type: 'object',
      required: ['data'],
      properties: { data: { type: 'array', items: { type: 'object', properties, additionalProperties: false } } },
    }
    paths[path] = { [method.toLowerCase()]: { responses: { 200: { content: { 'application/json': { schema } } } } } }
  }
  return describes({ openapi: '3.1.1', servers: [{ url: server }], paths }, undefined, 'answers')
}

/** Meta's word for a type; nodes within nodes are taken as they are. */
const typeOf = (type: string): object => {
  if (type.startsWith('list<')) return { type: 'array' }
  if (/int$/.test(type)) return { type: 'integer' }
  if (type === 'bool') return { type: 'boolean' }
  return type === 'string' || type === 'datetime' ? { type: 'string' } : {}
}
