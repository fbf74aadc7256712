import { isMap, listIn, mapIn, textIn } from './maps.ts'
import { createSchemas, followed, type Judge, type Schemas } from './schemas.ts'

export interface Parameter {
  readonly name: string
  readonly in: string
  readonly required: boolean
  /** Several values stand in one text, with commas between them. */
  readonly commas: boolean
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
  /**
   * Ways to be let in, any one of them: each as the headers or query that it needs, e.g. "header x-api-key" or "header
   * authorization bearer".
   */
  readonly security: readonly (readonly string[])[]
  /** Only answers are described: nothing is known about what may be asked. */
  readonly answersOnly?: boolean
}

export interface Description {
  /** What is described at an absolute address: several where one path has several meanings (/engage#profile-set). */
  readonly find: (method: string, address: URL) => readonly Described[]
  /** It speaks of some calls only: another one is not wrong. */
  readonly partly?: boolean
}

/**
 * A description of HTTP calls.
 * @param document OpenAPI 3.1
 * @param servers where it holds, in place of the servers that it names; {…} stands for any piece
 * @param about only answers of the paths that are there, or all that the vendor offers
 */
export const describes = (
  document: Readonly<Record<string, unknown>>,
  servers?: readonly string[],
  about: 'all' | 'answers' = 'all',
): Description => {
  const schemas = createSchemas(document)
  const bases = (servers ?? listIn(document, 'servers').flatMap((server) => textIn(server, 'url') ?? [])).map(
    (server) => server.replace(/\/+$/, ''),
  )
  const paths = Object.entries(mapIn(document, 'paths')).map(([path, item]) => {
    const plain = path.replace(/[#?].*$/, '')
    return {
      path,
      item,
      patterns: bases.map((base) => patternOf(base + plain)),
      literal: plain.replace(/\{[^}]+\}/g, '').length,
    }
  })
  const known = new Map<string, Described>()

  return {
    partly: about === 'answers',
    find: (method, address) => {
      const whole = `${address.origin}${decodeURI(address.pathname)}`
      const found = paths.filter(
        ({ patterns, item }) =>
          isMap(item) && method.toLowerCase() in item && patterns.some((pattern) => pattern.test(whole)),
      )
      // A path that says more goes before one with more {…}.
      const most = Math.max(...found.map(({ literal }) => literal))
      return found
        .filter(({ literal }) => literal === most)
        .map(({ path }) => {
          const name = `${method} ${path}`
          const described = known.get(name) ?? {
            ...describe(document, schemas, path, method.toLowerCase()),
            answersOnly: about === 'answers',
          }
          known.set(name, described)
          return described
        })
    },
  }
}

const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path
      .split(/\{[^}]+\}/)
      .map((piece) => piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('[^/]+')}$`,
  )

const describe = (document: unknown, schemas: Schemas, path: string, method: string): Described => {
  const place = ['paths', path, method]
  const { value: operation } = followed(document, place)
  const typesAt = (at: readonly string[], judges: (type: string) => Schemas['open']): Map<string, Judge | null> => {
    const { value, place: found } = followed(document, at)
    return new Map(
      Object.entries(mapIn(value, 'content')).map(([type, content]) => [
        bare(type),
        isMap(content) && content.schema !== undefined
          ? judges(bare(type))([...found, 'content', type, 'schema'])
          : null,
      ]),
    )
  }
  const body = followed(document, [...place, 'requestBody'])
  const parameters = [['paths', path], place].flatMap((owner) => {
    const { value } = followed(document, owner)
    return listIn(value, 'parameters').map((_, position): Parameter => {
      const { value: parameter, place: at } = followed(document, [...owner, 'parameters', String(position)])
      const is = (name: string, truth: boolean): boolean => isMap(parameter) && parameter[name] === truth
      return {
        name: textIn(parameter, 'name') ?? '',
        in: textIn(parameter, 'in') ?? '',
        required: is('required', true),
        commas: is('explode', false),
        judge: schemas.query([...at, 'schema']),
      }
    })
  })
  return {
    name: `${method.toUpperCase()} ${path}`,
    parameters,
    body: isMap(body.value)
      ? {
          required: body.value.required === true,
          types: typesAt([...place, 'requestBody'], (type) => (isForm(type) ? schemas.form : schemas.closed)),
        }
      : null,
    answers: new Map(
      Object.keys(mapIn(operation, 'responses')).map((status) => [
        status,
        typesAt([...place, 'responses', status], () => schemas.open),
      ]),
    ),
    security: securityOf(document, operation),
  }
}

/** A content type without its parameters. */
export const bare = (type: string): string => type.replace(/;.*$/, '').trim().toLowerCase()

const isForm = (type: string): boolean => type === 'application/x-www-form-urlencoded' || type === 'multipart/form-data'

const securityOf = (document: unknown, operation: unknown): string[][] => {
  const schemes = mapIn(mapIn(document, 'components'), 'securitySchemes')
  const ways =
    isMap(operation) && Array.isArray(operation.security) ? listIn(operation, 'security') : listIn(document, 'security')
  return ways.map((way) =>
    Object.keys(isMap(way) ? way : {}).map((name) => {
      const scheme = schemes[name]
      if (textIn(scheme, 'type') === 'apiKey') return `${textIn(scheme, 'in') ?? ''} ${textIn(scheme, 'name') ?? ''}`
      return `header authorization ${(textIn(scheme, 'scheme') ?? 'bearer').toLowerCase()}`
    }),
  )
}
