import type { Scope } from '../contracts/scope.ts'
import type { StoredToken } from '../contracts/token.ts'

/** What a vendor is asked about an account itself: is its key good, what is its token. No call costs anything. */
export interface VendorAuth {
  readonly connector: { readonly id: string; readonly name: string }
  /** Whether the vendor takes a code only with what proves that it was asked for by us (RFC 7636). */
  readonly usesPkce: boolean
  /**
   * The vendor's page on which a person lets the hub in.
   * @throws HubError unsupported where the account does not log in that way
   */
  readonly authorizationUrl: (asked: {
    readonly redirectUri: string
    readonly state: string
    readonly codeChallenge?: string
  }) => Promise<string>
  /** @throws HubError unauthorized when the vendor refuses the code */
  readonly exchangeCode: (asked: {
    readonly redirectUri: string
    readonly code: string
    readonly codeVerifier?: string
  }) => Promise<StoredToken>
  /** @throws HubError that says why the account is not good, or could not be judged */
  readonly testKey: () => Promise<void>
}

/** @throws HubError not_found without the connection, unsupported without its connector */
export type OpenVendorAuth = (scope: Scope, connection: string) => Promise<VendorAuth>
