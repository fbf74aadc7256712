import type { StoredToken } from '../../../hub-server/src/contracts/token.ts'

/** The same job, done by a vendor's own SDK and by our connector. */
export interface SdkJob {
  readonly name: string
  /** Puts into both accounts, by the SDK, what must be there before; not compared. */
  readonly before?: (at: SdkAccount) => Promise<void>
  /** Does the job and checks that the SDK is content with the sandbox's answer. */
  readonly sdk: (at: SdkAccount) => Promise<void>
  /** The operation of the connector that does the same, with its canonical inputs. */
  readonly operation: string
  readonly items: readonly unknown[]
}

/** Where the SDK is sent to, in place of the vendor. */
export interface SdkAccount {
  /** The stand-in of the connector's default server, without a slash at the end. */
  readonly base: string
  /** The stand-in of another of its servers. */
  readonly server: (name: string) => string
  readonly key: string
}

/** One vendor whose SDK we are compared with: adding one is one small file in vendors/, like vendors/hubspot.ts. */
export interface SdkVendor {
  /** The connector's id. */
  readonly connector: string
  /** The SDK's name at npm. */
  readonly sdk: string
  /** What keys begin with; the sandbox has words in keys that mean trouble (docs/sandbox.md). */
  readonly keyPrefix: string
  /** The account's fields that show a key. */
  readonly fields: (key: string) => Readonly<Record<string, string>>
  /** Where the key is a token that a log-in gives: what the connector's store holds. */
  readonly token?: (key: string, at: Omit<SdkAccount, 'key'>) => StoredToken
  readonly jobs: readonly SdkJob[]
}
