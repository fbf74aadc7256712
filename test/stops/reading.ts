import type { Results } from '../../hub-server/src/api/runs.ts'
import type { Result } from '../../hub-server/src/contracts/result.ts'
import type { Run } from '../../hub-server/src/contracts/run.ts'
import type { Hub } from '../hub/hub-process.ts'
import type { SandboxProcess } from '../hub/sandbox-process.ts'
import type { Service } from './work.ts'

type ItemOutput = Readonly<Record<string, unknown>>
export type ItemResult = Result<ItemOutput>

/** @throws when the answer is not a success */
export const ask = async <Body>(hub: Hub, method: string, path: string, body?: unknown): Promise<Body> => {
  const answer = await hub.call<Body>(method, path, { key: hub.keys.test, body })
  if (answer.status >= 300) throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.text}`)
  return answer.body
}

export const runsOf = async (hub: Hub): Promise<Run[]> =>
  (await ask<{ runs: Run[] }>(hub, 'GET', '/v1/runs?limit=100')).runs

export const isOpen = ({ status }: Run): boolean => status === 'queued' || status === 'running'

/** A run of which no item ends for so long is stuck. */
const stuckMs = 180_000

/** Until the run is over. @throws when it stands still */
export const settled = async (hub: Hub, id: string): Promise<Run> => {
  let pending = -1
  let since = performance.now()
  for (;;) {
    const run = await ask<Run>(hub, 'GET', `/v1/runs/${id}?wait=5s`)
    if (!isOpen(run)) return run
    if (run.items.pending !== pending) since = performance.now()
    pending = run.items.pending
    if (performance.now() - since > stuckMs) throw new Error(`the run stands still: ${JSON.stringify(run)}`)
  }
}

export const resultsOf = async (hub: Hub, id: string): Promise<ItemResult[]> => {
  const results: ItemResult[] = []
  for (let cursor: string | undefined = '0'; cursor !== undefined;) {
    const page: Results<ItemOutput> = await ask(hub, 'GET', `/v1/runs/${id}/results?limit=1000&cursor=${cursor}`)
    results.push(...page.results)
    cursor = page.next
  }
  return results
}

type Counts = Record<string, Record<string, Record<string, Record<Service['counted'], number>>> | undefined>

/** What the service counted, for all keys. */
export const countOf = async ({ control }: SandboxProcess, { connector, counted }: Service): Promise<number> => {
  const counts = (await control('GET', 'counts')) as Counts
  const routes = Object.values(counts[connector] ?? {}).flatMap((of) => Object.values(of))
  return routes.reduce((sum, count) => sum + count[counted], 0)
}

/** What lies at a service, as text: one entry for each record. */
export const recordsOf = async (
  { control }: SandboxProcess,
  connector: string,
  object: string,
): Promise<Record<string, unknown>[]> => {
  const query = new URLSearchParams({ object, limit: '20000' })
  const { records } = (await control('GET', `records/${connector}?${query}`)) as {
    records: { fields: Record<string, unknown> }[]
  }
  return records.map(({ fields }) => fields)
}
