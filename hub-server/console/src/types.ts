import type { Connection } from '../../src/contracts/connection.ts'
import type { Mode } from '../../src/contracts/scope.ts'

export type { Connection, Mode }

/** `GET /v1/me`: whose key this is. */
export interface Me {
  readonly workspace: { readonly id: string; readonly name: string }
  readonly mode: Mode
  readonly key: { readonly id: string; readonly name: string }
}

/** One thing that a connector asks for, e.g. an API key. */
export interface AuthField {
  readonly name: string
  readonly label: string
  readonly secret: boolean
  readonly help?: string
  /** Where a person finds it at the vendor, in words or as an address. */
  readonly where?: string
  readonly optional?: boolean
  readonly default?: string
  readonly placeholder?: string
  /** Asked for only where these fields have these values, such as the chosen way to log in. */
  readonly if?: Readonly<Record<string, string>>
  readonly options?: readonly { readonly value: string; readonly label: string }[]
}

/** One entry of `GET /v1/connectors`. */
export interface Connector {
  readonly id: string
  readonly name: string
  /** Address of the vendor's page. */
  readonly docs: string
  readonly description?: string
  readonly groups: readonly string[]
  /** e.g. verifyEmail, or upsertRecords.contact where it is per kind of record. */
  readonly capabilities: readonly string[]
  /** Path on the hub, readable without a key. */
  readonly icon: string
  readonly auth: {
    readonly fields: readonly AuthField[]
    /**
     * Where accounts may be connected on the vendor's own page: what to register there, and whether the person's app is
     * known.
     */
    readonly consent?: { readonly redirectUri: string; readonly hasApp: boolean }
  }
  /** Micro-USD at most, for an item or for so many results. */
  readonly prices: readonly { readonly capability: string; readonly price: number; readonly results?: number }[]
  readonly priceSource?: { readonly page?: string; readonly on?: string; readonly note?: string }
  readonly checked: { readonly against: string; readonly on: string; readonly note?: string }
  readonly connected: boolean
}

/** What is wrong with a connector of the person's own, which is left out until it is mended. */
export interface Mistake {
  readonly file: string
  readonly line: number
  readonly message: string
  readonly instead: string
}

/** What a person filled in; names as in the connector's auth fields. */
export interface AccountInput {
  readonly connector: string
  readonly name?: string
  readonly fields: Readonly<Record<string, string>>
}

/** `POST /v1/connections/{id}/test`. */
export interface TestResult {
  readonly ok: boolean
  readonly message: string
  readonly connection: Connection
}
