import type { Logger } from 'pino'
import type { Database } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { createClaims, type Claims } from './claims.ts'
import { createLocalPlaces } from './places/local.ts'
import type { Clock, Places } from './places/places.ts'
import { openRedisPlaces } from './places/redis.ts'
import { createSharedPlaces } from './places/shared.ts'
import { createProcesses, type Role } from './processes.ts'

/** What this process shares with the others of the same hub. */
export interface Sharing {
  /** How many processes work, this one among them. */
  readonly processes: () => number
  readonly places: Places
  /** Absent on the embedded database, which only one process can have. */
  readonly claims?: Claims
  readonly close: () => Promise<void>
}

export interface SharingParts {
  readonly database: Database
  readonly role: Role
  /** Absent: every process keeps to its share of the limits. */
  readonly redisUrl?: string
  readonly clock: Clock
  readonly log: Logger
}

/** Enters this process among the others, and finds what they share. */
export const openSharing = async ({ database, role, redisUrl, clock, log }: SharingParts): Promise<Sharing> => {
  const id = newId('process')
  const processes = await createProcesses(database.db, { id, role })
  const local = createLocalPlaces(clock, processes.count)
  const redis = redisUrl ? await openRedisPlaces(redisUrl, log) : undefined
  const claims = database.kind === 'postgres' ? createClaims(database.db, id) : undefined
  return {
    processes: processes.count,
    places: redis ? createSharedPlaces(redis, local) : local,
    claims,
    close: async () => {
      redis?.close()
      await processes.stop()
    },
  }
}
