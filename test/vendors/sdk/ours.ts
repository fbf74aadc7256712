import { fileURLToPath } from 'node:url'
import {
  loadConnectors,
  perform,
  performRequest,
  type Account,
  type Connector,
  type ItemAnswer,
  type Send,
} from '../../../hub-server/src/connectors/index.ts'
import { loopbackEgress } from '../../../hub-server/src/egress/testing/loopback-egress.ts'
import type { StoredToken } from '../../../hub-server/src/contracts/token.ts'
import type { Sandbox } from '../../../hub-server/src/sandbox/index.ts'

export const connectorsDir = fileURLToPath(new URL('../../../hub-server/connectors', import.meta.url))

/** A gateway that only sends: no budget, no pacing, no repeats. */
const sendOnly: Send = async (request, terms) => {
  const answer = await performRequest(request, { signal: AbortSignal.timeout(20_000), egress })
  const refusal = await terms.classify(answer)
  if (refusal) throw refusal
  return answer
}
const egress = loopbackEgress()

const { connectors } = await loadConnectors({ builtIn: connectorsDir })

/** A connector of ours. @throws for an unknown one */
export const connectorOf = (id: string): Connector => {
  const connector = connectors.get(id)
  if (!connector) throw new Error(`There is no connector ${id}.`)
  return connector
}

/** Has our connector do something at the sandbox. */
export const doOurs = async (
  sandbox: Sandbox,
  id: string,
  { fields, token }: { fields: Readonly<Record<string, string>>; token: StoredToken | null },
  operation: string,
  items: readonly unknown[],
): Promise<ItemAnswer[]> => {
  const account: Account = {
    connection: 'sdk-test',
    fields,
    serverOverride: (server) => sandbox.vendorBase(id, server),
    tokens: { get: () => Promise.resolve(token), renew: (make) => make(token) },
  }
  return perform({
    connector: connectorOf(id),
    operation,
    items,
    account,
    send: sendOnly,
    signal: AbortSignal.timeout(20_000),
    sleep: () => Promise.resolve(),
  })
}
