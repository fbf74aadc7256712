import type { Server } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { createConnections } from './access/connections.ts'
import { ensureWorkspace } from './access/keys.ts'
import { createSealer, keyFromFile } from './access/sealing.ts'
import { routesOf } from './api/routes.ts'
import { createServer } from './api/server.ts'
import { consolePage } from './api/console.ts'
import { loadBlocks } from './blocks/registry.ts'
import { mailServersByDns } from './blocks/verify-email/checks/mailServersByDns.ts'
import type { Config } from './config.ts'
import { createAgents, loadConnectors } from './connectors/index.ts'
import { HubError } from './contracts/errors.ts'
import { openDatabase } from './db/database.ts'
import { galleryRouter } from './gallery/index.ts'
import { createAnswers } from './gateway/answers.ts'
import type { AskParts } from './gateway/ask-provider.ts'
import { createGateway } from './gateway/gateway.ts'
import { createKeyTest } from './gateway/key-test.ts'
import { createLedger } from './gateway/ledger.ts'
import { createLimiter, type Clock } from './gateway/limiter.ts'
import { createProviders } from './gateway/providers.ts'
import { createSend } from './gateway/send.ts'
import { createSingleFlight } from './gateway/single-flight.ts'
import { createSlots } from './gateway/slots.ts'
import { createTokens } from './gateway/tokens.ts'
import { createFetcher } from './gateway/web/fetcher.ts'
import { resolveHostBySystem } from './gateway/web/resolveHost.ts'
import { openLeads } from './leads/store.ts'
import { checkRedis, createBullQueue } from './queue/bull.ts'
import { createMemoryQueue } from './queue/memory.ts'
import { createContexts } from './runs/context.ts'
import { checkProvidersIn } from './runs/providers.ts'
import { createRuns } from './runs/runs.ts'
import { createSignals } from './runs/signals.ts'
import { createWorker } from './runs/worker.ts'

/** What answers in mode test, as the hub needs it; made by main.ts, the only one that knows the sandbox. */
export interface TestWorld {
  readonly resolveHost: (name: string) => Promise<{ address: string; port: number } | null>
  readonly resolveMx: (domain: string) => Promise<readonly { exchange: string; priority: number }[] | null>
  readonly vendorBase: (connector: string, server: string) => string
  readonly companies: (limit: number, offset?: number) => readonly { website: string; name: string; domain: string }[]
  /** Whether what its CRMs hold is gone when the hub stops. */
  readonly forgets: boolean
  readonly stop: () => Promise<void>
}

export interface HubParts {
  readonly version: string
  readonly folders: { readonly connectors: string; readonly console: string; readonly templates: string; readonly icons: string }
  readonly testWorld: TestWorld
  /** Never ask in batches: for measuring what a call costs. */
  readonly single?: boolean
}

export interface Hub {
  readonly url: string
  readonly stop: () => Promise<void>
}

const concurrentChunks = 8

/**
 * Puts the hub together and starts it.
 * @throws HubError with what to do: a port in use, a data folder in use or made by a newer version
 */
