import { randomBytes } from 'node:crypto'
import { Type } from 'typebox'
import { Id, ListOf } from '../contracts/bounded.ts'
import { HubError } from '../contracts/errors.ts'
import { Mode } from '../contracts/scope.ts'
import { checked } from '../contracts/validate.ts'

/** Seconds. */
export const tokenSeconds = 15 * 60

/** What a short-lived token stands for: it is worth no more than the key or session that it was made with. */
export const TokenClaims = Type.Object({
  /** Id of the key or the session. */
  sub: Id(),
  kind: Type.Union([Type.Literal('key'), Type.Literal('person')]),
  workspace: Id(),
  mode: Mode,
  scopes: Type.Optional(ListOf(Id())),
})
export interface TokenClaims {
  readonly sub: string
  readonly kind: 'key' | 'person'
  readonly workspace: string
  readonly mode: Mode
  /** Absent: all that its maker may do. */
  readonly scopes?: readonly string[]
}

/** Three parts of base64url: what a key of the hub never looks like. */
export const isShortToken = (text: string): boolean => /^eyJ[\w-]{1,4000}\.[\w-]{1,4000}\.[\w-]{1,1000}$/.test(text)

export type ShortTokens = ReturnType<typeof createShortTokens>

/**
 * JWTs (RFC 7519) for programs that are better given something that is soon worth nothing.
 * @param keys the first signs, all are good: 32 bytes each
 * @param issuer the hub's own address
 */
export const createShortTokens = (keys: readonly Uint8Array[], issuer: string) => ({
  make: async (claims: TokenClaims): Promise<string> => {
    const [key] = keys
    if (!key) throw new Error('there is no key to sign tokens with')
    const { SignJWT } = await import('jose')
    const { sub, ...rest } = claims
    return new SignJWT({ ...rest })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(sub)
      .setIssuer(issuer)
      .setAudience(issuer)
      .setIssuedAt()
      .setJti(randomBytes(12).toString('base64url'))
      .setExpirationTime(`${tokenSeconds}s`)
      .sign(key)
  },
  /** @throws HubError unauthorized for one that is forged, for somebody else, or too old */
  read: async (token: string): Promise<TokenClaims> => {
    const { errors, jwtVerify } = await import('jose')
    for (const key of keys) {
      try {
        const { payload } = await jwtVerify(token, key, { issuer, audience: issuer, algorithms: ['HS256'] })
        return checked(TokenClaims, payload, 'The token')
      } catch (thrown) {
        if (!(thrown instanceof errors.JOSEError)) throw thrown
        if (thrown instanceof errors.JWTExpired) throw refused('This token is too old.', thrown)
      }
    }
    throw refused('This token is not one of this hub’s.')
  },
})

const refused = (message: string, cause?: unknown): HubError =>
  new HubError('unauthorized', message, { advice: 'Get a new one with POST /v1/token.', cause })
