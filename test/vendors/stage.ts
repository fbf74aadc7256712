import { fileURLToPath } from 'node:url'
import type { Capability } from '../../hub-server/src/capabilities/capability.ts'
import { loadConnectors, tokenWayOf, type Connector } from '../../hub-server/src/connectors/index.ts'
import { anyDatabase } from '../../hub-server/src/db/testing/databases.ts'
import type { AskOptions } from '../../hub-server/src/gateway/ask.ts'
import type { Asked } from '../../hub-server/src/gateway/asking/gateway.ts'
import { askingFor } from '../../hub-server/src/gateway/testing/asking-for.ts'
import { gatewayOn } from '../../hub-server/src/gateway/testing/gatewayOn.ts'
import { openBudget } from '../../hub-server/src/gateway/testing/open-budget.ts'
import { startSandbox, type Sandbox } from '../../hub-server/src/sandbox/index.ts'

export const builtIn = fileURLToPath(new URL('../../hub-server/connectors', import.meta.url))

export type Ask = (
  capability: Capability,
  provider: string,
  items: readonly unknown[],
  options?: AskOptions,
) => Promise<Asked<unknown>[]>

/** A gateway that is nobody else's. */
export interface Desk {
  readonly ask: Ask
  /** Connects an account of which every field that has no default is this key. */
  readonly connect: (connector: Connector, key: string) => Promise<void>
}

export interface Stage {
  readonly sandbox: Sandbox
  readonly connectors: ReadonlyMap<string, Connector>
  /** Calls a route of the sandbox for tests: reset, clock … */
  readonly post: (path: string, body?: unknown) => Promise<unknown>
  /** HTTP status of a vendor's last answer. */
  readonly lastStatus: (connector: string) => Promise<number | undefined>
  /**
   * A workspace with a gateway of its own (breakers, limits, accounts); without accounts of its own every vendor is
   * asked with a good key.
   * @param connectors in place of ours
   */
  readonly desk: (workspace: string, connectors?: ReadonlyMap<string, Connector>) => Promise<Desk>
  readonly close: () => Promise<void>
}

/** The real gateway on a database, and the sandbox at the other end of real HTTP. */
export const openStage = async (): Promise<Stage> => {
  const sandbox = await startSandbox({ connectorsDir: builtIn })
  const ours = (await loadConnectors({ builtIn })).connectors
  const database = await anyDatabase.open()

  const post = (path: string, body: unknown = {}) =>
    fetch(`${sandbox.url}/_sandbox/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  /** Waiting for a vendor's limit takes no time: the hub's clock and the sandbox's are put forward alike. */
  let ahead = 0
  const clock = {
    now: () => Date.now() + ahead,
    sleep: async (ms: number) => {
      ahead += ms
      await post('clock', { advance: ms })
    },
  }

  const desk = async (workspace: string, connectors: ReadonlyMap<string, Connector> = ours): Promise<Desk> => {
    const scope = { workspace, mode: 'test' as const }
    await openBudget(database.db, scope, 'day')
    const { gateway, connections } = gatewayOn(database.db, { connectors, clock, vendorBase: sandbox.vendorBase })
    let asks = 0
    return {
      ask: async (capability, provider, items, options = {}) => {
        const nth = asks++
        const asking = askingFor({ scope, run: null, nameOf: (item) => `${nth}/${item}` })
        return gateway.ask(asking, capability, items, {
          providers: [provider],
          maxAgeDays: 0,
          items: [...items.keys()],
          ...options,
        })
      },
      connect: async (connector, key) => {
        const fields = Object.fromEntries(
          Object.entries(connector.manifest.auth.fields).map(([name, field]) => [name, field.default ?? key]),
        )
        const { id } = await connections.create(scope, { connector: connector.id, name: key, fields, secretNames: [] })
        if (tokenWayOf(connector, fields)?.manifest.grant === 'authorization_code')
          await connections.putToken(scope, id, JSON.stringify({ access: '', refresh: key, expiresAt: 0 }))
      },
    }
  }

  return {
    sandbox,
    connectors: ours,
    post,
    lastStatus: async (connector) =>
      (
        (await (await fetch(`${sandbox.url}/_sandbox/requests?connector=${connector}&limit=1`)).json()) as {
          requests: { status: number }[]
        }
      ).requests[0]?.status,
    desk,
    close: async () => {
      await database.remove()
      await sandbox.stop()
    },
  }
}
