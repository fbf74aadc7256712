import { testAccount } from '../connectors/index.ts'
import { asHubError, type HubError } from '../contracts/errors.ts'
import type { Scope } from '../contracts/scope.ts'
import { askVendor, type VendorTalkParts } from './vendor-talk.ts'

/** Asks the vendor whether an account is good, by a call that costs nothing. Null when it is. */
export const createKeyTest =
  (parts: VendorTalkParts) =>
  async (scope: Scope, id: string): Promise<HubError | null> => {
    const talk = await askVendor(parts, scope, id)
    return talk
      .within(async (send) => {
        const error = await testAccount({ ...talk, send })
        if (error) throw error
        return null
      })
      .catch(asHubError)
  }
