import type { ProviderFacts } from '../blocks/block.ts'
import type { Provider } from '../gateway/providers.ts'

/** What a block may know of a provider. */
export const providerFacts = async ({ connector, connection, operation }: Provider): Promise<ProviderFacts> => {
  const known = connector.operations.get(operation)
  const isRecord: unknown = await known?.companyIsRecord?.evaluate({}, { account: connection.fields })
  return {
    id: connector.id,
    connection: connection.id,
    name: connector.manifest.name,
    can: (name) => connector.operations.has(name),
    whole: known?.manifest.whole ?? [],
    companyIsRecord: isRecord === true,
  }
}
