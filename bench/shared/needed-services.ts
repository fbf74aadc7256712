import { startServices } from '../../hub-server/src/db/testing/services.ts'

export interface NeededServices {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly stop: () => Promise<void>
}

/** A PostgreSQL and a Redis of the benchmark's own: Debian's settings but for max_connections, fsync on. */
export const neededServices = async (): Promise<NeededServices> => {
  const { databaseUrl, redisUrl, stop } = await startServices()
  if (databaseUrl && redisUrl) return { databaseUrl, redisUrl, stop }
  await stop()
  throw new Error('This benchmark needs PostgreSQL and Redis: apt-get install postgresql redis-server.')
}
