import { isMap } from './descriptions-maps.ts'
import type { Described, Description, Parameter } from './descriptions-openapi.ts'

/** A request, at the vendor's own address. */
export interface Asked {
  readonly method: string
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Parsed, where it is JSON. */
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

const find = (descriptions: readonly Description[], { method, url }: Asked): Described | null => {
  for (const description of descriptions) {
    const found = description.find(method, new URL(url))
    if (found) return found
  }
  return null
}

const undescribed = ({ method, url }: Asked): Problem => ({ call: `${method} ${new URL(url).pathname}`, at: 'path', message: 'no such path and method' })

/** What of a request the vendor does not describe. */
export const checkRequest = (descriptions: readonly Description[], asked: Asked): Problem[] => {
  const described = find(descriptions, asked)
  if (!described) return [undescribed(asked)]
  const problem = (at: string, message: string): Problem => ({ call: described.name, at, message })
  return [...keyProblems(described, asked), ...queryProblems(described, asked), ...bodyProblems(described, asked)].map(([at, message]) => problem(at, message))
}

/** What of an answer the vendor does not describe. */
export const checkAnswer = (descriptions: readonly Description[], asked: Asked, answered: Answered): Problem[] => {
  const described = find(descriptions, asked)
  if (!described) return [undescribed(asked)]
  const { answers, name: call } = described
  const { status, text } = answered
  const types = answers.get(String(status)) ?? answers.get(`${String(status)[0]}XX`) ?? answers.get('default')
  if (!types) return [{ call, at: `status ${status}`, message: `is not among ${[...answers.keys()].join(', ')}` }]
  if (types.size === 0) return text === '' ? [] : [{ call, at: `status ${status}`, message: 'has no body' }]
  const type = bare(answered.type)
  const judge = types.get(type)
  if (judge === undefined) return [{ call, at: `status ${status}`, message: `is not answered as ${type}, but as ${[...types.keys()].join(', ')}` }]
  if (judge === null) return []
  return judge(JSON.parse(text)).map(({ at, message }) => ({ call, at: `answer ${at}`, message }))
}

const bare = (type: string): string => type.replace(/;.*$/, '').trim().toLowerCase()

type Found = [at: string, message: string]

const keyProblems = ({ security }: Described, { url, headers }: Asked): Found[] => {
  const shows = (place: string): boolean => {
    const [where, name = ''] = place.split(' ')
    return where === 'query' ? new URL(url).searchParams.has(name) : headers[name] !== undefined
  }
  return security.length === 0 || security.some((way) => way.every(shows)) ? [] : [['key', `none of: ${security.map((way) => way.join(' and ')).join(', ')}`]]
}

const queryProblems = ({ parameters }: Described, { url }: Asked): Found[] => {
  const { searchParams } = new URL(url)
  const query = parameters.filter((parameter) => parameter.in === 'query')
  const unknown = [...new Set(searchParams.keys())].filter((name) => !query.some((parameter) => parameter.name === name))
  return [
    ...unknown.map((name): Found => [`query ${name}`, 'is not a parameter']),
    ...query.flatMap((parameter): Found[] => {
      const values = searchParams.getAll(parameter.name)
      if (values.length === 0) return parameter.required ? [[`query ${parameter.name}`, 'is missing']] : []
      return parameter.judge(valueOf(parameter, values)).map(({ message }) => [`query ${parameter.name}`, message])
    }),
  ]
}

/** The text of a query as what its schema speaks of. */
const valueOf = ({ schema }: Parameter, values: readonly string[]): unknown => {
  if (!isMap(schema)) return values[0]
  const plain = (text: string, type: unknown): unknown => {
    if (type === 'integer' || type === 'number') return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
    return type === 'boolean' && /^(true|false)$/.test(text) ? text === 'true' : text
  }
  if (schema.type === 'array') return values.map((text) => plain(text, isMap(schema.items) ? schema.items.type : undefined))
  return values.length === 1 ? plain(values[0] ?? '', schema.type) : values
}

const bodyProblems = ({ body }: Described, asked: Asked): Found[] => {
  if (asked.body === undefined) return body?.required ? [['body', 'is missing']] : []
  if (!body) return [['body', 'is not taken']]
  const type = bare(asked.headers['content-type'] ?? '')
  const judge = body.types.get(type)
  if (judge === undefined) return [['body', `is ${type || 'of no type'}, not ${[...body.types.keys()].join(', ')}`]]
  return judge?.(asked.body).map(({ at, message }): Found => [`body ${at}`, message]) ?? []
}
