import { HubError } from '../../contracts/errors.ts'
import type { StoredToken } from '../../contracts/token.ts'
import type { Connector, TokenWay } from '../compiled/connector.ts'
import type { Bound } from '../expressions/expression.ts'
import type { Account, Send, VendorAnswer } from '../port/types.ts'
import { classify } from '../read/classify.ts'
import { buildRequest } from '../request/buildRequest.ts'
import type { Credentials } from '../request/credentials.ts'
import { basicHeader } from '../request/encode.ts'
import { tokenWayOf } from './account.ts'

/** Renewed this long before it expires, so that it does not expire on the way. Milliseconds. */
const margin = 60_000

/** Whether a token is still good for a while; one without an expiry is, until it is refused. */
export const isFresh = (token: StoredToken): boolean =>
  token.expiresAt === undefined || token.expiresAt - margin > Date.now()

interface Wanted {
  readonly connector: Connector
  readonly account: Account
  readonly fields: Readonly<Record<string, string>>
  readonly send: Send
  readonly old: StoredToken | null
}

/**
 * A new token: by refreshing the old one, by logging in, or by signing for it.
 * @throws HubError unauthorized when the person must connect again
 */
export const freshToken = async (wanted: Wanted): Promise<StoredToken> => {
  const way = wayOf(wanted)
  const { grant } = way.manifest
  if (grant === 'authorization_code') {
    if (!wanted.old?.refresh) {
      throw new HubError('unauthorized', `The connection to ${wanted.connector.manifest.name} has expired.`, {
        provider: wanted.connector.id,
        advice: 'Connect the account again.',
      })
    }
    return requestToken(wanted, { grant_type: 'refresh_token', refresh_token: wanted.old.refresh })
  }
  if (grant === 'jwt')
    return requestToken(wanted, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' }, await sign(way, wanted))
  if (grant === 'client_credentials')
    return requestToken(wanted, {
      grant_type: 'client_credentials',
      ...(way.manifest.scopes?.length && { scope: way.manifest.scopes.join(' ') }),
    })
  return requestToken(wanted, null)
}

/**
 * Asks the token endpoint. `form`: what OAuth 2.0 wants said, unless the manifest writes its own body; null: a log-in.
 */
export const requestToken = async (
  wanted: Wanted,
  form: Record<string, string> | null,
  assertion?: string,
): Promise<StoredToken> => {
  const { connector, account, fields, send, old } = wanted
  const way = wayOf(wanted)
  const bound: Bound = {
    account: fields,
    ...(assertion !== undefined && { assertion }),
    ...(old && { token: { access: old.access, refresh: old.refresh, extra: old.extra ?? {} } }),
  }
  const request =
    form && !way.request.body
      ? {
          ...way.request,
          body: {
            kind: 'form' as const,
            render: () => ({
              ...form,
              ...(assertion !== undefined && { assertion }),
              ...(inForm(way) && client(fields)),
            }),
          },
        }
      : way.request
  const shown: Credentials | null =
    form && way.manifest.client === 'basic'
      ? {
          headers: { authorization: basicHeader(fields.clientId ?? '', fields.clientSecret ?? '') },
          bound,
          token: null,
        }
      : null
  const asked = await buildRequest(request, { connector, account, fields }, 'auth', fields, bound, shown)
  const answer = await send(asked, {
    maxCredits: 0,
    items: 0,
    prepares: true,
    classify: async (given) =>
      loginError(
        await classify({
          connector,
          fields,
          request,
          errors: connector.compiled.errors,
          answer: given,
          root: given.body,
          bound,
        }),
        connector,
      ),
    outcome: () => Promise.resolve({ credits: 0, hits: 0 }),
  })
  return readToken(way, connector, answer, bound, old)
}

const readToken = async (
  way: TokenWay,
  connector: Connector,
  answer: VendorAnswer,
  bound: Bound,
  old: StoredToken | null,
): Promise<StoredToken> => {
  const seen: Bound = { ...bound, status: answer.status, headers: answer.headers }
  const access: unknown = await way.read.access.evaluate(answer.body, seen)
  if (typeof access !== 'string' || access === '')
    throw new HubError('bad_response', `${connector.manifest.name} answered the log-in without a token.`, {
      provider: connector.id,
    })
  const fresh: unknown = await way.read.refresh.evaluate(answer.body, seen)
  // A vendor that does not rotate refresh tokens leaves it out.
  const refresh = typeof fresh === 'string' && fresh !== '' ? fresh : old?.refresh
  const expiresIn = Number(await way.read.expiresIn(answer.body, seen))
  const extra: unknown = await way.read.extra(answer.body, seen)
  const kept = { ...old?.extra, ...(typeof extra === 'object' ? extra : {}) }
  return {
    access,
    ...(refresh !== undefined && { refresh }),
    ...(Number.isFinite(expiresIn) && expiresIn > 0 && { expiresAt: Date.now() + expiresIn * 1000 }),
    ...(Object.keys(kept).length > 0 && { extra: kept }),
  }
}

/** OAuth answers a wrong key or an ended grant with 400 (RFC 6749, 5.2): for the person that is a refused key. */
const loginError = (error: HubError | null, connector: Connector): HubError | null =>
  error && ['invalid_input', 'forbidden'].includes(error.kind)
    ? new HubError('unauthorized', error.message, {
        provider: connector.id,
        advice: 'Check the account’s fields and connect again.',
      })
    : error

const sign = async (way: TokenWay, { connector, fields }: Wanted): Promise<string> => {
  const { sign: signing } = way
  if (!signing) throw new HubError('unsupported', `Connector ${connector.id} does not say what to sign.`)
  const bound: Bound = { account: fields }
  const key: unknown = await signing.key.evaluate(fields, bound)
  const claims: unknown = await signing.claims(fields, bound)
  const header: unknown = await signing.header(fields, bound)
  const now = Math.floor(Date.now() / 1000)
  // Loaded for those few who sign.
  const { importPKCS8, SignJWT } = await import('jose')
  try {
    // Keys pasted from a JSON file carry "\n" as two characters.
    const pem = String(key).replaceAll('\\n', '\n')
    const secret = signing.algorithm.startsWith('HS')
      ? new TextEncoder().encode(pem)
      : await importPKCS8(pem, signing.algorithm)
    return await new SignJWT(typeof claims === 'object' && claims !== null ? { ...claims } : {})
      .setProtectedHeader({ typ: 'JWT', ...(typeof header === 'object' ? header : {}), alg: signing.algorithm })
      .setIssuedAt(now)
      .setExpirationTime(now + Math.floor(signing.lifetimeMs / 1000))
      .sign(secret)
  } catch (thrown) {
    throw new HubError('unauthorized', `The private key for ${connector.manifest.name} cannot be used.`, {
      provider: connector.id,
      advice: 'Paste the whole key, with its BEGIN and END lines.',
      cause: thrown,
    })
  }
}

const wayOf = ({ connector, fields }: Wanted): TokenWay => {
  const way = tokenWayOf(connector, fields)
  if (way) return way
  throw new HubError('unsupported', `Connector ${connector.id} has no log-in.`)
}

const inForm = (way: TokenWay): boolean => way.manifest.grant !== 'jwt' && way.manifest.client !== 'basic'

const client = (fields: Readonly<Record<string, string>>): Record<string, string> => ({
  ...(fields.clientId !== undefined && { client_id: fields.clientId }),
  ...(fields.clientSecret !== undefined && { client_secret: fields.clientSecret }),
})