export const startHub = async (config: Config, { version, folders, testWorld, single }: HubParts): Promise<Hub> => {
  const log = pino({ level: config.logLevel, redact: { paths: ['*.authorization', '*.apiKey', 'headers.authorization'], censor: '…' } }, pino.destination({ sync: false }))
  const { connectors, problems } = await loadConnectors({ builtIn: folders.connectors, own: config.connectorsDirs })
  for (const problem of problems) log.warn(problem, 'a connector was left out')
  if (config.redisUrl) await checkRedis(config.redisUrl)
  const database = await openDatabase({ url: config.databaseUrl, folder: config.data })
  const { db } = database
  await ensureWorkspace(db, config.data)
  if (testWorld.forgets) await db.deleteFrom('link').where('mode', '=', 'test').where('connection', 'like', 'sandbox-%').execute()

  const sealer = createSealer(config.sealingKeys?.map((key) => Buffer.from(key, 'base64')) ?? [keyFromFile(join(config.data, 'sealing.key'))])
  const connections = createConnections(db, sealer)
  const providers = createProviders({ connectors: () => connectors, connections })
  const ledger = createLedger(db)
  const agents = createAgents()
  const send = createSend({ ledger, limiter: createLimiter(clock), slots: createSlots(), agents, clock })
  const shared = { answers: createAnswers(db), tokens: createTokens(connections), clock, send, single }
  const modes: Record<'test' | 'live', AskParts> = {
    live: { ...shared, flights: createSingleFlight() },
    test: { ...shared, flights: createSingleFlight(), vendorBase: testWorld.vendorBase },
  }
  const gateway = createGateway(providers, modes)

  const userAgent = `AI-Now-Hub/${version} (+${config.publicUrl})`
  const fetchers = {
    live: createFetcher({ mode: 'live', resolveHost: resolveHostBySystem, userAgent, allowPrivate: config.allowPrivate }),
    test: createFetcher({ mode: 'test', resolveHost: hostsOf(testWorld), userAgent, allowPrivate: false }),
  }
  const outside = {
    live: { fetchPage: fetchers.live.fetchPage, resolveMx: mailServersByDns() },
    test: { fetchPage: fetchers.test.fetchPage, resolveMx: mailServersOf(testWorld) },
  }

  const blocks = await loadBlocks()
  const signals = createSignals()
  const worker = createWorker({ db, blocks, openContext: createContexts(db, gateway, outside), signals, log })
  const queue = config.redisUrl ? createBullQueue(config.redisUrl, concurrentChunks) : createMemoryQueue(concurrentChunks)
  const runs = createRuns({ db, queue, worker, signals, ledger, blocks, checkProviders: checkProvidersIn(providers) })

  const routes = routesOf({
    db,
    version,
    blocks,
    runs,
    connections,
    connectors: () => connectors,
    openLeads: (scope) => openLeads(db, scope),
    testConnection: createKeyTest({ connectors: () => connectors, connections, parts: modes }),
    companies: testWorld.companies,
  })
  const pages = [galleryRouter({ templatesDir: folders.templates, nodeIconsDir: folders.icons, origin: config.n8nUrl }), consolePage(folders.console)]
  const app = createServer({ db, log, routes, pages, version })
  const server = await listen(app, config).catch(async (thrown: unknown) => {
    await database.close()
    throw thrown
  })
  // Only with the port taken: a hub that cannot start begins no work.
  queue.process(worker.handle)
  await runs.recover()
  log.info({ url: config.publicUrl, database: database.kind }, 'the hub is ready')

  const stop = async (): Promise<void> => {
    server.close()
    server.closeIdleConnections()
    worker.close()
    for (const fetcher of Object.values(fetchers)) fetcher.close()
    await Promise.race([queue.close(), pause(8_000)])
    server.closeAllConnections()
    await testWorld.stop()
    await database.close()
  }
  return { url: config.publicUrl, stop }
}

const clock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await pause(ms, undefined, { signal })
  },
}

const hostsOf = (world: TestWorld) => async (host: string) => {
  const found = await world.resolveHost(host)
  return found ? [{ ...found, family: found.address.includes(':') ? (6 as const) : (4 as const) }] : []
}

const mailServersOf = (world: TestWorld) => async (domain: string) => {
  const found = await world.resolveMx(domain)
  if (!found) throw new HubError('wrong_mode', `${domain} is not in the sandbox, and mode test asks nobody outside.`, { advice: 'Use the live key for real addresses.' })
  return [...found]
}

const listen = (app: ReturnType<typeof createServer>, { host, port }: Config): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = app.listen(port, host, (error?: Error) => {
      if (!error) return resolve(server)
      const busy = 'code' in error && error.code === 'EADDRINUSE'
      reject(
        busy
          ? new HubError('conflict', `Port ${port} is already in use.`, { advice: 'Stop the other program, or choose another port with --port.', cause: error })
          : new HubError('unavailable', `The hub cannot listen on ${host}:${port}: ${error.message}.`, { advice: 'Choose another address with HUB_HOST or another port with --port.', cause: error }),
      )
    })
  })
