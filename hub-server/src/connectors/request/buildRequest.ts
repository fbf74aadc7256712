import { HubError } from '../../contracts/errors.ts'
import type { Request } from '../compiled/connector.ts'
import type { Bound } from '../expressions/expression.ts'
import type { VendorRequest } from '../port/types.ts'
import type { Credentials, OpenedAccount } from './credentials.ts'
import { encodeMultipart, encodeValues, headerValues } from './encode.ts'
import { withoutEnd } from '../../contracts/text/trim.ts'

const userAgent = 'AI-Now-Hub/1'

/**
 * A request of the manifest, filled in for an item.
 * @param operation e.g. verifyEmail, or auth
 * @param credentials null for log-ins, which show nothing but what they say themselves
 * @param next the address of a further page, where the vendor gave it whole
 * @throws HubError invalid_input when a part of the path has no value
 */
export const buildRequest = async (
  request: Request,
  opened: OpenedAccount,
  operation: string,
  root: unknown,
  bound: Bound,
  credentials: Credentials | null,
  next?: string,
): Promise<VendorRequest> => {
  const all: Bound = { ...bound, ...credentials?.bound, account: opened.fields }
  const base = await baseOf(request, opened, all)
  const common = {
    connector: opened.connector.id,
    operation,
    server: request.server,
    bucket: request.bucket,
    protocol: request.protocol,
    method: request.method,
    as: request.as,
    timeoutMs: request.timeoutMs,
  }
  if (request.protocol !== 'http') {
    const rendered: unknown = await request.body?.render(root, all)
    // The log-in stands in a mail server's address: the stand-in gets it too.
    const stand = request.protocol === 'smtp' ? opened.account.serverOverride?.(request.server) : undefined
    const url = stand === undefined ? base : await declaredBase(request, opened, all)
    return {
      ...common,
      url,
      ...(stand !== undefined && { through: stand }),
      headers: {},
      ...(rendered !== undefined && { body: typeof rendered === 'string' ? rendered : JSON.stringify(rendered) }),
    }
  }
  const path = await request.path(root, all)
  const query = [encodeValues(await request.query?.(root, all)), encodeValues(credentials?.query)]
    .filter(Boolean)
    .join('&')
  const url = next ?? base + path + (query ? `?${query}` : '')
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new HubError(
      'invalid_input',
      `Connector ${opened.connector.id}: the server "${request.server}" is not an address.`,
      { provider: opened.connector.id, advice: 'Check the account’s fields.' },
    )
  const body = await bodyOf(request, root, all, credentials)
  return {
    ...common,
    url,
    headers: {
      accept: request.as === 'json' ? 'application/json' : '*/*',
      'user-agent': userAgent,
      ...(body && { 'content-type': body.contentType }),
      ...credentials?.headers,
      ...(request.headers && headerValues(await request.headers(root, all))),
    },
    ...(body && { body: body.body }),
  }
}

/** The server's address, without a slash at its end; in mode test the stand-in's. */
export const baseOf = async (
  request: Pick<Request, 'server'>,
  opened: OpenedAccount,
  bound: Bound,
): Promise<string> => {
  const stand = opened.account.serverOverride?.(request.server)
  return withoutEnd(stand ?? (await declaredBase(request, opened, bound)), /\//)
}

/** The server's own address, in mode test too: further pages may name it. */
export const declaredBase = async (
  request: Pick<Request, 'server'>,
  opened: OpenedAccount,
  bound: Bound,
): Promise<string> => {
  const address = opened.connector.compiled.servers.get(request.server)
  if (!address) throw new HubError('unsupported', `Connector ${opened.connector.id} has no server "${request.server}".`)
  return withoutEnd(await address(opened.fields, bound), /\//)
}

/** A request without a body of its own still has one where the credentials stand in it. */
const kindForCredentials = ({ method }: Request, credentials: Credentials | null): 'json' | 'form' | undefined => {
  if (method === 'GET' || method === 'DELETE') return undefined
  if (credentials?.json) return 'json'
  return credentials?.form ? 'form' : undefined
}

const bodyOf = async (
  request: Request,
  root: unknown,
  bound: Bound,
  credentials: Credentials | null,
): Promise<{ body: string | Uint8Array; contentType: string } | null> => {
  const { body } = request
  const rendered: unknown = await body?.render(root, bound)
  switch (body?.kind ?? kindForCredentials(request, credentials)) {
    case 'json':
    case 'graphql':
      return { body: JSON.stringify(merged(rendered, credentials?.json)), contentType: 'application/json' }
    case 'form':
      return {
        body: encodeValues(merged(rendered, credentials?.form)),
        contentType: 'application/x-www-form-urlencoded',
      }
    case 'multipart': {
      const { body: bytes, contentType } = encodeMultipart(rendered)
      return { body: bytes, contentType }
    }
    case 'text':
      return {
        body: typeof rendered === 'string' ? rendered : JSON.stringify(rendered),
        contentType: 'text/plain; charset=utf-8',
      }
    default:
      return null
  }
}

const merged = (body: unknown, added: unknown): unknown => {
  if (added === undefined) return body
  if (body === undefined) return added
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return { ...body, ...(typeof added === 'object' ? added : {}) }
  throw new HubError('invalid_input', 'auth.send adds fields to the body, so the body must be a map.')
}
