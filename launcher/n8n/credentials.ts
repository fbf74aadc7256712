import type { HubKeys } from '../hub-process.ts'
import { listAll, type N8nApi } from './public-api.ts'

/** The credential type of the hub's blocks: the hub's address and an API key. */
export const credentialType = 'aiNowHubApi'

export type Credential = { id: string; name: string }
type Listed = Credential & { type: string }

/**
 * Makes the hub's two credentials in n8n, or brings them up to date: the keys or the port may have changed.
 * They are recognised by their names, which belong to the launcher. The test credential is always written last.
 */
export async function ensureCredentials(
  api: N8nApi,
  hubAddress: string,
  keys: HubKeys,
): Promise<{ test: Credential; live: Credential }> {
  const all = await listAll<Listed>(api, 'Listing the credentials in n8n', '/credentials')
  const existing = all.filter((credential) => credential.type === credentialType)
  const ensure = async (mode: keyof HubKeys): Promise<Credential> => {
    const name = `AI-Now Hub (${mode})`
    const data = { baseUrl: hubAddress, apiKey: keys[mode] }
    const found = existing.find((credential) => credential.name === name)
    if (found === undefined) {
      return api.send(`Creating the credential “${name}” in n8n`, 'POST', '/credentials', {
        name,
        type: credentialType,
        data,
      })
    }
    await api.send(`Updating the credential “${name}” in n8n`, 'PATCH', `/credentials/${found.id}`, { data })
    return found
  }
  // A new block in n8n's editor gets the credential that was written last (its most recent `updatedAt`): the harmless
  // one.
  const live = await ensure('live')
  return { live, test: await ensure('test') }
}
