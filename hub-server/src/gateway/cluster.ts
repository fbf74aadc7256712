import type { Logger } from 'pino'
import type { Database } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { createClaims, type Claims } from './claims.ts'
import { createLocalRateStore } from './rate-store/local.ts'
import type { Clock, RateStore } from './rate-store/rate-store.ts'
import { createSharedRateStore } from './rate-store/shared.ts'
import { createProcessRegistry, type Role } from './process-registry.ts'

/** What this process shares with the others of the same hub. */
export interface Cluster {
  /** How many processes work, this one among them. */
  readonly processes: () => number
  readonly rateStore: RateStore
  /** Absent on the embedded database, which only one process can have. */
  readonly claims?: Claims
  readonly close: () => Promise<void>
}

export interface ClusterParts {
  readonly database: Database
  readonly role: Role
  /** Absent: every process keeps to its share of the limits. */
  readonly redisUrl?: string
  readonly clock: Clock
  readonly log: Logger
}

/** Enters this process among the others, and finds what they share. */
export const openCluster = async ({ database, role, redisUrl, clock, log }: ClusterParts): Promise<Cluster> => {
  const id = newId('process')
  const processes = await createProcessRegistry(database.db, { id, role })
  const local = createLocalRateStore(clock, processes.count)
  const redis = redisUrl ? await openRedis(redisUrl, log) : undefined
  const claims = database.kind === 'postgres' ? createClaims(database.db, id) : undefined
  return {
    processes: processes.count,
    rateStore: redis ? createSharedRateStore(redis, local) : local,
    claims,
    close: async () => {
      redis?.close()
      await processes.stop()
    },
  }
}

/** Loaded where there is a Redis. */
const openRedis = async (url: string, log: Logger) =>
  (await import('./rate-store/redis.ts')).openRedisRateStore(url, log)
