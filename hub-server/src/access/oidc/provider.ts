import type { Configuration, ServerMetadata } from 'openid-client'
import { requireTls } from './issuer.ts'
import { clocksDiffer, explainProvider } from './refusals.ts'

export interface ProviderSettings {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret?: string
  readonly scopes: string
  readonly groupsClaim: string
}

/** What must come back with somebody who was sent to the provider. */
export interface Checks {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/** What a provider says of somebody, once it is known that it was the provider. */
export interface Told {
  readonly issuer: string
  readonly subject: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly idToken: string
}

export type Provider = ReturnType<typeof createProvider>

/** Seconds that the two clocks may differ. */
const skewSeconds = 60
const timeoutSeconds = 10
/** What a provider says of itself is asked again so often; milliseconds. */
const describedMs = 3_600_000
/** Longer than this it would not fit into an address: https://www.rfc-editor.org/rfc/rfc9110#section-4.1-5 */
const longestHint = 4_000

/** Speaks with the provider. Its library is loaded at the first sign-in: a hub at rest does not carry it. */
export const createProvider = (settings: ProviderSettings, redirectUri: string, signedOutUri: string) => {
  const { issuer, clientId, clientSecret, scopes, groupsClaim } = settings
  const insecure = requireTls(issuer)
  let described: { metadata: ServerMetadata; at: number } | undefined

  const describe = async (): Promise<ServerMetadata> => {
    if (described && performance.now() - described.at < describedMs) return described.metadata
    const { discovery, allowInsecureRequests } = await import('openid-client')
    const config = await discovery(new URL(issuer), clientId, undefined, undefined, {
      timeout: timeoutSeconds,
      execute: insecure ? [allowInsecureRequests] : [],
    })
    const metadata = config.serverMetadata()
    described = { metadata, at: performance.now() }
    return metadata
  }

  /**
   * A new one for each sign-in: so the provider's keys are read for each, and one that it has just changed, or takes
   * no more, counts at once. People do not sign in so often that it would be felt.
   */
  const configure = async (): Promise<Configuration> => {
    const metadata = await describe()
    const client = await import('openid-client')
    const config = new client.Configuration(
      { ...metadata, ...signedWithKeys(metadata) },
      clientId,
      { [client.clockTolerance]: skewSeconds },
      clientSecret === undefined ? client.None() : secretSender(client, metadata)(clientSecret),
    )
    config.timeout = timeoutSeconds
    // Over TLS the library would take the provider's word without a look at the signature.
    client.enableNonRepudiationChecks(config)
    if (insecure) client.allowInsecureRequests(config)
    return config
  }

  const explained = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    try {
      return await work()
    } catch (thrown) {
      throw explainProvider(thrown, issuer)
    }
  }

  const begin = async (): Promise<{ url: string; checks: Checks }> => {
    const config = await configure()
    const { randomState, randomNonce, randomPKCECodeVerifier, calculatePKCECodeChallenge, buildAuthorizationUrl } =
      await import('openid-client')
    const checks = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() }
    const url = buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: scopes,
      state: checks.state,
      nonce: checks.nonce,
      code_challenge: await calculatePKCECodeChallenge(checks.verifier),
      code_challenge_method: 'S256',
    })
    return { url: url.href, checks }
  }

  const finish = async (query: string, { state, nonce, verifier }: Checks): Promise<Told> => {
    const config = await configure()
    const { authorizationCodeGrant, fetchUserInfo } = await import('openid-client')
    const callback = new URL(redirectUri)
    callback.search = query
    const tokens = await authorizationCodeGrant(config, callback, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    })
    const claims = tokens.claims()
    if (!claims || tokens.id_token === undefined) throw new Error('there is no id token')
    // The library looks at exp and nbf alone.
    if (claims.iat > Date.now() / 1000 + skewSeconds) throw clocksDiffer(issuer)
    const says = config.serverMetadata()
    // Many leave groups and addresses out of the id token, and tell them when they are asked.
    const isWhole = claims[groupsClaim] !== undefined && claims.email !== undefined
    const asked = isWhole || !says.userinfo_endpoint
    const more = asked ? {} : await fetchUserInfo(config, tokens.access_token, claims.sub)
    return {
      issuer: claims.iss,
      subject: claims.sub,
      claims: { ...more, ...claims },
      idToken: tokens.id_token,
    }
  }

  const signOutUrl = async (idToken: string | undefined): Promise<string | undefined> => {
    const config = await configure()
    if (!config.serverMetadata().end_session_endpoint) return undefined
    const { buildEndSessionUrl } = await import('openid-client')
    return buildEndSessionUrl(config, {
      post_logout_redirect_uri: signedOutUri,
      ...(idToken !== undefined && idToken.length <= longestHint && { id_token_hint: idToken }),
    }).href
  }

  return {
    /** Where to send somebody, and what must come back with them. @throws HubError unavailable */
    begin: () => explained(begin),
    /**
     * Who it is that came back.
     * @param query of the address that they came back to
     * @throws HubError unauthorized for what is not the provider's word, or too old; unavailable
     */
    finish: (query: string, checks: Checks) => explained(() => finish(query, checks)),
    /** Where to go to sign out there, too; undefined where the provider has no such page. */
    signOutUrl: (idToken: string | undefined) => explained(() => signOutUrl(idToken)),
  }
}

/**
 * Keys that everybody may read, and whose other half the provider alone has: neither `none` nor a shared secret.
 * https://openid.net/specs/openid-connect-core-1_0.html#IDToken
 */
const signedWithKeys = ({ id_token_signing_alg_values_supported: algorithms }: ServerMetadata) =>
  algorithms && {
    id_token_signing_alg_values_supported: algorithms.filter((name) => name !== 'none' && !name.startsWith('HS')),
  }

/** Without a word of the provider's it is Basic: https://openid.net/specs/openid-connect-discovery-1_0.html */
const secretSender = (
  { ClientSecretBasic, ClientSecretPost }: typeof import('openid-client'),
  { token_endpoint_auth_methods_supported: ways = ['client_secret_basic'] }: ServerMetadata,
) => (ways.includes('client_secret_basic') ? ClientSecretBasic : ClientSecretPost)
