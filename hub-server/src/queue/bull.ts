import Bull from 'bull'
import { Redis } from 'ioredis'
import type { Job, Queue } from './queue.ts'

/** Jobs through Redis. The prefix keeps clear of n8n's own bull. */
export const createBullQueue = (url: string, concurrency: number): Queue => {
  const make = () => new Redis(url, { maxRetriesPerRequest: null, enableReadyCheck: false })
  const queue = new Bull<Job>('chunks', { prefix: 'ainow', createClient: make })
  // Redis may be away for a while: ioredis reconnects by itself, and Postgres holds what is to be done.
  queue.on('error', () => undefined)
  return {
    add: async (jobs) => {
      await queue.addBulk(jobs.map((job) => ({ data: job, opts: { jobId: `${job.run}:${job.chunk}`, removeOnComplete: true, removeOnFail: true } })))
    },
    process: (handler) => {
      void queue.process(concurrency, (job) => handler(job.data))
    },
    close: () => queue.close(),
  }
}
