import type { Kysely } from 'kysely'
import type { BlockContext } from '../blocks/block.ts'
import type { Mode, Scope } from '../contracts/scope.ts'
import type { Tables } from '../db/tables.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { openLeads } from '../leads/store.ts'
import type { OpenedContext } from './worker.ts'

/** What differs between the modes: how the web is read and how mail servers are looked up. */
export type Outside = Pick<BlockContext, 'fetchPage' | 'resolveMx'>

export const createContexts =
  (db: Kysely<Tables>, gateway: Gateway, outside: Record<Mode, Outside>) =>
  (scope: Scope, run: string, signal: AbortSignal): OpenedContext => {
    let cached = 0
    const asking = { scope, run, signal, onCached: (count: number) => void (cached += count) }
    return {
      cached: () => cached,
      context: {
        scope,
        run,
        signal,
        ask: (capability, inputs, options) => gateway.ask(asking, capability, inputs, options),
        providers: async (capability, names, object) =>
          (await gateway.providers.list(scope, capability, object, names)).map(({ connector, connection }) => ({ id: connector.id, connection: connection.id })),
        leads: openLeads(db, scope),
        now: () => new Date(),
        ...outside[scope.mode],
      },
    }
  }
