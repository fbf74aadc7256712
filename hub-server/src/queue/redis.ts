import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { HubError } from '../contracts/errors.ts'
import { createLocalWake, type Wake } from './wake.ts'

const channel = 'ainow:wake'

/**
 * Makes sure at the start that somebody answers.
 * @throws HubError unavailable
 */
export const checkRedis = async (url: string): Promise<void> => {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 5_000 })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    await redis.ping()
  } catch (cause) {
    throw new HubError('unavailable', 'The Redis at REDIS_URL does not answer.', {
      advice: 'Check that Redis runs and that REDIS_URL names it, then start again.',
      cause,
    })
  } finally {
    redis.disconnect()
  }
}

/** Wakes through Redis, and this process directly: while Redis is away the others look at their next turn. */
export const createRedisWake = (url: string, log: Logger): Wake => {
  const local = createLocalWake()
  const publisher = connect(url, log)
  const subscriber = connect(url, log)
  return {
    send: (run) => {
      local.send(run)
      if (publisher.status === 'ready')
        publisher.publish(channel, run).catch((thrown: unknown) => log.debug({ err: thrown }, 'a wake-up was lost'))
    },
    listen: (heard) => {
      local.listen(heard)
      subscriber.on('message', (_channel: string, run: string) => heard(run))
      subscriber.on(
        'ready',
        () =>
          void subscriber
            .subscribe(channel)
            .catch((thrown: unknown) => log.debug({ err: thrown }, 'not listening to wake-ups')),
      )
    },
    close: async () => {
      publisher.disconnect()
      subscriber.disconnect()
      await local.close()
    },
  }
}

/** Reconnects by itself; says once for each outage that it is away. */
const connect = (url: string, log: Logger): Redis => {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 1,
    retryStrategy: (times) => Math.min(2_000, times * 100),
  })
  let away = false
  redis.on('error', (thrown: Error) => {
    if (!away) log.warn({ reason: thrown.message }, 'Redis is away: work goes on without it')
    away = true
  })
  redis.on('ready', () => (away = false))
  return redis
}
