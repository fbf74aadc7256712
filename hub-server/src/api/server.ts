import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express'
import helmet from 'helmet'
import type { Logger } from 'pino'
import type { TSchema } from 'typebox'
import { holderOf, type KeyHolder } from '../access/keys.ts'
import { asHubError, HubError } from '../contracts/errors.ts'
import { checked } from '../contracts/validate.ts'
import type { Db } from '../db/database.ts'
import type { Disk } from '../db/disk.ts'
import { explainUnavailable } from '../db/unavailable.ts'
import { openApiOf } from './openapi.ts'
import { sendProblem } from './problem.ts'
import type { Answer, Route, SentFile } from './route.ts'

export interface ServerParts {
  readonly db: Db
  readonly disk: Disk
  readonly log: Logger
  readonly routes: readonly Route[]
  /** Doors beside /v1: the gallery, the console. */
  readonly pages: readonly RequestHandler[]
  readonly version: string
}

/** The largest body taken, in bytes; larger lists come as several requests. */
const bodyLimit = 25 * 1024 * 1024

export const createServer = ({ db, disk, log, routes, pages, version }: ServerParts): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.set('query parser', 'simple')
  app.use(
    helmet({
      crossOriginResourcePolicy: { policy: 'cross-origin' },
      contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } },
    }),
  )
  for (const page of pages) app.use(page)

  const openApi = openApiOf(routes, version)
  app.get('/openapi.json', (_request, response) => void response.json(openApi))

  // The key is looked at before the body: a stranger cannot make the hub read megabytes.
  const parse = express.json({ limit: bodyLimit, strict: false })
  for (const route of routes) {
    const path = route.path.replace(/\{(\w+)\}/g, ':$1')
    const steps: RequestHandler[] = route.open ? [] : [authenticate(db)]
    if (route.method !== 'get' && !route.reads) steps.push(whileThereIsSpace(disk))
    if (route.body) steps.push(unlessFile(route, requireJson), unlessFile(route, parse))
    app[route.method](path, ...steps, handle(route))
  }

  app.use((request, response) => {
    sendProblem(
      response,
      new HubError('not_found', `There is nothing at ${request.method} ${request.path}.`, {
        advice: 'GET /openapi.json lists everything that is.',
      }),
    )
  })
  app.use(onError(log))
  return app
}

/** Refused before the body is taken in: nothing of it could be kept. */
const whileThereIsSpace =
  (disk: Disk): RequestHandler =>
  (_request, _response, next) => {
    const low = disk.low()
    if (low) throw low
    next()
  }

const holders = new WeakMap<Request, KeyHolder>()

const authenticate =
  (db: Db): RequestHandler =>
  async (request, _response, next) => {
    const [scheme, key] = (request.headers.authorization ?? '').split(' ')
    if (scheme?.toLowerCase() !== 'bearer' || !key)
      throw new HubError('unauthorized', 'This address needs an API key.', {
        advice: 'Send it as “Authorization: Bearer ainow_…”. The keys stand in keys.json in the hub’s data folder.',
      })
    holders.set(request, await holderOf(db, key))
    next()
  }

const fileTypes: Readonly<Record<string, SentFile['type']>> = {
  'text/csv': 'csv',
  'application/x-ndjson': 'jsonl',
  'application/jsonl': 'jsonl',
}

