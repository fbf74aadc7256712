import Bull from 'bull'
import { Redis } from 'ioredis'
import { HubError } from '../contracts/errors.ts'
import type { Job, Queue } from './queue.ts'

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
    throw new HubError('unavailable', 'The Redis at REDIS_URL does not answer.', { advice: 'Check that Redis runs and that REDIS_URL names it, then start again.', cause })
  } finally {
    redis.disconnect()
  }
}

/** Jobs through Redis. The prefix keeps clear of n8n's own bull. */
export const createBullQueue = (url: string, concurrency: number): Queue => {
  const make = () => new Redis(url, { maxRetriesPerRequest: null, enableReadyCheck: false })
  const queue = new Bull<Job>('chunks', { prefix: 'ainow', createClient: make })
  // bull names its connection without waiting for the answer: closed at that moment, it leaves a rejection that nobody
  // handles, which ends the process. The name is only for looking at Redis by hand.
  Object.assign(queue, { setWorkerName: () => Promise.resolve() })
  // Redis may be away for a while: ioredis reconnects by itself, and Postgres holds what is to be done.
  queue.on('error', () => undefined)
  let taking: Promise<void> = Promise.resolve()
  return {
    add: async (jobs) => {
      await queue.addBulk(jobs.map((job) => ({ data: job, opts: { jobId: `${job.run}:${job.chunk}`, removeOnComplete: true, removeOnFail: true } })))
    },
    process: (handler) => {
      // Ends when the queue is closed, with ioredis's complaint that its connection was.
      taking = queue.process(concurrency, (job) => handler(job.data)).catch((thrown: unknown) => {
        if (!(thrown instanceof Error && thrown.message === 'Connection is closed.')) throw thrown
      })
    },
    close: async () => {
      await queue.isReady()
      await queue.close()
      await taking
    },
  }
}
