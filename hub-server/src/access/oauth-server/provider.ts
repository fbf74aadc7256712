import { generateKeyPairSync } from 'node:crypto'
import { errors, Provider, type Configuration, type JWK } from 'oidc-provider'
import type { Logger } from 'pino'
import { adapterOn } from './adapter.ts'
import { consentSeconds, type OauthGrants } from './grants.ts'
import { issuerOf, oauthScopes } from './metadata.ts'
import type { OauthRecords } from './records.ts'

export interface ProviderParts {
  readonly records: OauthRecords
  readonly grants: OauthGrants
  readonly log: Logger
  readonly publicUrl: string
  /** The first signs cookies, all are known. */
  readonly cookieKeys: readonly Uint8Array[]
}

const hour = 3600
const day = 24 * hour

/** This file is loaded when somebody first asks: with what the library needs it is large. */
export const createProvider = async (parts: ProviderParts): Promise<Provider> => {
  const key = await signingKey(parts.records)
  const provider = new Provider(issuerOf(parts.publicUrl), configurationOf(parts, key))
  // Believes what oauth-server.ts says of the public address: whoever asks cannot say another.
  provider.proxy = true
  provider.on('server_error', (_context, error) => parts.log.error({ err: error }, 'the OAuth server failed'))
  return provider
}

/** Of what is signed; nothing that the hub reads back. */
const signingKey = async (records: OauthRecords): Promise<JWK> => {
  const [model, id] = ['Keys', 'signing']
  const found = await records.find(model, id)
  // Only this function writes there.
  if (found) return found.payload as JWK
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await records.putFirst(model, id, { payload: { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' } })
  return signingKey(records)
}

const configurationOf = (parts: ProviderParts, key: JWK): Configuration => {
  const { records, grants, publicUrl, cookieKeys } = parts
  const cookie = { httpOnly: true, sameSite: 'lax', signed: true, secure: publicUrl.startsWith('https:') } as const
  return {
    adapter: adapterOn(records, () => new errors.InvalidGrant('it was used before')),
    jwks: { keys: [key] },
    cookies: {
      keys: cookieKeys.map((each) => Buffer.from(each)),
      names: { session: 'hub_oauth_session', interaction: 'hub_oauth_asked', resume: 'hub_oauth_resume' },
      long: { ...cookie, path: '/oauth' },
      short: cookie,
    },
    scopes: [...oauthScopes],
    claims: {},
    responseTypes: ['code'],
    // OAuth 2.1, section 4.1.1: by everybody; S256 is the only method that the library knows.
    pkce: { required: () => true },
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
    clientDefaults: {
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      id_token_signed_response_alg: 'ES256',
    },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    extraClientMetadata,
    features: features(),
    routes: {
      authorization: '/auth',
      token: '/token',
      registration: '/register',
      revocation: '/revoke',
      jwks: '/jwks',
    },
    interactions: { url: (_context, { uid }) => `${issuerOf(publicUrl)}/interaction/${uid}` },
    extraParams: { resource: onlyThisHub(publicUrl) },
    // They outlive the sign-in: the person ends them by revoking the consent.
    expiresWithSession: () => false,
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    ttl: {
      AccessToken: hour,
      AuthorizationCode: 60,
      Grant: consentSeconds,
      IdToken: hour,
      Interaction: hour,
      RefreshToken: 30 * day,
      Session: hour,
    },
    // A refresh token of somebody who is out of the workspace is worth nothing, either.
    findAccount: async (_context, id, token) => {
      const grantId = token && 'grantId' in token ? token.grantId : undefined
      if (typeof grantId === 'string' && !(await grants.isGood(grantId, id))) return undefined
      return { accountId: id, claims: () => ({ sub: id }) }
    },
    renderError: (context, { error, error_description: description }) => {
      context.type = 'text/plain'
      context.body = description === undefined ? error : `${error}: ${description}`
    },
    // Nothing that a client says of itself is ever fetched.
    fetch: () => Promise.reject(new Error('the OAuth server fetches nothing')),
  }
}

const features = (): NonNullable<Configuration['features']> => ({
  devInteractions: { enabled: false },
  registration: { enabled: true, initialAccessToken: false, issueRegistrationAccessToken: false },
  registrationManagement: { enabled: false },
  revocation: { enabled: true },
  userinfo: { enabled: false },
  dPoP: { enabled: false },
  rpInitiatedLogout: { enabled: false },
  backchannelLogout: { enabled: false },
  pushedAuthorizationRequests: { enabled: false },
  requestObjects: { enabled: false },
  claimsParameter: { enabled: false },
  resourceIndicators: { enabled: false },
})

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost'])

/** https anywhere, or http to the person's own machine (OAuth 2.1, section 2.3.1; RFC 8252, section 7.3). */
export const isRedirect = (text: string): boolean => {
  const url = URL.parse(text)
  if (!url || url.hash !== '' || url.username !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname))
}

/** The library looks at no more than the scheme, and asks about properties of our own whether or not they are there. */
const extraClientMetadata: Configuration['extraClientMetadata'] = {
  properties: ['hub_rules'],
  validator: (_context, _name, _value, { redirect_uris: uris, sector_identifier_uri: sector }) => {
    if (uris?.some((uri) => !isRedirect(uri)))
      throw new errors.InvalidRedirectUri('redirect_uris must be https, or http on loopback')
    if (sector !== undefined) throw new errors.InvalidClientMetadata('sector_identifier_uri is not supported')
  },
}

/** RFC 8707: a client may say whom its token is for, and there is only this hub. */
const onlyThisHub =
  (publicUrl: string) =>
  (_context: unknown, value: string | undefined): void => {
    if (value === undefined) return
    if (URL.parse(value)?.origin !== new URL(publicUrl).origin)
      throw new errors.InvalidTarget('tokens of this server are for this hub alone')
  }
