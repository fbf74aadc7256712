import type { ApiKeys } from '../access/api-keys.ts'
import type { Audit } from '../access/audit/audit.ts'
import type { OauthGrants } from '../access/oauth-server/grants.ts'
import type { Block } from '../blocks/block.ts'
import type { Suppression } from '../compliance/suppression.ts'
import type { Db } from '../db/database.ts'
import type { Events } from '../events/events.ts'
import { readOpenWork } from '../runs/open-work.ts'
import type { Pipelines } from '../runs/pipelines.ts'
import { auditRoutes } from './audit.ts'
import { backupRoutes, type BackupParts } from './backup.ts'
import { blockRoutes } from './blocks.ts'
import { listRoutes, pipelineRoutes } from './lists.ts'
import { eventRoutes } from './events.ts'
import { reportRoutes } from './report.ts'
import { suppressionRoutes } from './suppression.ts'
import { callbackRoutes, type CallbackParts } from './callbacks.ts'
import { connectionRoutes } from './connections.ts'
import { consentRoutes, type ConsentParts } from './consent.ts'
import { connectorRoutes, type ConnectorParts } from './connectors.ts'
import { grantRoutes } from './grants.ts'
import { keyRoutes } from './keys.ts'
import { leadRoutes, type ViewSettings } from './leads.ts'
import { meRoutes } from './me.ts'
import { metricsRoutes } from './metrics.ts'
import { oidcRoutes, type OidcRouteParts } from './oidc.ts'
import { peopleRoutes, type PeopleParts } from './people.ts'
import type { Route } from './route.ts'
import { runRoutes, type RunRouteParts } from './runs.ts'
import { sandboxRoutes } from './sandbox.ts'
import { sessionRoutes, type SessionParts } from './session.ts'

export interface RouteParts
  extends
    RunRouteParts,
    BackupParts,
    CallbackParts,
    ConnectorParts,
    ConsentParts,
    OidcRouteParts,
    PeopleParts,
    SessionParts {
  readonly keys: ApiKeys
  readonly audit: Audit
  readonly grants: OauthGrants
  readonly db: Db
  readonly version: string
  /** What is asked for by an address of its own; a run may name either. */
  readonly doors: Readonly<Record<'block' | 'capability', ReadonlyMap<string, Block>>>
  readonly pipelines: Pipelines
  readonly events: Events
  readonly suppression: Suppression
  readonly viewRules: ViewSettings
  readonly report: Parameters<typeof reportRoutes>[0]
  readonly companies: (limit: number, offset?: number) => readonly { website: string; name: string; domain: string }[]
}

/** Everything under /v1, /health and /metrics. */
export const routesOf = (parts: RouteParts): Route[] => [
  ...meRoutes(parts.db, parts.version),
  ...sessionRoutes(parts),
  ...oidcRoutes(parts),
  ...grantRoutes(parts.grants),
  ...peopleRoutes(parts),
  ...keyRoutes(parts.keys),
  ...auditRoutes(parts.audit),
  ...metricsRoutes(() => readOpenWork(parts.db)),
  ...blockRoutes('block', parts.doors.block, parts.runs),
  ...blockRoutes('capability', parts.doors.capability, parts.runs),
  ...runRoutes(parts),
  ...listRoutes(parts.lists),
  ...pipelineRoutes(parts.pipelines, parts.runs),
  ...reportRoutes(parts.report, parts.runs),
  ...eventRoutes(parts.events),
  ...suppressionRoutes(parts.suppression),
  ...leadRoutes(parts.openLeads, parts.viewRules),
  ...connectorRoutes(parts),
  ...connectionRoutes(parts),
  ...consentRoutes(parts),
  ...callbackRoutes(parts),
  ...backupRoutes(parts),
  ...sandboxRoutes(parts.companies),
]
