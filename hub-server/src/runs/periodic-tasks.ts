import type { Logger } from 'pino'

/** Tasks that are done every so often, each not before its last turn has ended. The database may be away meanwhile. */
export const createPeriodicTasks = (log: Pick<Logger, 'debug'>) => {
  const timers: NodeJS.Timeout[] = []
  return {
    /** @param what names the task in the log */
    every: (ms: number, what: string, task: () => Promise<void> | void): void => {
      let busy = false
      const turn = async (): Promise<void> => {
        if (busy) return
        busy = true
        try {
          await task()
        } catch (thrown) {
          log.debug({ err: thrown }, `${what} did not work just now`)
        } finally {
          busy = false
        }
      }
      timers.push(setInterval(() => void turn(), ms).unref())
    },
    end: (): void => {
      for (const timer of timers.splice(0)) clearInterval(timer)
    },
  }
}
