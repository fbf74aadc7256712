import { HubError } from '../../contracts/errors.ts'

/** Whom a provider's fault concerns: what is wrong with its settings here, its being away, or this one sign-in. */
export const explainProvider = (thrown: unknown, issuer: string): HubError => {
  if (thrown instanceof HubError) return thrown
  const { code, error, status } = partsOf(thrown)
  if (error !== undefined) return refusedBy(error, issuer, thrown)
  if (isAway(thrown, code, status)) return providerIsDown(issuer, thrown)
  if (code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') return clocksDiffer(issuer, thrown)
  return new HubError(
    'unauthorized',
    `What ${hostOf(issuer)} said of you could not be trusted, so you are not let in.`,
    {
      advice: 'Sign in again. If it stays, ask whoever runs the hub to look into its log.',
      cause: thrown,
    },
  )
}

/** RFC 6749, sections 4.1.2.1 and 5.2: https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
const refusedBy = (error: string, issuer: string, cause: unknown): HubError => {
  if (error === 'access_denied')
    return new HubError('forbidden', `${hostOf(issuer)} did not let you sign in, or you said no there.`, {
      advice: 'Sign in again, or ask whoever runs that provider for the right to use this hub.',
      cause,
    })
  if (error === 'invalid_client' || error === 'unauthorized_client')
    return new HubError('unavailable', `${hostOf(issuer)} does not know this hub.`, {
      advice: 'Whoever runs the hub: check OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, and start it again.',
      cause,
    })
  if (error === 'temporarily_unavailable' || error === 'server_error') return providerIsDown(issuer, cause)
  return new HubError('unauthorized', `${hostOf(issuer)} refused this sign-in, or it was used before.`, {
    advice: 'Sign in again. If it stays, ask whoever runs the hub to look into its log.',
    cause,
  })
}

export const providerIsDown = (issuer: string, cause: unknown): HubError =>
  new HubError('unavailable', `${hostOf(issuer)}, where people sign in, cannot be reached just now.`, {
    advice:
      'Try again in a minute, or sign in with e-mail address and password. Whoever runs the hub: check OIDC_ISSUER.',
    cause,
  })

export const clocksDiffer = (issuer: string, cause?: unknown): HubError =>
  new HubError('unauthorized', `This sign-in is too old, or the clocks of ${hostOf(issuer)} and the hub differ.`, {
    advice: 'Sign in again. If it stays, ask whoever runs the hub to set its machine’s clock.',
    cause,
  })

/** For the log: names and codes, never a token or what stands in it. */
export const reasonOf = (thrown: unknown): Record<string, unknown> => {
  const { code, error, status } = partsOf(thrown)
  return { reason: thrown instanceof Error ? thrown.message : String(thrown), code, error, status }
}

const partsOf = (thrown: unknown): { code?: string; error?: string; status?: number } => {
  if (!(thrown instanceof Error)) return {}
  const cause = thrown.cause
  return {
    ...('code' in thrown && typeof thrown.code === 'string' && { code: thrown.code }),
    ...('error' in thrown && typeof thrown.error === 'string' && { error: thrown.error }),
    ...(cause instanceof Response && { status: cause.status }),
  }
}

/** `fetch` throws a TypeError that has a cause, and no code, where nobody answers. */
const isAway = (thrown: unknown, code: string | undefined, status: number | undefined): boolean =>
  code === 'OAUTH_TIMEOUT' ||
  (code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' && (status === undefined || status >= 500)) ||
  (thrown instanceof TypeError && code === undefined && thrown.cause !== undefined) ||
  (thrown instanceof DOMException && thrown.name === 'TimeoutError')

const hostOf = (issuer: string): string => new URL(issuer).host
