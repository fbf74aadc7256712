import { retryWhileUnavailable } from './unavailable.ts'

/** Rows in one statement. */
const most = 1000

/**
 * Gathers what many callers want written at about the same time into one statement (a group commit):
 * while one write is under way, the next gathers. Each caller's promise ends when its row is committed.
 * @param write gives an outcome for each row, in their order: an Error refuses that row alone. It may be called again
 * for rows that were written, when the database broke off before it answered
 * @param lingerMs how long a first row waits for others to join it: a statement costs more than its rows
 */
export const createBatcher = <Row>(
  write: (rows: Row[]) => Promise<readonly (Error | undefined)[] | void>,
  lingerMs: number,
) => {
  let waiting: { row: Row; resolve: () => void; reject: (cause: unknown) => void }[] = []
  let running = false

  const flush = async (): Promise<void> => {
    running = true
    while (waiting.length > 0) {
      const batch = waiting.slice(0, most)
      waiting = waiting.slice(most)
      try {
        const refusals = await retryWhileUnavailable(() => write(batch.map((each) => each.row)))
        for (const [position, each] of batch.entries()) {
          const refusal = refusals?.[position]
          if (refusal) each.reject(refusal)
          else each.resolve()
        }
      } catch (cause) {
        for (const each of batch) each.reject(cause)
      }
    }
    running = false
  }

  return (row: Row): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ row, resolve, reject })
      if (running) return
      running = true
      setTimeout(() => void flush(), lingerMs)
    })
}