const fileOf = (route: Route, request: Request): SentFile | undefined => {
  const type = route.files
    ? fileTypes[(request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '']
    : undefined
  return type && { type, bytes: request.iterator({ destroyOnReturn: false }) }
}

const unlessFile =
  (route: Route, handler: RequestHandler): RequestHandler =>
  (request, response, next) =>
    fileOf(route, request) ? next() : handler(request, response, next)

const requireJson: RequestHandler = (request, _response, next) => {
  const hasBody =
    request.headers['content-length'] !== '0' &&
    (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined)
  if (hasBody && !request.is('json'))
    throw new HubError('invalid_input', 'The body is not sent as JSON.', {
      advice: 'Send JSON with “Content-Type: application/json”.',
    })
  if (Number(request.headers['content-length'] ?? 0) > bodyLimit)
    throw Object.assign(new Error('too large'), { type: 'entity.too.large' })
  next()
}

/** What a route without a key is given: nothing belongs to it. */
const nobody: KeyHolder = { workspace: '', mode: 'test', key: { id: '', name: '' } }

const handle =
  (route: Route): RequestHandler =>
  async (request, response) => {
    if (Object.values({ ...request.params, ...request.query }).some((value) => String(value).includes('\0')))
      throw new HubError('invalid_input', 'The address holds a NUL character.', { advice: 'Leave it out (%00).' })
    const leaving = new AbortController()
    response.on('close', () => leaving.abort())
    const file = fileOf(route, request)
    // Of a file that is refused early the rest is let in and forgotten: a closed connection would hide the reason.
    if (file) response.on('finish', () => request.resume())
    const answer = await route.handle({
      holder: holders.get(request) ?? nobody,
      params: Object.fromEntries(Object.entries(request.params).map(([name, value]) => [name, String(value)])),
      query: route.query ? checked(route.query, numbersOf(route.query, request.query), 'The query') : {},
      body: route.body && !file ? checkedBody(route.check ?? route.body, request.body) : undefined,
      ...(file && { file }),
      headers: request.headers,
      signal: leaving.signal,
      response,
    })
    if (response.headersSent || response.destroyed) return
    if (answer.text) return sendText(response, answer.text)
    if (answer.body === undefined) response.status(answer.status).end()
    else response.status(answer.status).json(answer.body)
  }

/**
 * As fast as the reader takes it. A fault on the way ends the connection, so that half a file is not taken for a whole
 * one.
 */
const sendText = async (response: Response, { type, name, parts }: NonNullable<Answer['text']>): Promise<void> => {
  response.status(200).type(type)
  if (name !== undefined) response.attachment(name)
  await pipeline(Readable.from(parts), response).catch((thrown: unknown) => {
    if (!response.destroyed) throw thrown
  })
}

const checkedBody = (schema: TSchema, body: unknown): unknown => {
  if (body === undefined) throw new HubError('invalid_input', 'The body is missing.', { advice: 'Send a JSON object.' })
  return checked(schema, body, 'The body')
}

/** A query holds only text: what the schema calls a number or a boolean is made one where it can be. */
const numbersOf = (schema: TSchema, query: Request['query']): Record<string, unknown> => {
  const properties: Record<string, unknown> =
    'properties' in schema && isObject(schema.properties) ? schema.properties : {}
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      const type = isObject(properties[name]) ? properties[name].type : undefined
      if (
        (type === 'integer' || type === 'number') &&
        typeof value === 'string' &&
        value.trim() !== '' &&
        Number.isFinite(Number(value))
      )
        return [name, Number(value)]
      if (type === 'boolean' && (value === 'true' || value === 'false')) return [name, value === 'true']
      return [name, value]
    }),
  )
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const onError =
  (log: Logger): ErrorRequestHandler =>
  (thrown: unknown, request, response, next) => {
    if (response.headersSent) return next(thrown)
    const [error, status] = readBodyError(thrown) ?? [explainUnavailable(thrown) ?? asHubError(thrown), undefined]
    if (!(thrown instanceof HubError) && error.cause !== undefined)
      log.error({ err: thrown, method: request.method, path: request.path }, 'a request failed')
    sendProblem(response, error, status)
  }

/** Errors of express's own body parser carry a `type` (its README, "Errors"). */
const readBodyError = (thrown: unknown): [HubError, number] | null => {
  if (thrown instanceof URIError)
    return [
      new HubError('invalid_input', 'The address is not encoded right.', {
        advice: 'A percent sign must be followed by two hexadecimal digits; write a plain one as %25.',
      }),
      400,
    ]
  const type = isObject(thrown) ? thrown.type : undefined
  if (type === 'entity.too.large')
    return [
      new HubError('invalid_input', `The body is larger than ${bodyLimit / 1024 / 1024} MB.`, {
        advice: 'Send the items in several requests.',
      }),
      413,
    ]
  if (type === 'entity.parse.failed')
    return [
      new HubError('invalid_input', 'The body is not JSON.', {
        advice: 'Check for a missing quote, comma or bracket.',
      }),
      400,
    ]
  if (type === 'request.aborted') return [new HubError('invalid_input', 'The request ended before its body did.'), 400]
  if (type === 'encoding.unsupported' || type === 'charset.unsupported')
    return [
      new HubError('invalid_input', 'The body’s encoding is not supported.', { advice: 'Send UTF-8, plain or gzip.' }),
      415,
    ]
  return null
}
