import type { ConnectionInput } from '../../src/contracts/connection.ts'

/** What the hub answers is said by its own contracts. */
export type { Connection, KeyTest } from '../../src/contracts/connection.ts'
export type {
  AuthField,
  ConnectorMistake as Mistake,
  Connectors,
  ShownConnector as Connector,
} from '../../src/contracts/connector.ts'
export type { Me } from '../../src/contracts/me.ts'
export type { Mode } from '../../src/contracts/scope.ts'

/** What a person filled in; names as in the connector's auth fields. */
export type AccountInput = Pick<ConnectionInput, 'connector' | 'name' | 'fields'>
