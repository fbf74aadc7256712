import { rmSync } from 'node:fs'
import { connectSandbox, type Sandbox } from '../../hub-server/src/sandbox/index.ts'
import { copiedConnectors } from '../shared/copied-connectors.ts'
import { sandboxProgram, startHub, type BenchHub, type Role } from '../shared/hub.ts'
import { neededServices } from '../shared/needed-services.ts'
import { start } from '../shared/processes.ts'

/** A hub as it is shipped, on PostgreSQL and Redis, with the sandbox's ZeroBounce as its vendor. */
export interface Place {
  readonly hub: BenchHub
  readonly sandbox: Sandbox
  readonly stop: () => Promise<void>
}

/** @param limits of ZeroBounce: none, or its own, as published */
export const openPlace = async (limits: 'none' | 'own', roles: readonly Role[]): Promise<Place> => {
  const connectors = copiedConnectors({ zerobounce: limits })
  const services = await neededServices()
  const sandboxProcess = await start(sandboxProgram, ['--connectors', connectors])
  const sandboxUrl = String(sandboxProcess.ready.url)
  const { databaseUrl, redisUrl } = services
  const hub = await startHub({ databaseUrl, redisUrl, sandboxUrl, roles })
  // The hub has its connectors as shipped: a plan without limits, as the sandbox has none then.
  if (limits === 'none')
    await hub.client.post('/v1/connections', {
      connector: 'zerobounce',
      fields: { apiKey: 'bench' },
      limits: [{ calls: 1_000_000, per: '1s' }],
    })
  return {
    hub,
    sandbox: await connectSandbox(sandboxUrl),
    stop: async () => {
      await hub.stop()
      await sandboxProcess.stop()
      await services.stop()
      rmSync(connectors, { recursive: true, force: true })
    },
  }
}
