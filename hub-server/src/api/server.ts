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
import { addressOf } from '../access/address.ts'
import { may, requirePermission, type Caller } from '../access/rights/caller.ts'
import type { Asking, Gate } from '../access/gate.ts'
import { maskedBy } from '../access/masking/mask.ts'
import { resourceMetadataPath } from '../access/oauth-server/metadata.ts'
import { TooMany, type RequestLimits } from '../access/request-limits/limits.ts'
import { asHubError, HubError } from '../contracts/errors.ts'
import { checked } from '../contracts/validate.ts'
import type { Disk } from '../db/disk.ts'
import { whileSomebodyWaits } from '../db/patience.ts'
import { explainUnavailable } from '../db/unavailable.ts'
import type { Audited } from './audited.ts'
import { logAccess } from './access-log.ts'
import { createBodyRoom, isGone, readJson, type BodyRoom } from './bodies.ts'
import { onlyKnownNames, onlyOwnPages } from './callers.ts'
import { refuseNul } from './json.ts'
import { openApiOf } from './openapi.ts'
import { sendProblem } from './problem.ts'
import { Refusal } from './refusal.ts'
import { longestId, type Answer, type Route, type SentFile } from './route.ts'

export interface ServerParts {
  readonly gate: Gate
  readonly limits: RequestLimits
  readonly audited: Audited
  readonly disk: Disk
  readonly log: Logger
  readonly routes: readonly Route[]
  /** Doors that programs on pages of any site may ask, too: nothing there looks at a cookie. */
  readonly programs: RequestHandler
  /** Doors beside /v1: the gallery, the console. */
  readonly pages: readonly RequestHandler[]
  readonly version: string
  /** Names that it is reached by, beside those of every machine. */
  readonly names: readonly string[]
  readonly publicUrl: string
  /** Addresses of proxies that are believed whom they speak for. */
  readonly trustedProxies: readonly string[]
}

const megabyte = 1024 * 1024

/** The largest body taken, in bytes; larger lists come as several requests. */
const bodyBytes = 25 * megabyte
/** Of whoever has no key. */
const strangersBytes = 64 * 1024

/** Bytes of bodies that are held at once. */
const roomForBodies = 128 * megabyte
const roomForStrangers = 8 * megabyte

/** Requests without a key that are answered at once; a browser sends six. */
const mostStrangers = 64

interface Rooms {
  readonly holders: BodyRoom
  readonly strangers: BodyRoom
}

export const createServer = (parts: ServerParts): Express => {
  const { log, routes, programs, pages, version, names, publicUrl, trustedProxies } = parts
  const app = express()
  app.set('trust proxy', [...trustedProxies])
  app.use(logAccess(log))
  app.disable('x-powered-by')
  // What is private is not kept, so there is nothing to compare.
  app.disable('etag')
  app.set('query parser', 'simple')
  app.use(
    helmet({
      contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null, 'frame-ancestors': "'none'" } },
    }),
  )
  app.use(onlyKnownNames(names), programs, onlyOwnPages(publicUrl))
  for (const page of pages) app.use(page)

  // One for all answers: it is large.
  const openApi = Buffer.from(JSON.stringify(openApiOf(routes, version)))
  app.get('/openapi.json', (_request, response) => {
    response.set('Cache-Control', 'no-cache').type('json').send(openApi)
  })

  app.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store')
    next()
  })
  const rooms = { holders: createBodyRoom(roomForBodies), strangers: createBodyRoom(roomForStrangers) }
  const few = atMost(mostStrangers)
  for (const route of routes) {
    const path = route.path.replace(/\{(\w+)\}/g, ':$1')
    // Whoever watches over the hub is told how it is, whatever else goes on.
    const steps = route.permission === 'open' && route.path !== '/health' ? [few] : []
    const answer = handle(route, parts, rooms)
    app[route.method](path, ...steps, (...call) => whileSomebodyWaits(() => answer(...call)))
  }

  app.use((request, response) => {
    sendProblem(
      response,
      new HubError('not_found', `There is nothing at ${request.method} ${request.path}.`, {
        advice: 'GET /openapi.json lists everything that is.',
      }),
    )
  })
  app.use(onError(log, `${publicUrl}${resourceMetadataPath}`))
  return app
}

/** Lets only so many be answered at once. */
const atMost = (most: number): RequestHandler => {
  let open = 0
  return (_request, response, next) => {
    if (open >= most)
      throw new HubError('unavailable', 'Too many ask the hub without a key just now.', {
        advice: 'Try again in a moment.',
        retryAfter: 1,
      })
    open++
    response.once('close', () => open--)
    next()
  }
}

const fileTypes: ReadonlyMap<string, SentFile['type']> = new Map([
  ['text/csv', 'csv'],
  ['application/x-ndjson', 'jsonl'],
  ['application/jsonl', 'jsonl'],
])

const fileOf = (route: Route, request: Request): SentFile | undefined => {
  const mediaType = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const type = route.files ? fileTypes.get(mediaType) : undefined
  return type && { type, bytes: request.iterator({ destroyOnReturn: false }) }
}

const hasBody = ({ headers }: Request): boolean =>
  headers['content-length'] !== '0' &&
  (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined)

/** A listener for data: who still waits to read would hold a mere resume() up, and with it the connection's next. */
const letIn = (request: Request): void => void request.on('data', () => undefined).resume()

const requireJson = (request: Request): void => {
  if (hasBody(request) && !request.is('json'))
    throw new HubError('invalid_input', 'The body is not sent as JSON.', {
      advice: 'Send JSON with “Content-Type: application/json”.',
    })
}

