import { setTimeout as pause } from 'node:timers/promises'
import Bull from 'bull'
import { Redis, type RedisOptions } from 'ioredis'
import type { Logger } from 'pino'
import { HubError } from '../contracts/errors.ts'
import { createLocalWake, type Wake } from './wake.ts'

/** n8n's own queue has bull's usual prefix. */
const prefix = 'ainow'
/** How soon a process that lost Redis tries to take jobs again. */
const retryMs = 1_000
/** So long a Redis that does not answer may hold up the end of the process. */
const closingMs = 1_000

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

interface Job {
  readonly run: string
}

/**
 * Wakes through bull, and this process directly. A job says that a run has work, and nothing else: it is one for each
 * run however often it is sent, has one attempt, and whoever takes it claims its work in Postgres. While Redis is away,
 * or has forgotten all, processes look at their next turn.
 */
export const createRedisWake = (url: string, log: Logger): Wake => {
  const local = createLocalWake()
  const clients: Redis[] = []
  const connect = (options: RedisOptions): Redis => {
    const client = connected(url, log, options)
    clients.push(client)
    return client
  }
  const queue = new Bull<Job>('wake', {
    prefix,
    // bull wants its blocking and its listening connection without a limit of tries and without a ready check.
    createClient: (type) =>
      type === 'client' ? connect(sender) : connect({ maxRetriesPerRequest: null, enableReadyCheck: false }),
    defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
    settings: { retryProcessDelay: retryMs },
  })
  // bull gives its connection a name and catches nothing where that fails, as when it is closed again at once:
  // https://github.com/OptimalBits/bull/blob/develop/lib/queue.js (setHandler)
  Object.assign(queue, { setWorkerName: () => Promise.resolve() })
  queue.on('error', (thrown: unknown) => log.debug({ err: thrown }, 'wake-ups do not come through Redis just now'))
  return {
    send: (run) => {
      local.send(run)
      if (queue.client.status === 'ready')
        queue.add({ run }, { jobId: run }).catch((thrown: unknown) => log.debug({ err: thrown }, 'a wake-up was lost'))
    },
    listen: (heard) => {
      local.listen(heard)
      queue
        .process(({ data }) => {
          heard(data.run)
          return Promise.resolve()
        })
        .catch((thrown: unknown) => log.debug({ err: thrown }, 'no longer listening to wake-ups'))
    },
    close: async () => {
      const closed = queue.close(true).catch((thrown: unknown) => log.debug({ err: thrown }, 'bull did not close'))
      await Promise.race([closed, pause(closingMs, undefined, { ref: false })])
      for (const client of clients) client.disconnect()
      await local.close()
    },
  }
}

/** What cannot be sent at once is not sent later: nobody waits for it. */
const sender: RedisOptions = { enableOfflineQueue: true, maxRetriesPerRequest: 1 }

/** Reconnects by itself; says once for each outage that it is away. */
const connected = (url: string, log: Logger, options: RedisOptions): Redis => {
  const redis = new Redis(url, { retryStrategy: (times) => Math.min(2_000, times * 100), ...options })
  let away = false
  redis.on('error', (thrown: Error) => {
    if (!away) log.warn({ reason: thrown.message }, 'Redis is away: work goes on without it')
    away = true
  })
  redis.on('ready', () => (away = false))
  return redis
}
