import type { Capability } from '../capabilities/capability.ts'
import { HubError } from '../contracts/errors.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Connections, OpenedConnection } from '../accounts/connections.ts'
import { operationsFor, priceOf, creditsOf, type Connector } from '../connectors/index.ts'

/** A service that can be asked: a connector's operation through one of the workspace's accounts. */
export interface Provider {
  readonly connector: Connector
  /** Key in connector.yaml, e.g. upsertRecords.contact. */
  readonly operation: string
  readonly connection: OpenedConnection
  /** Micro-USD for one of the vendor's credits. */
  readonly creditPrice: number
  /** Micro-USD for one item at most; 0 where the vendor's price is not known. */
  readonly price: number
}

export interface ProviderParts {
  readonly connectors: () => ReadonlyMap<string, Connector>
  readonly connections: Connections
  /** In mode test: whether a service is asked without being named or connected. */
  readonly isUsual?: (connector: Connector) => Promise<boolean>
}

/** In mode test every service can be asked: the sandbox answers for it with a key that is always good. */
const sandboxConnection = ({ id, manifest }: Connector): OpenedConnection => ({
  id: `sandbox-${id}`,
  connector: id,
  fields: Object.fromEntries(
    Object.entries(manifest.auth.fields).map(([name, field]) => [name, field.default ?? `sandbox-${id}`]),
  ),
})

export const providerOf = (connector: Connector, operation: string, connection: OpenedConnection): Provider => {
  const creditPrice = connection.creditPrice ?? priceOf(connector)
  const credits = connector.operations.has(operation) ? creditsOf(connector, operation) : 0
  return { connector, operation, connection, creditPrice, price: Math.ceil(credits * creditPrice) }
}

export const createProviders = ({ connectors, connections, isUsual = () => Promise.resolve(true) }: ProviderParts) => {
  const capable = (capability: string, object?: string) => operationsFor(connectors(), capability, object)

  return {
    /** @throws HubError invalid_input for a name that is not a connector, or one that cannot do it */
    check: (capability: string, names: readonly string[], object?: string): void => {
      const able = new Set(capable(capability, object).map(({ connector }) => connector.id))
      for (const name of names) {
        if (able.has(name)) continue
        const known = connectors().has(name)
        throw new HubError(
          'invalid_input',
          known
            ? `${name} cannot do this (${[capability, object].filter(Boolean).join('.')}).`
            : `There is no provider “${name}”.`,
          {
            advice: `Those that can: ${[...able].sort().join(', ') || 'none yet'}.`,
          },
        )
      }
    },
    /**
     * Who can be asked, in order: as named, else the cheapest first, those whose credits have no known price last. In
     * mode test a few usual services stand for the ones that a person would have; the others are asked where they are
     * named, connected, or the only ones.
     * @throws HubError not_connected when nobody is
     */
    list: async (
      scope: Scope,
      capability: Capability,
      object: string | undefined,
      names: readonly string[],
    ): Promise<Provider[]> => {
      const connected: Provider[] = []
      const inSandbox: Provider[] = []
      const able = capable(capability.name, object).filter(
        ({ connector }) => names.length === 0 || names.includes(connector.id),
      )
      const accounts = await connections.openFor(
        scope,
        able.map(({ connector }) => connector.id),
      )
      for (const { connector, operation } of able) {
        const own = accounts.get(connector.id)
        if (own) connected.push(providerOf(connector, operation, own))
        else if (scope.mode === 'test') inSandbox.push(providerOf(connector, operation, sandboxConnection(connector)))
      }
      const isAsked = await Promise.all(inSandbox.map(({ connector }) => names.length > 0 || isUsual(connector)))
      const usual = inSandbox.filter((_provider, position) => isAsked[position])
      const found = connected.length + usual.length > 0 ? [...connected, ...usual] : inSandbox
      if (found.length === 0)
        throw new HubError(
          'not_connected',
          names.length > 0
            ? `${names.join(', ')} is not connected.`
            : `No service that can do this (${capability.name}) is connected.`,
          {
            advice: 'Open /connect and connect one, or use the test key to try it in the sandbox.',
          },
        )
      const unpriced = ({ connector, operation, creditPrice }: Provider): boolean =>
        creditPrice === 0 && creditsOf(connector, operation) > 0
      const rank = (provider: Provider): number => {
        if (names.length > 0) return names.indexOf(provider.connector.id)
        return unpriced(provider) ? Number.MAX_SAFE_INTEGER : provider.price
      }
      return found.sort((a, b) => rank(a) - rank(b) || a.connector.id.localeCompare(b.connector.id))
    },
  }
}

export type Providers = ReturnType<typeof createProviders>
