import type { Connections } from '../access/connections.ts'
import type { Account, Connector, Send } from '../connectors/index.ts'
import { asHubError, HubError } from '../contracts/errors.ts'
import type { Mode, Scope } from '../contracts/scope.ts'
import type { AskParts } from './asking/question.ts'
import { providerOf } from './providers.ts'
import { redactorOf } from './redact.ts'

export interface VendorTalkParts {
  readonly connectors: () => ReadonlyMap<string, Connector>
  readonly connections: Connections
  readonly parts: Record<Mode, AskParts>
}

export interface VendorTalk {
  readonly connector: Connector
  readonly account: Account
  /** Calls that cost nothing, within half a minute; the vendor's words are told without the account's secrets. */
  readonly within: <Value>(work: (send: Send) => Promise<Value>) => Promise<Value>
}

const longestMs = 30_000

/**
 * Speaks with a vendor about an account itself: is its key good, what is its token.
 * @throws HubError not_found without the connection, unsupported without its connector
 */
export const askVendor = async (
  { connectors, connections, parts }: VendorTalkParts,
  scope: Scope,
  id: string,
): Promise<VendorTalk> => {
  const connection = await connections.open(scope, id)
  const connector = connectors().get(connection.connector)
  if (!connector) throw new HubError('unsupported', `This hub no longer has the connector ${connection.connector}.`)
  const { send, tokens, vendorBase } = parts[scope.mode]
  const account = {
    connection: id,
    fields: connection.fields,
    tokens: tokens(scope, id, true),
    ...(vendorBase && { serverOverride: (server: string) => vendorBase(connector.id, server) }),
  }
  return {
    connector,
    account,
    within: async (work) => {
      const signal = AbortSignal.timeout(longestMs)
      const settling: Promise<void>[] = []
      try {
        return await work(
          send({
            ...scope,
            run: null,
            provider: providerOf(connector, 'auth', connection),
            effect: 'read',
            signal,
            stop: signal,
            settling,
          }),
        )
      } catch (thrown) {
        const { name } = connector.manifest
        const error = signal.aborted
          ? new HubError('timeout', `${name} did not answer within ${longestMs / 1000} seconds.`)
          : asHubError(thrown)
        throw new HubError(error.kind, redactorOf({ connector, connection }).words(error.message), {
          advice: error.advice,
          provider: connector.id,
          cause: thrown,
        })
      } finally {
        await Promise.all(settling)
      }
    },
  }
}
