import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import { pino } from 'pino'
import { createConnections } from '../../accounts/connections.ts'
import { createSealer, type Sealer } from '../../accounts/sealing.ts'
import type { Connector } from '../../connectors/index.ts'
import type { Tables } from '../../db/tables.ts'
import { loopbackEgress } from '../../egress/testing/loopback-egress.ts'
import { createTokens } from '../../accounts/tokens.ts'
import { createAnswerCache } from '../answer-cache.ts'
import type { ProviderAnswer } from '../asking/question.ts'
import type { Callbacks } from '../callbacks.ts'
import type { Claims } from '../claims.ts'
import { createGateway, type GatewayParts } from '../asking/gateway.ts'
import { createJobs } from '../jobs.ts'
import { createLedger } from '../ledger.ts'
import { createRateLimiter, type Clock } from '../rate-limiter.ts'
import { createProviders } from '../providers.ts'
import { createRunAnswers } from '../run-answers.ts'
import { createSend } from '../send.ts'
import { createSendings } from '../sendings.ts'
import { createSingleFlight } from '../asking/single-flight.ts'
import { createSemaphores } from '../semaphores.ts'

export interface TestedGateway {
  readonly connectors: ReadonlyMap<string, Connector>
  readonly clock: Clock
  /** Where each vendor is played. */
  readonly vendorBase: (connector: string, server: string) => string
  /** Default: nobody is. */
  readonly suppressed?: GatewayParts['suppressed']
  readonly claims?: Claims
  /** Default: its own, so that nobody else can open its accounts. */
  readonly sealer?: Sealer
  /** Default: nobody can call the hub. */
  readonly callbacks?: Callbacks
}

/** The whole gateway on a database, in a process of its own as it were, with accounts that nobody else has. */
export const gatewayOn = (
  db: Kysely<Tables>,
  {
    connectors,
    clock,
    vendorBase,
    suppressed = async (_scope, people) => people.map(() => false),
    claims,
    callbacks,
    sealer = createSealer([randomBytes(32)]),
  }: TestedGateway,
) => {
  const connections = createConnections(db, sealer)
  const ledger = createLedger(db)
  const send = createSend({
    ledger,
    limiter: createRateLimiter(clock),
    semaphores: createSemaphores(),
    egress: { test: loopbackEgress(), live: loopbackEgress() },
    clock,
    processes: () => 1,
  })
  const jobs = createJobs({ db, clock, log: pino({ level: 'silent' }), keepDays: 7, ...(callbacks && { callbacks }) })
  const parts = {
    answers: createAnswerCache(db),
    ledger,
    jobs,
    runAnswers: createRunAnswers(db),
    ...(claims && { claims }),
    tokens: createTokens(connections),
    singleFlight: createSingleFlight<ProviderAnswer>(),
    clock,
    send,
    vendorBase,
  }
  const gateway = createGateway({
    providers: createProviders({ connectors: () => connectors, connections }),
    modes: { test: parts, live: parts },
    sendings: createSendings(db),
    suppressed,
  })
  return { gateway, connections, jobs }
}
