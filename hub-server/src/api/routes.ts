import type { Connections } from '../access/connections.ts'
import type { Block } from '../blocks/block.ts'
import type { Connector } from '../connectors/index.ts'
import type { HubError } from '../contracts/errors.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import type { LeadStore } from '../leads/store.ts'
import type { Runs } from '../runs/runs.ts'
import { blockRoutes } from './blocks.ts'
import { connectionRoutes } from './connections.ts'
import { connectorRoutes } from './connectors.ts'
import { leadRoutes } from './leads.ts'
import { meRoutes } from './me.ts'
import type { Route } from './route.ts'
import { runRoutes } from './runs.ts'
import { sandboxRoutes } from './sandbox.ts'

export interface RouteParts {
  readonly db: Db
  readonly version: string
  readonly blocks: ReadonlyMap<string, Block>
  readonly runs: Runs
  readonly connections: Connections
  readonly connectors: () => ReadonlyMap<string, Connector>
  readonly openLeads: (scope: Scope) => LeadStore
  readonly testConnection: (scope: Scope, connection: string) => Promise<HubError | null>
  readonly companies: (limit: number, offset?: number) => readonly { website: string; name: string; domain: string }[]
}

/** Everything under /v1, and /health. */
export const routesOf = (parts: RouteParts): Route[] => [
  ...meRoutes(parts.db, parts.version),
  ...blockRoutes(parts.blocks, parts.runs),
  ...runRoutes(parts.runs),
  ...leadRoutes(parts.openLeads),
  ...connectorRoutes(parts.connectors, parts.connections),
  ...connectionRoutes({ connectors: parts.connectors, connections: parts.connections, test: parts.testConnection }),
  ...sandboxRoutes(parts.companies),
]
