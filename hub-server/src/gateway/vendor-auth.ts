import type { Connections } from '../accounts/connections.ts'
import type { Tokens } from '../accounts/tokens.ts'
import type { OpenVendorAuth } from '../accounts/vendor-auth.ts'
import {
  authorizationUrl,
  exchangeCode,
  testAccount,
  tokenWayOf,
  type Connector,
  type Send,
} from '../connectors/index.ts'
import { asHubError, HubError } from '../contracts/errors.ts'
import type { Mode } from '../contracts/scope.ts'
import type { EgressPolicy } from '../egress/policy.ts'
import { providerOf } from './providers.ts'
import { redactorOf } from './redact.ts'
import type { createSend } from './send.ts'

export interface VendorAuthParts {
  readonly connectors: () => ReadonlyMap<string, Connector>
  readonly connections: Connections
  /** A person's browser is sent to no address either that the hub would not go to. */
  readonly policies: Readonly<Record<Mode, EgressPolicy>>
  readonly modes: Record<
    Mode,
    {
      readonly send: ReturnType<typeof createSend>
      readonly tokens: Tokens
      readonly vendorBase?: (connector: string, server: string) => string
    }
  >
}

const longestMs = 30_000

/**
 * Asks vendors about accounts themselves, by calls that cost nothing, within half a minute; the vendor's words are told
 * without the account's secrets.
 */
export const createVendorAuth =
  ({ connectors, connections, policies, modes }: VendorAuthParts): OpenVendorAuth =>
  async (scope, id) => {
    const connection = await connections.open(scope, id)
    const connector = connectors().get(connection.connector)
    if (!connector) throw new HubError('unsupported', `This hub no longer has the connector ${connection.connector}.`)
    const { name } = connector.manifest
    const { send, tokens, vendorBase } = modes[scope.mode]
    const account = {
      connection: id,
      fields: connection.fields,
      tokens: tokens(scope, id, true),
      ...(vendorBase && { serverOverride: (server: string) => vendorBase(connector.id, server) }),
    }

    const ask = async <Value>(work: (send: Send) => Promise<Value>): Promise<Value> => {
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
    }

    const way = { connector, account }
    return {
      connector: { id: connector.id, name },
      usesPkce: tokenWayOf(connector, connection.fields)?.manifest.pkce ?? false,
      authorizationUrl: (asked) =>
        ask(async () => checkedPage(policies[scope.mode], await authorizationUrl({ ...way, ...asked }))),
      exchangeCode: (asked) => ask((send) => exchangeCode({ ...way, ...asked, send })),
      testKey: () =>
        ask(async (send) => {
          const error = await testAccount({ ...way, send })
          if (error) throw error
        }),
    }
  }

/** A page that a person may be sent to: on the web, and where the policy lets the hub go. */
export const checkedPage = async (policy: EgressPolicy, address: string): Promise<string> => {
  const { protocol, hostname, port } = URL.parse(address) ?? {}
  if (hostname === undefined || !/^https?:$/.test(protocol ?? ''))
    throw new HubError('invalid_input', 'The page that lets the hub in has no address on the web.', {
      advice: 'Check the account’s fields.',
    })
  await policy.find(hostname, Number(port || (protocol === 'https:' ? 443 : 80))).catch((thrown: unknown) => {
    // A name that cannot be looked up from here leads nowhere, as the person's browser will say.
    if (thrown instanceof HubError) throw thrown
  })
  return address
}
