import { randomBytes } from 'node:crypto'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { connectSandbox, type Sandbox } from '../../hub-server/src/sandbox/index.ts'
import { copiedConnectors } from '../shared/copied-connectors.ts'
import { measuredHub, sandboxProgram, startHub, type BenchHub } from '../shared/hub.ts'
import { neededServices } from '../shared/needed-services.ts'
import { start, type Started } from '../shared/processes.ts'

const here = (name: string): string => join(import.meta.dirname, name)

/** Everything that the benchmark needs, each a process of its own. */
export interface Place {
  /** Asks the vendor that is made up; the other asks the sandbox's ZeroBounce, with its published limits. */
  readonly plain: Started
  readonly zerobounce: Started
  readonly sandbox: Sandbox
  /** A hub on PostgreSQL and Redis, which is connected to the vendor that is made up. @param flags Node's own */
  readonly startHub: (flags?: readonly string[]) => Promise<BenchHub>
  readonly stop: () => Promise<void>
}

export const openPlace = async (): Promise<Place> => {
  const services = await neededServices()
  const connectors = copiedConnectors({ zerobounce: 'own' })
  cpSync(here('connectors/plain'), join(connectors, 'plain'), { recursive: true })
  const vendor = await start(here('vendor.ts'))
  const vendorUrl = String(vendor.ready.url)
  const sandboxProcess = await start(sandboxProgram, ['--connectors', connectors])
  const sandboxUrl = String(sandboxProcess.ready.url)
  const sandbox = await connectSandbox(sandboxUrl)
  const single = `${sandbox.vendorBase('zerobounce', 'default')}/v2/validate?api_key=bench&ip_address=&email=`
  const plain = await start(here('bare.ts'), [services.redisUrl, `${vendorUrl}/verify?email=`])
  const zerobounce = await start(here('bare.ts'), [services.redisUrl, single])
  const { databaseUrl, redisUrl } = services
  // The second hub reads what the first one has sealed.
  const env = { BENCH_CONNECTORS: connectors, SEALING_KEYS: randomBytes(32).toString('base64') }
  return {
    plain,
    zerobounce,
    sandbox,
    startHub: async (flags = []) => {
      const hub = await startHub({
        databaseUrl,
        redisUrl,
        sandboxUrl,
        roles: ['both'],
        program: measuredHub,
        env,
        flags,
      })
      const { data } = await hub.live.get('/v1/connections')
      if (data.connections.length === 0)
        await hub.live.post('/v1/connections', { connector: 'plain', fields: { url: vendorUrl } })
      return hub
    },
    stop: async () => {
      for (const each of [plain, zerobounce, sandboxProcess, vendor]) await each.stop()
      await services.stop()
      rmSync(connectors, { recursive: true, force: true })
    },
  }
}
