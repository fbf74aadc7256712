import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pino, type Logger } from 'pino'
import { createAccess } from './access/access.ts'
import { derivedKeys } from './access/derived-keys.ts'
import { firstStart } from './access/first-start.ts'
import { createOidc } from './access/oidc/oidc.ts'
import { createOauthGrants } from './access/oauth-server/grants.ts'
import { createOauthServer } from './access/oauth-server/oauth-server.ts'
import { createOauthRecords } from './access/oauth-server/records.ts'
import { createPeople } from './access/people.ts'
import { createLocalCounts } from './access/request-limits/gcra.ts'
import { createApps } from './accounts/apps.ts'
import { createConnections } from './accounts/connections.ts'
import { createConsent } from './accounts/consent.ts'
import { createConsents } from './accounts/consents.ts'
import { createKeyTest } from './accounts/key-test.ts'
import { createSealer, keysFromFile } from './accounts/sealing.ts'
import { createTokens } from './accounts/tokens.ts'
import { callbackPath } from './api/consent.ts'
import { consolePage } from './api/console.ts'
import { outsidePath } from './api/oidc.ts'
import { routesOf } from './api/routes.ts'
import { createAudited } from './api/audited.ts'
import { listen, localAddress } from './api/listen.ts'
import { createServer } from './api/server.ts'
import { cookieFor } from './api/session.ts'
import { capabilityBlocks } from './blocks/capability.ts'
import { loadBlocks } from './blocks/registry.ts'
import { mailServersByDns } from './blocks/verify-email/checks/mailServersByDns.ts'
import { createSuppression } from './compliance/suppression.ts'
import type { Config } from './config.ts'
import { openCatalogue } from './connectors/index.ts'
import { HubError } from './contracts/errors.ts'
import { backup } from './db/backup.ts'
import { openDatabase } from './db/database.ts'
import { newId } from './db/id.ts'
import { createEgress } from './egress/egress.ts'
import { resolveHostBySystem } from './egress/resolve-host.ts'
import { createEvents } from './events/events.ts'
import { createPublisher } from './events/publisher.ts'
import { galleryRouter } from './gallery/index.ts'
import { createAnswerCache } from './gateway/answer-cache.ts'
import { createGateway } from './gateway/asking/gateway.ts'
import type { AskParts } from './gateway/asking/question.ts'
import { createSingleFlight } from './gateway/asking/single-flight.ts'
import { createCallbacks } from './gateway/callbacks.ts'
import { createJobs } from './gateway/jobs.ts'
import { createLedger } from './gateway/ledger.ts'
import { createRateLimiter, type Clock } from './gateway/rate-limiter.ts'
import { monotonic } from './gateway/monotonic-clock.ts'
import { createProviders } from './gateway/providers.ts'
import { createRunAnswers } from './gateway/run-answers.ts'
import { createSend } from './gateway/send.ts'
import { createSendings } from './gateway/sendings.ts'
import { openCluster } from './gateway/cluster.ts'
import { createSemaphores } from './gateway/semaphores.ts'
import { createVendorAuth } from './gateway/vendor-auth.ts'
import { createViewRefresh } from './leads/refresh-views.ts'
import { openLeads } from './leads/store.ts'
import { readViewRules, writeViewRules } from './leads/view-rules.ts'
import { createLocalWake } from './queue/wake.ts'
import { readReport } from './reporting/report.ts'
import { createContexts } from './runs/context.ts'
import { createEstimate } from './runs/estimate.ts'
import { readListed } from './runs/items.ts'
import { createLists } from './runs/lists.ts'
import { createMaintenance } from './runs/maintenance.ts'
import { createPipelines } from './runs/pipelines.ts'
import { checkProvidersIn } from './runs/providers.ts'
import { createRuns } from './runs/runs.ts'
import { createRunNotifier } from './runs/run-notifier.ts'
import { createWorker } from './runs/worker.ts'
import { startWatchdog, takeEnded } from './watchdog/watchdog.ts'
import { createFetcher } from './web/fetcher.ts'
import { hostsOf, mailServersOf, sandboxOnly, type TestWorld } from './test-world.ts'

