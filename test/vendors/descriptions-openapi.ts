import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { isMap, listIn, mapIn, textIn } from './descriptions-maps.ts'
import { createSchemas, type Judge, type Schemas } from './descriptions-schemas.ts'

export interface Parameter {
  readonly name: string
  readonly in: string
  readonly required: boolean
  readonly schema: unknown
  readonly judge: Judge
}

/** What one method of one path takes and answers. */
export interface Described {
  /** e.g. POST /people/match: the path as it is described. */
  readonly name: string
  readonly parameters: readonly Parameter[]
  /** Content type → judge of a body; null where no body is taken. */
  readonly body: { readonly required: boolean; readonly types: ReadonlyMap<string, Judge | null> } | null
  /** Status (200, 2XX, default) → content type → judge; an answer without content has no types. */
  readonly answers: ReadonlyMap<string, ReadonlyMap<string, Judge | null>>
  /** Ways to be let in, any one of them: each as the headers or query that it needs, e.g. header x-api-key. */
  readonly security: readonly (readonly string[])[]
}

export interface Description {
  readonly file: string
  /** What is described at an absolute address; null where nothing is. */
  readonly find: (method: string, address: URL) => Described | null
}

/** Reads an OpenAPI 3 document, JSON or YAML. */
export const readDescription = (folder: string, file: string): Description => {
  const document: unknown = parse(readFileSync(join(folder, file), 'utf8'))
  const schemas = createSchemas(document)
  const servers = listIn(document, 'servers').flatMap((server) => textIn(server, 'url') ?? [])
  const paths = Object.entries(mapIn(document, 'paths')).map(([path, item]) => ({ path, item, pattern: patternOf(path) }))
  // A path without {…} goes before one with it.
  paths.sort((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')))
  const known = new Map<string, Described>()

  return {
    file,
    find: (method, address) => {
      const below = servers.flatMap((server) => {
        const whole = `${address.origin}${address.pathname}`
        const base = server.replace(/\/+$/, '')
        return whole.startsWith(`${base}/`) ? [whole.slice(base.length)] : []
      })
      const found = paths.find(({ pattern, item }) => below.some((path) => pattern.test(path)) && isMap(item) && method.toLowerCase() in item)
      if (!found) return null
      const name = `${method} ${found.path}`
      const described = known.get(name) ?? describe(document, schemas, found.path, method.toLowerCase())
      known.set(name, described)
      return described
    },
  }
}

const patternOf = (path: string): RegExp => new RegExp(`^${path.split(/\{[^}]+\}/).map((piece) => piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('[^/]+')}$`)

/** A part of the document and where it stands, behind a $ref too. */
const followed = (document: unknown, place: readonly string[]): { value: unknown; place: readonly string[] } => {
  const value = place.reduce<unknown>((part, name) => (Array.isArray(part) ? (part[Number(name)] as unknown) : isMap(part) ? part[name] : undefined), document)
  const target = textIn(value, '$ref')
  if (target?.startsWith('#/') !== true) return { value, place }
  return followed(document, target.slice(2).split('/').map((piece) => decodeURIComponent(piece).replaceAll('~1', '/').replaceAll('~0', '~')))
}

const describe = (document: unknown, schemas: Schemas, path: string, method: string): Described => {
  const place = ['paths', path, method]
  const { value: operation } = followed(document, place)
  const typesAt = (at: readonly string[], judges: Schemas['open']): Map<string, Judge | null> => {
    const { value, place: found } = followed(document, at)
    return new Map(Object.entries(mapIn(value, 'content')).map(([type, content]) => [type, isMap(content) && content.schema !== undefined ? judges([...found, 'content', type, 'schema']) : null]))
  }
  const body = followed(document, [...place, 'requestBody'])
  const parameters = [['paths', path], place].flatMap((owner) => {
    const { value } = followed(document, owner)
    return listIn(value, 'parameters').map((_, position): Parameter => {
      const { value: parameter, place: at } = followed(document, [...owner, 'parameters', String(position)])
      return { name: textIn(parameter, 'name') ?? '', in: textIn(parameter, 'in') ?? '', required: isMap(parameter) && parameter.required === true, schema: mapIn(parameter, 'schema'), judge: schemas.open([...at, 'schema']) }
    })
  })
  return {
    name: `${method.toUpperCase()} ${path}`,
    parameters,
    body: isMap(body.value) ? { required: body.value.required === true, types: typesAt([...place, 'requestBody'], schemas.closed) } : null,
    answers: new Map(Object.keys(mapIn(operation, 'responses')).map((status) => [status, typesAt([...place, 'responses', status], schemas.open)])),
    security: securityOf(document, operation),
  }
}

const securityOf = (document: unknown, operation: unknown): string[][] => {
  const schemes = mapIn(mapIn(document, 'components'), 'securitySchemes')
  const ways = isMap(operation) && Array.isArray(operation.security) ? listIn(operation, 'security') : listIn(document, 'security')
  return ways.map((way) =>
    Object.keys(isMap(way) ? way : {}).map((name) => {
      const scheme = schemes[name]
      return textIn(scheme, 'type') === 'apiKey' ? `${textIn(scheme, 'in') ?? ''} ${textIn(scheme, 'name')?.toLowerCase() ?? ''}` : 'header authorization'
    }),
  )
}
