import type { StoredToken } from '../../contracts/token.ts'
import type { Connector } from '../compiled/connector.ts'
import type { Bound } from '../expressions/expression.ts'
import type { Account } from '../port/types.ts'

/** An account that requests are made for, its fields with the connector's defaults filled in. */
export interface OpenedAccount {
  readonly connector: Connector
  readonly account: Account
  readonly fields: Readonly<Record<string, string>>
}

/** What is added to a request so that the vendor lets it in. */
export interface Credentials {
  readonly query?: unknown
  readonly headers: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly form?: unknown
  readonly bound: Bound
  readonly token: StoredToken | null
}
