import { Readable } from 'node:stream'
import type { AxiosInstance } from 'axios'
import type { Run } from '../../hub-server/src/contracts/run.ts'

export const options = { depth: 'services', providers: ['zerobounce'] }

/** A file of one column, made while it is sent. */
export const csvOf = (takeMails: (count: number) => string[], rows: number): Readable =>
  Readable.from(
    (function* () {
      yield 'email\n'
      for (let left = rows; left > 0; left -= 1000) yield `${takeMails(Math.min(1000, left)).join('\n')}\n`
    })(),
  )

/** Waits for the end of a run and tells of each progress. */
export const whenDone = async (
  client: AxiosInstance,
  id: string,
  tell: (seen: number) => void = () => undefined,
): Promise<Run> => {
  for (let seen = 0; ;) {
    const { data: run } = await client.get<Run>(`/v1/runs/${id}`, { params: { wait: '30s', seen } })
    const { done, skipped, failed, uncertain } = run.items
    const now = done + skipped + failed + uncertain
    if (now !== seen) tell(now)
    seen = now
    if (run.status === 'done') return run
    if (run.status !== 'queued' && run.status !== 'running')
      throw new Error(`the run is ${run.status}: ${run.error?.message}`)
  }
}

/** Reads all results as JSON lines. @returns how many there are */
export const readAll = async (client: AxiosInstance, id: string): Promise<number> => {
  const { data } = await client.get<Readable>(`/v1/runs/${id}/results.jsonl`, { responseType: 'stream' })
  let lines = 0
  for await (const piece of data) for (const byte of piece) if (byte === 10) lines++
  return lines
}
