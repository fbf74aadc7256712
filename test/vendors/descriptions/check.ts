import { isMap } from './maps.ts'
import { bare, type Described, type Description, type Parameter } from './openapi.ts'

/** A request, at the vendor's own address. */
export interface Asked {
  readonly method: string
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /**
   * Parsed, where it is JSON or a form; a multipart form that is only written down is left as it is, and not judged.
   */
  readonly body?: unknown
}

export interface Answered {
  readonly status: number
  readonly type: string
  readonly text: string
}

/** Where a request or an answer is not as the vendor describes it. */
export interface Problem {
  /** e.g. POST /people/match. */
  readonly call: string
  /** e.g. "query page", "body /personalizations", "status 429", "answer /person". */
  readonly at: string
  readonly message: string
}

type Found = [at: string, message: string]

/** Judges by the description that fits best, where one path is described several times. */
const judged = (
  descriptions: readonly Description[],
  asked: Asked,
  judge: (described: Described) => Found[],
): Problem[] => {
  const [best] = descriptions
    .flatMap((description) => description.find(asked.method, new URL(asked.url)))
    .map((described) => judge(described).map(([at, message]): Problem => ({ call: described.name, at, message })))
    .sort((a, b) => a.length - b.length)
  return (
    best ??
    (descriptions.some(({ partly }) => partly)
      ? []
      : [{ call: nameOf([], asked), at: 'path', message: 'no such path and method' }])
  )
}

/** A call as its description names it; by its path where none does. */
export const nameOf = (descriptions: readonly Description[], { method, url }: Asked): string =>
  descriptions.flatMap((description) => description.find(method, new URL(url)))[0]?.name ??
  `${method} ${new URL(url).pathname}`

/** What of a request the vendor does not describe. */
export const checkRequest = (descriptions: readonly Description[], asked: Asked): Problem[] =>
  judged(descriptions, asked, (described) =>
    described.answersOnly
      ? []
      : [...keyProblems(described, asked), ...queryProblems(described, asked), ...bodyProblems(described, asked)],
  )

/** What a vendor's pages say of answers where its description does not. */
export interface Amended {
  /** Refusals that the description says nothing of: any answer does. */
  readonly silent?: readonly number[]
  /** The name under which an answer holds what is described, by call. */
  readonly within?: (call: string) => string | undefined
}

/** What of an answer the vendor does not describe. */
export const checkAnswer = (
  descriptions: readonly Description[],
  asked: Asked,
  { status, type: given, text }: Answered,
  { silent = [], within }: Amended = {},
): Problem[] =>
  judged(descriptions, asked, ({ name, answers }): Found[] => {
    const types = answers.get(String(status)) ?? answers.get(`${String(status)[0]}XX`) ?? answers.get('default')
    if (!types)
      return silent.includes(status) ? [] : [[`status ${status}`, `is not among ${[...answers.keys()].join(', ')}`]]
    // A refusal without content is one of which nothing more is said.
    if (types.size === 0) return text === '' || status >= 400 ? [] : [[`status ${status}`, 'has no body']]
    const type = bare(given)
    const judge = types.has(type) ? types.get(type) : types.get('*/*')
    if (judge === undefined)
      return [[`status ${status}`, `is not answered as ${type}, but as ${[...types.keys()].join(', ')}`]]
    if (judge === null || !/\bjson$/.test(type)) return []
    const part = status < 300 ? within?.(name) : undefined
    return partsOf(JSON.parse(text), part).flatMap((value) =>
      judge(value, asked.body).map(({ at, message }): Found => [`answer ${at}`, message]),
    )
  })

/** The whole, or each of what stands under a name in it. */
const partsOf = (whole: unknown, name: string | undefined): unknown[] => {
  if (name === undefined) return [whole]
  const part = isMap(whole) ? whole[name] : undefined
  return Array.isArray(part) ? (part as unknown[]) : [part]
}

const keyProblems = ({ security }: Described, { url, headers }: Asked): Found[] => {
  const shows = (place: string): boolean => {
    const [where, name = '', scheme] = place.split(' ')
    if (where === 'query') return new URL(url).searchParams.has(name)
    const value = headers[name.toLowerCase()]
    return value !== undefined && (scheme === undefined || value.toLowerCase().startsWith(`${scheme} `))
  }
  return security.length === 0 || security.some((way) => way.every(shows))
    ? []
    : [['key', `none of: ${security.map((way) => way.join(' and ')).join(', ')}`]]
}

const queryProblems = ({ parameters, security }: Described, { url }: Asked): Found[] => {
  const { searchParams } = new URL(url)
  const query = parameters.filter((parameter) => parameter.in === 'query')
  const named = (name: string): boolean =>
    query.some((parameter) => parameter.name === name) || security.some((way) => way.includes(`query ${name}`))
  return [
    ...[...new Set(searchParams.keys())]
      .filter((name) => !named(name))
      .map((name): Found => [`query ${name}`, 'is not a parameter']),
    ...query.flatMap((parameter): Found[] => {
      const values = searchParams.getAll(parameter.name)
      if (values.length === 0) return parameter.required ? [[`query ${parameter.name}`, 'is missing']] : []
      return parameter.judge(valueOf(parameter, values)).map(({ message }) => [`query ${parameter.name}`, message])
    }),
  ]
}

const valueOf = ({ commas }: Parameter, values: readonly string[]): unknown => {
  const [first = '', ...more] = values
  if (more.length > 0) return values
  return commas && first.includes(',') ? first.split(',') : first
}

const bodyProblems = ({ body }: Described, asked: Asked): Found[] => {
  if (asked.body === undefined) return body?.required ? [['body', 'is missing']] : []
  if (!body) return [['body', 'is not taken']]
  const type = bare(asked.headers['content-type'] ?? '')
  const judge = body.types.get(type)
  if (judge === undefined) return [['body', `is ${type || 'of no type'}, not ${[...body.types.keys()].join(', ')}`]]
  if (type === 'multipart/form-data' && typeof asked.body === 'string') return []
  return judge?.(asked.body).map(({ at, message }): Found => [`body ${at}`, message]) ?? []
}
