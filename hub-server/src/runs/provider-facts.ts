import type { ProviderFacts } from '../blocks/block.ts'
import type { Provider } from '../gateway/providers.ts'

/** What a block may know of a provider. */
export const providerFacts = ({ connector, connection, operation }: Provider): ProviderFacts => {
  const { whole = [], company } = connector.operations.get(operation)?.manifest ?? {}
  return {
    id: connector.id,
    connection: connection.id,
    name: connector.manifest.name,
    can: (name) => connector.operations.has(name),
    whole,
    companyIsRecord: company === 'record',
  }
}
