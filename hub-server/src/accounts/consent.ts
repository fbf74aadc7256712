import { createHash, randomBytes } from 'node:crypto'
import { HubError } from '../contracts/errors.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Connections } from './connections.ts'
import type { Consents } from './consents.ts'
import type { OpenVendorAuth } from './vendor-auth.ts'

export interface ConsentParts {
  readonly connections: Connections
  readonly consents: Consents
  readonly openVendorAuth: OpenVendorAuth
  /** Where vendors send the person back to. */
  readonly redirectUri: string
}

/** What the vendor sent the person back with (RFC 6749, 4.1.2). */
export interface CameBack {
  readonly state?: string
  readonly code?: string
  readonly error?: string
  readonly error_description?: string
}

/** Lets a person connect an account on the vendor's own page: OAuth's authorization code, with state and PKCE. */
export const createConsent = ({ connections, consents, openVendorAuth, redirectUri }: ConsentParts) => {
  return {
    /**
     * @returns the address of the vendor's page
     * @throws HubError unsupported where the account does not log in that way
     */
    begin: async (scope: Scope, id: string): Promise<string> => {
      const { usesPkce, authorizationUrl } = await openVendorAuth(scope, id)
      const codeVerifier = randomBytes(48).toString('base64url')
      const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url')
      const state = await consents.begin({ workspace: scope.workspace, mode: scope.mode, connection: id, codeVerifier })
      return authorizationUrl({ redirectUri, state, ...(usesPkce && { codeChallenge }) })
    },
    /**
     * Exchanges the code for the account's token, which is stored before it is used.
     * @returns the connection that is connected now
     * @throws HubError with what the person can do: it took too long, the vendor's page said no, the code was refused
     */
    finish: async ({
      state,
      code,
      error,
      error_description,
    }: CameBack): Promise<{ scope: Scope; connection: string; connector: string }> => {
      const consent = state === undefined ? undefined : await consents.take(state)
      if (!consent)
        throw new HubError('invalid_input', 'This page was opened too late, or a second time.', {
          advice: 'Go back to your connections and connect the account again.',
        })
      const scope: Scope = { workspace: consent.workspace, mode: consent.mode }
      const { connector, usesPkce, exchangeCode } = await openVendorAuth(scope, consent.connection)
      const { name } = connector
      if (error === 'access_denied')
        throw new HubError('forbidden', `You did not let the hub into ${name}.`, {
          advice: 'Connect again and allow it, if you want the hub to use this account.',
        })
      if (error || !code)
        throw new HubError(
          'bad_response',
          `${name} did not connect the account${error ? `: ${error_description ?? error}` : ''}.`,
          { advice: `Check the client id and the redirect address of your app at ${name}, then connect again.` },
        )
      const token = await exchangeCode({
        redirectUri,
        code,
        ...(usesPkce && { codeVerifier: consent.codeVerifier }),
      })
      await connections.putToken(scope, consent.connection, JSON.stringify(token))
      return { scope, connection: consent.connection, connector: connector.id }
    },
  }
}

export type ConsentDesk = ReturnType<typeof createConsent>