/** What a route without a key is given: nothing belongs to it. */
const nobody = (address: string): Caller => ({
  workspace: '',
  mode: 'test',
  actor: { kind: 'hub', id: '', name: '' },
  permissions: new Set(),
  address,
})

/** Who asks, if that one may. Whoever is known and may not is written down. */
const callerFor = async (
  route: Route,
  { gate, limits, audited }: Pick<ServerParts, 'gate' | 'limits' | 'audited'>,
  { asking, params }: { asking: Asking; params: Record<string, string> },
  response: Response,
): Promise<Caller> => {
  if (route.permission === 'open') {
    if (route.path !== '/health') response.set(await limits.ofAddress(asking.address))
    return nobody(asking.address)
  }
  const { caller, limit } = await gate.admit(asking, route.permission)
  response.locals.actor = caller.actor
  response.set({ ...limit })
  try {
    if (route.permission !== 'anybody') requirePermission(caller, route.permission)
  } catch (thrown) {
    await audited.refused(route, caller, params)
    throw thrown
  }
  return caller
}

/** First who asks, then what for, and only then what was sent. */
const handle =
  (route: Route, parts: ServerParts, rooms: Rooms): RequestHandler =>
  async (request, response) => {
    const { disk, limits, audited } = parts
    const params = paramsOf(request)
    // Of what is refused early the rest is let in and forgotten: a closed connection would hide the reason.
    if (hasBody(request)) response.once('finish', () => letIn(request))
    const asking = { method: request.method, headers: request.headers, address: addressOf(request) }
    const caller = await callerFor(route, parts, { asking, params }, response)
    const early = await route.admit?.({ params, headers: request.headers })
    if (early) return send(response, early)
    // Before the body is taken in: nothing of it could be kept.
    const low = route.method !== 'get' && !route.reads && disk.low()
    if (low) throw low
    const query = route.query ? checked(route.query, numbersOf(route.query, request.query), 'The query') : {}
    if (typeof query.wait === 'string') response.once('close', limits.beginWaiting(caller))
    const leaving = new AbortController()
    response.once('close', () => leaving.abort())
    const file = fileOf(route, request)
    const body = route.body && !file ? await bodyOf(route, route.body, request, rooms) : undefined
    const { headers } = request
    const { signal } = leaving
    const call = { caller, params, query, body, ...(file && { file }), headers, signal, response }
    const answer = await audited.perform(route, call)
    if (!response.headersSent && !response.destroyed) await send(response, shownTo(caller, route, answer))
  }

/** An answer as the caller may see it. */
const shownTo = (caller: Caller, { answers }: Route, answer: Answer): Answer => {
  if (may(caller, 'personal.read') || answer.body === undefined) return answer
  const schema = answers[answer.status]
  return typeof schema === 'object' && schema !== null ? { ...answer, body: maskedBy(schema, answer.body) } : answer
}

/** The ids in an address. @throws HubError invalid_input for what is no id of anything */
const paramsOf = (request: Request): Record<string, string> => {
  const params = Object.entries(request.params).map(([name, value]): [string, string] => [name, String(value)])
  if (
    [...params.map(([, value]) => value), ...Object.values(request.query)].some((value) => String(value).includes('\0'))
  )
    throw new HubError('invalid_input', 'The address holds a NUL character.', { advice: 'Leave it out (%00).' })
  if (params.some(([, value]) => value.length > longestId))
    throw new HubError('invalid_input', `A part of the address is longer than ${longestId} characters.`, {
      advice: 'Ids are shorter: check the address.',
    })
  return Object.fromEntries(params)
}

/** The body, as its route wants it. What items hold is looked at for each of them, so that one fails alone. */
const bodyOf = async (route: Route, schema: TSchema, request: Request, rooms: Rooms): Promise<unknown> => {
  requireJson(request)
  const [room, usual] = route.permission === 'open' ? [rooms.strangers, strangersBytes] : [rooms.holders, bodyBytes]
  const { value, bytes } = await readJson(request, { bytes: route.bodyBytes ?? usual, room })
  const { res } = request
  if (!res || res.closed) room.give(bytes)
  else res.once('close', () => room.give(bytes))
  refuseNul(isObject(value) && 'items' in value ? { ...value, items: [] } : value, 'The body')
  return checkedBody(route.check ?? schema, value)
}

const send = async (response: Response, answer: Answer): Promise<void> => {
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
  (log: Logger, resourceMetadata: string): ErrorRequestHandler =>
  (thrown: unknown, request, response, next) => {
    if (response.headersSent) return next(thrown)
    if (thrown instanceof URIError) return sendProblem(response, notEncoded())
    // Whoever went away in the middle hears nothing any more.
    if (isGone(request)) return void response.destroy()
    const error = explainUnavailable(thrown) ?? asHubError(thrown)
    // RFC 9728, section 5.1: a program that knows nothing of this hub learns from it whom to ask for a token.
    if (error.kind === 'unauthorized')
      response.set('WWW-Authenticate', `Bearer resource_metadata="${resourceMetadata}"`)
    if (thrown instanceof TooMany) response.set({ ...thrown.headers })
    if (!(thrown instanceof HubError) && error.cause !== undefined)
      log.error({ err: thrown, method: request.method, path: request.path }, 'a request failed')
    sendProblem(response, error, error instanceof Refusal ? error.status : undefined)
  }

const notEncoded = (): HubError =>
  new HubError('invalid_input', 'The address is not encoded right.', {
    advice: 'A percent sign must be followed by two hexadecimal digits; write a plain one as %25.',
  })
