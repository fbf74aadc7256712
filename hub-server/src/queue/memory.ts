import type { Job, Queue } from './queue.ts'

/** The in-process twin of the Redis queue. Takes from each run in turn, so that a long one does not hold up a short one. */
export const createMemoryQueue = (concurrency: number): Queue => {
  const waiting = new Map<string, Job[]>()
  let handler: ((job: Job) => Promise<void>) | undefined
  let closing = false
  const underWay = new Set<Promise<void>>()

  const next = (): Job | undefined => {
    for (const [run, jobs] of waiting) {
      const job = jobs.shift()
      // To the back of the line, so that the other runs come first next time.
      waiting.delete(run)
      if (jobs.length > 0) waiting.set(run, jobs)
      if (job) return job
    }
    return undefined
  }

  const pump = (): void => {
    while (handler && !closing && underWay.size < concurrency) {
      const job = next()
      if (!job) return
      const work = handler(job).finally(() => {
        underWay.delete(work)
        pump()
      })
      underWay.add(work)
    }
  }

  return {
    add: async (jobs) => {
      for (const job of jobs) {
        const line = waiting.get(job.run)
        if (line) line.push(job)
        else waiting.set(job.run, [job])
      }
      pump()
    },
    process: (given) => {
      handler = given
      pump()
    },
    close: async () => {
      closing = true
      await Promise.all(underWay)
    },
  }
}