export interface HubParts {
  readonly version: string
  readonly folders: {
    readonly connectors: string
    readonly console: string
    readonly templates: string
    readonly icons: string
  }
  readonly testWorld: TestWorld
  /** Whether the process is the hub's alone: its event loop is watched, and it is ended when that stands still. */
  readonly isWatched?: boolean
  /** Never ask in batches: for measuring what a call costs. */
  readonly single?: boolean
  /** For tests that step it. */
  readonly clock?: Clock
}

export interface Hub {
  readonly url: string
  readonly stop: () => Promise<void>
}

/** Chunks worked on at once by one process. */
const concurrency = 8

/**
 * Puts the hub together and starts it.
 * @throws HubError with what to do: a port in use, a data folder in use or made by a newer version
 */
export const startHub = async (
  config: Config,
  { version, folders, testWorld, isWatched = false, single, clock: given = systemClock }: HubParts,
): Promise<Hub> => {
  const clock = monotonic(given)
  const log = pino(
    {
      level: config.logLevel,
      redact: { paths: ['*.authorization', '*.apiKey', 'headers.authorization'], censor: '…' },
    },
    pino.destination({ sync: false }),
  )
  const catalogue = await openCatalogue({ builtIn: folders.connectors, own: config.connectorsDirs }, (problems) => {
    for (const problem of problems) log.warn(problem, 'a connector, or a file of it, was left out')
  })
  const { connectors } = catalogue
  // Loaded where there is a Redis: bull is heavy.
  const redis = config.redisUrl ? await import('./queue/redis.ts') : undefined
  if (redis && config.redisUrl) await redis.checkRedis(config.redisUrl)
  const database = await openDatabase({ url: config.databaseUrl, folder: config.data, leastFree: config.leastFree })
  const { db } = database
  const holder = newId('prc')
  const endings = join(config.data, 'ended')
  const ended = takeEnded(endings)
  for (const one of ended) log.error(one, 'a process of this hub ended by its own fault')
  const watchdog = isWatched
    ? startWatchdog({ folder: endings, holder, tell: (held) => log.warn(held, 'the event loop was held up') })
    : undefined
  await firstStart(db, config.data)
  if (testWorld.forgets)
    await db.deleteFrom('link').where('mode', '=', 'test').where('connection', 'like', 'sandbox-%').execute()

  const sealingKeys =
    config.sealingKeys?.map((key) => Buffer.from(key, 'base64')) ??
    keysFromFile(config.sealingKeyFile ?? join(config.data, 'sealing.key'))
  const sealer = createSealer(sealingKeys)
  const connections = createConnections(db, sealer)
  const providers = createProviders({ connectors, connections, isUsual: ({ folder }) => testWorld.isUsual(folder) })
  const ledger = createLedger(db)
  const egress = {
    live: createEgress({ allow: config.egressAllow, folders: config.filesDirs }),
    // The sandbox stands on loopback, and is all that a test key reaches.
    test: createEgress({ allow: sandboxOnly(testWorld.url), closed: true }),
  }
  const policies = { live: egress.live.policy, test: egress.test.policy }
  const cluster = await openCluster({ database, role: config.role, redisUrl: config.redisUrl, clock, log })
  const send = createSend({
    ledger,
    limiter: createRateLimiter(clock, cluster.rateStore),
    semaphores: createSemaphores(),
    egress,
    clock,
    processes: cluster.processes,
  })
  const shared = {
    answers: createAnswerCache(db),
    ledger,
    runAnswers: createRunAnswers(db),
    tokens: createTokens(connections),
    claims: cluster.claims,
    clock,
    send,
    single,
  }
  const callbacks = createCallbacks({ db, sealer, clock, publicUrl: config.publicUrl })
  const jobParts = { db, clock, log, keepDays: config.jobDays }
  const jobs = { live: createJobs({ ...jobParts, ...(config.isPublic && { callbacks }) }), test: createJobs(jobParts) }
  if (database.kind === 'embedded') await jobs.live.releaseAll()
  const modes: Record<'test' | 'live', AskParts> = {
    live: { ...shared, jobs: jobs.live, singleFlight: createSingleFlight() },
    test: { ...shared, jobs: jobs.test, singleFlight: createSingleFlight(), vendorBase: testWorld.vendorBase },
  }
  const openVendorAuth = createVendorAuth({ connectors, connections, policies, modes })
  const redirectUri = `${config.publicUrl}${callbackPath}`
  const suppression = createSuppression(db)
  const sendings = createSendings(db)
  const gateway = createGateway({ providers, modes, sendings, suppressed: suppression.suppressed })

  const userAgent = `AI-Now-Hub/${version} (+${config.publicUrl})`
  const fetchers = {
    live: createFetcher({
      mode: 'live',
      resolveHost: resolveHostBySystem,
      userAgent,
      policy: policies.live,
      proxies: config.scrapeProxies,
    }),
    test: createFetcher({ mode: 'test', resolveHost: hostsOf(testWorld), userAgent, policy: policies.test }),
  }
  const outside = {
    live: { fetchPage: fetchers.live.fetchPage, resolveMx: mailServersByDns() },
    test: { fetchPage: fetchers.test.fetchPage, resolveMx: mailServersOf(testWorld) },
  }

  const own = await loadBlocks()
  const capabilities = capabilityBlocks()
  const blocks = new Map([...own, ...capabilities])
  const notifier = createRunNotifier()
  const wake = redis && config.redisUrl ? redis.createRedisWake(config.redisUrl, log) : createLocalWake()
  const worker = createWorker({
    db,
    blocks,
    openContext: createContexts(db, gateway, outside),
    notifier,
    wake,
    log,
    holder,
    ended: ended.map((one) => one.holder),
    concurrency,
    onlyProcess: database.kind === 'embedded',
    hasSpace: () => database.disk.low() === undefined,
  })
  const runs = createRuns({
    db,
    wake,
    worker,
    notifier,
    sendings,
    blocks,
    checkProviders: checkProvidersIn(providers),
  })
  const lists = createLists(db)
  const publisher = createPublisher({ database, log })
  const maintenance = createMaintenance({
    db,
    log,
    keepRunDays: config.runDays,
    keepEventDays: config.eventDays,
    keepLedgerDays: config.ledgerDays,
  })

  const ownerKey = randomBytes(32).toString('base64url')
  const cookie = cookieFor(config.publicUrl)
  const counts = redis && config.redisUrl ? await openRedisCounts(config.redisUrl, cluster.processes, log) : undefined
  const oauthRecords = createOauthRecords(db, sealer)
  const grants = createOauthGrants(oauthRecords, createPeople(db))
  const access = createAccess({
    db,
    log,
    sealingKeys,
    publicUrl: config.publicUrl,
    cookieName: cookie.name,
    counts: counts ?? createLocalCounts(cluster.processes),
    limits: config.requests,
    mail: config.mail,
    ownerKey,
    readToken: grants.read,
  })
  await access.audit.takeUp(database.kind === 'embedded')
  const oidc =
    config.oidc && createOidc({ ...access, settings: config.oidc, publicUrl: config.publicUrl, db, sealer, log })
  const viewRefresh = createViewRefresh({ db, log })
  const routes = routesOf({
    ...access,
    grants,
    cookie,
    hasMail: config.mail !== undefined,
    ...(config.oidc && oidc && { oidc, outside: { name: config.oidc.name, path: outsidePath } }),
    signOutElsewhere: async (session) => oidc?.signOutUrl(session),
    publicUrl: config.publicUrl,
    changed: access.gate.forget,
    db,
    ownerKey,
    backup: (order) => backup(db, { ...order, data: config.data }),
    version,
    blocks,
    doors: { block: own, capability: capabilities },
    runs,
    lists,
    pipelines: createPipelines(db),
    estimate: createEstimate({
      db,
      providers,
      answers: shared.answers,
      blocks,
      log,
      leads: (scope) => openLeads(db, scope),
    }),
    readList: (list, limit) => readListed(db, list, limit),
    report: (scope, by, within) => readReport(db, scope, by, within),
    events: createEvents(db),
    suppression,
    viewRules: {
      read: (scope) => readViewRules(db, scope),
      write: async (scope, rules) => {
        const written = await writeViewRules(db, scope, rules)
        viewRefresh.look()
        return written
      },
    },
    connections,
    connectors,
    connectorProblems: catalogue.problems,
    openLeads: (scope) => openLeads(db, scope),
    apps: createApps(db, sealer),
    redirectUri,
    testConnection: createKeyTest({ connections, openVendorAuth }),
    expectsCallback: callbacks.expects,
    takeCallback: callbacks.take,
    consent: createConsent({ connections, consents: createConsents(db, sealer), openVendorAuth, redirectUri }),
    companies: testWorld.companies,
  })
  const oauth = createOauthServer({
    ...access,
    records: oauthRecords,
    grants,
    log,
    publicUrl: config.publicUrl,
    cookieKeys: derivedKeys(sealingKeys, 'oauth cookies'),
  })
  const pages = [
    oauth.pages,
    galleryRouter({ templatesDir: folders.templates, nodeIconsDir: folders.icons, origin: config.n8nUrl }),
    consolePage(folders.console),
  ]
  const { names, publicUrl, trustedProxies } = config
  const app = createServer({
    gate: access.gate,
    limits: access.limits,
    audited: createAudited(access.audit),
    disk: database.disk,
    log,
    routes,
    programs: oauth.programs,
    pages,
    version,
    names,
    publicUrl,
    trustedProxies,
  })
  const server = await listen(app, config).catch(async (thrown: unknown) => {
    await watchdog?.stop()
    await catalogue.close()
    await cluster.close()
    await database.close()
    throw thrown
  })
  // Only with the port taken: a hub that cannot start begins no work.
  database.lock?.announce({ address: localAddress(server), ownerKey })
  await maintenance.start()
  publisher.start()
  viewRefresh.start()
  if (config.role !== 'api') await worker.start()
  log.info({ url: config.publicUrl, database: database.kind }, 'the hub is ready')

  const stop = async (): Promise<void> => {
    await watchdog?.stop()
    server.close()
    server.closeIdleConnections()
    // What is under way still needs the connectors, the websites and the database.
    await worker.close()
    for (const { close } of Object.values(jobs)) close()
    await catalogue.close()
    for (const fetcher of Object.values(fetchers)) fetcher.close()
    maintenance.stop()
    await viewRefresh.stop()
    await publisher.stop()
    await wake.close()
    server.closeAllConnections()
    await access.close()
    await counts?.close()
    await testWorld.stop()
    await cluster.close()
    await database.close()
  }
  return { url: config.publicUrl, stop }
}

export const systemClock: Clock = {
  // Goes on evenly when somebody sets the machine's clock.
  now: () => performance.timeOrigin + performance.now(),
  sleep: async (ms, signal) => {
    await pause(ms, undefined, { signal }).catch((cause: unknown) => {
      throw new HubError('cancelled', 'The run was stopped while it waited.', { cause })
    })
  },
}

/** Loaded where there is a Redis. */
const openRedisCounts = async (url: string, processes: () => number, log: Logger) =>
  (await import('./access/request-limits/redis.ts')).createRedisCounts(url, processes, log)
