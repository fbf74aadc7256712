import type { Connections } from '../access/connections.ts'
import { testAccount, type Connector } from '../connectors/index.ts'
import { HubError } from '../contracts/errors.ts'
import type { Mode, Scope } from '../contracts/scope.ts'
import type { AskParts } from './ask-provider.ts'
import { providerOf } from './providers.ts'
import { redactorOf } from './redact.ts'

export interface KeyTestParts {
  readonly connectors: () => ReadonlyMap<string, Connector>
  readonly connections: Connections
  readonly parts: Record<Mode, AskParts>
}

/** Asks the vendor whether an account is good, by a call that costs nothing. Null when it is. */
export const createKeyTest =
  ({ connectors, connections, parts }: KeyTestParts) =>
  async (scope: Scope, id: string): Promise<HubError | null> => {
    const connection = await connections.open(scope, id)
    const connector = connectors().get(connection.connector)
    if (!connector) return new HubError('unsupported', `This hub no longer has the connector ${connection.connector}.`)
    const { send, tokens, clock, vendorBase } = parts[scope.mode]
    const signal = AbortSignal.timeout(30_000)
    const settling: Promise<void>[] = []
    const error = await testAccount({
      connector,
      account: {
        connection: id,
        fields: connection.fields,
        tokens: tokens(scope, id, true),
        ...(vendorBase && { serverOverride: (server) => vendorBase(connector.id, server) }),
      },
      send: send({ ...scope, run: null, provider: providerOf(connector, 'auth', connection), effect: 'read', signal, stop: signal, settling }),
      signal,
      sleep: clock.sleep,
    })
    await Promise.all(settling)
    return error && new HubError(error.kind, redactorOf({ connector, connection })(error.message), { advice: error.advice, provider: connector.id })
  }
