import { createHmac, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export type Claims = Record<string, unknown>

/** What a token endpoint gives out, made of what a right one would say. */
export type Craft = (right: Claims, keys: Keys) => string

export interface Keys {
  readonly kid: string
  readonly own: KeyObject
  readonly strange: KeyObject
}

const newKeys = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A JWT; without a key, `alg: none`; with a text for a key, HS256. */
export const tokenOf = (claims: Claims, kid: string, key?: KeyObject | string): string => {
  const textBy = (alg: string): string => `${part({ alg, kid, typ: 'JWT' })}.${part(claims)}`
  if (key === undefined) return `${textBy('none')}.`
  if (typeof key === 'string') {
    const text = textBy('HS256')
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
  }
  const text = textBy('RS256')
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

export const honest: Craft = (right, { kid, own }) => tokenOf(right, kid, own)

export const now = (): number => Math.floor(Date.now() / 1000)

/** An OpenID provider whose tokens are as a test wants them: codes are good for ever, and it can be away. */
export const startLyingProvider = async (clientId: string) => {
  const [kid, own, strange] = [randomUUID(), newKeys(), newKeys()]
  const nonces = new Map<string, string>()
  let craft = honest
  let away: (path: string) => boolean = () => false
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the provider listens on no port')
  const issuer = `http://127.0.0.1:${address.port}`

  const described = {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
  }
  const tokens = (code: string) => {
    const right = {
      iss: issuer,
      aud: clientId,
      sub: 'eve',
      nonce: nonces.get(code),
      iat: now(),
      exp: now() + 300,
      groups: ['sales'],
    }
    const keys = { kid, own: own.privateKey, strange: strange.privateKey }
    return { access_token: 'none', token_type: 'bearer', id_token: craft(right, keys) }
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', issuer)
    if (away(pathname)) return void request.socket.destroy()
    const tell = (body: unknown): void =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (pathname.startsWith('/.well-known/')) return tell(described)
    if (pathname === '/jwks')
      return tell({ keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }] })
    if (pathname === '/auth') {
      const code = randomUUID()
      nonces.set(code, searchParams.get('nonce') ?? '')
      const back = new URL(searchParams.get('redirect_uri') ?? issuer)
      back.search = new URLSearchParams({ code, state: searchParams.get('state') ?? '' }).toString()
      return void response.writeHead(302, { location: back.href }).end()
    }
    const body = new URLSearchParams(Buffer.concat(await Array.fromAsync(request)).toString())
    return tell(tokens(body.get('code') ?? ''))
  }
  server.on('request', (request, response) => {
    answer(request, response).catch((thrown: unknown) => response.writeHead(500).end(String(thrown)))
  })

  return {
    issuer,
    say: (next: Craft): void => void (craft = next),
    /** Which of its addresses give no answer from now on. */
    goAway: (paths: (path: string) => boolean): void => void (away = paths),
    stop: async (): Promise<void> => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
