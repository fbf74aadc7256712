import { HubError } from '../../contracts/errors.ts'
import type { StoredToken } from '../../contracts/token.ts'
import type { Connector } from '../compiled/connector.ts'
import type { Account, Send } from '../port/types.ts'
import { baseOf } from '../request/buildRequest.ts'
import { encodeValues } from '../request/encode.ts'
import { fieldsOf, tokenWayOf } from './account.ts'
import { requestToken } from './freshToken.ts'

interface Asked {
  readonly connector: Connector
  /** Its fields hold the app's clientId and clientSecret. */
  readonly account: Account
  readonly redirectUri: string
}

/**
 * The vendor's page that asks the person to let the hub in (RFC 6749, 4.1.1; PKCE RFC 7636).
 * @throws HubError unsupported when the connector does not log in that way
 */
export const authorizationUrl = async ({
  connector,
  account,
  redirectUri,
  state,
  codeChallenge,
}: Asked & { state: string; codeChallenge?: string }): Promise<string> => {
  const fields = fieldsOf(connector, account)
  const token = tokenWayOf(connector, fields)
  if (!token?.authorize)
    throw new HubError('unsupported', `${connector.manifest.name} is not connected through a page of its own.`)
  const bound = { account: fields }
  const opened = { connector, account, fields }
  const address = await token.authorize(fields, bound)
  const page = /^https?:/.test(address) ? address : (await baseOf(token.request, opened, bound)) + address
  const query = encodeValues({
    response_type: 'code',
    client_id: fields.clientId,
    redirect_uri: redirectUri,
    state,
    scope: token.manifest.scopes?.join(' '),
    ...(codeChallenge !== undefined && { code_challenge: codeChallenge, code_challenge_method: 'S256' }),
  })
  const more = encodeValues(await token.authorizeQuery?.(fields, bound))
  return `${page}?${[query, more].filter(Boolean).join('&')}`
}

/**
 * The token for the code that the vendor's page came back with; the caller stores it.
 * @throws HubError unauthorized when the vendor refuses the code
 */
export const exchangeCode = async ({
  connector,
  account,
  send,
  redirectUri,
  code,
  codeVerifier,
}: Asked & { send: Send; code: string; codeVerifier?: string }): Promise<StoredToken> =>
  requestToken(
    { connector, account, send, fields: fieldsOf(connector, account), old: null },
    {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      ...(codeVerifier !== undefined && { code_verifier: codeVerifier }),
    },
  )
