import { HubError, asHubError } from '../../contracts/errors.ts'
import { buildRequest } from '../request/buildRequest.ts'
import type { Connector } from '../compiled/connector.ts'
import { classify, errorOf } from '../read/classify.ts'
import { truthy } from '../expressions/truth.ts'
import type { Account, Send } from '../port/types.ts'
import { openSession } from './session.ts'

/**
 * Tries an account's key with a call that costs nothing.
 * @returns null when it works, or when the connector has no such call and its log-in works; else what is wrong
 */
export const testAccount = async ({
  connector,
  account,
  send,
}: {
  connector: Connector
  account: Account
  send: Send
}): Promise<HubError | null> => {
  try {
    const session = openSession(connector, account, send)
    const { test } = connector.compiled
    let credentials = await session.credentials()
    if (!test) return null
    const { fields } = session
    const attempt = async (): Promise<HubError | null> => {
      const { bound } = credentials
      const request = await buildRequest(test.request, session, 'auth', fields, bound, credentials)
      const answer = await send(request, {
        maxCredits: 0,
        items: 0,
        classify: (given) =>
          classify({
            connector,
            fields,
            request: test.request,
            errors: connector.compiled.errors,
            answer: given,
            root: given.body,
            bound,
          }).catch(asHubError),
        outcome: () => Promise.resolve({ credits: 0, hits: 0 }),
      })
      const good =
        !test.good ||
        truthy(await test.good.evaluate(answer.body, { ...bound, status: answer.status, headers: answer.headers }))
      return good ? null : errorOf(connector, fields, 'unauthorized')
    }
    try {
      return await attempt()
    } catch (thrown) {
      // A stored token may have been taken back before its time.
      if (!(thrown instanceof HubError) || thrown.kind !== 'unauthorized' || !(await session.renew(credentials)))
        throw thrown
      credentials = await session.credentials()
      return await attempt()
    }
  } catch (thrown) {
    return asHubError(thrown)
  }
}
