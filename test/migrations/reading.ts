import type { Results } from '../../hub-server/src/api/runs.ts'
import type { Fact } from '../../hub-server/src/contracts/facts.ts'
import type { Lead } from '../../hub-server/src/contracts/lead.ts'
import type { Result } from '../../hub-server/src/contracts/result.ts'
import type { Run } from '../../hub-server/src/contracts/run.ts'
import type { Mode } from '../../hub-server/src/contracts/scope.ts'
import type { Hub } from '../hub/hub-process.ts'
import type { ItemOutput } from './expected.ts'

/** @throws when the answer is not a success */
export const ask = async <Body>(
  hub: Hub,
  method: string,
  path: string,
  body?: unknown,
  key: Mode = 'test',
  headers?: Record<string, string>,
): Promise<Body> => {
  const answer = await hub.call<Body>(method, path, { key: hub.keys[key], body, headers })
  if (answer.status >= 300) throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.text}`)
  return answer.body
}

export const get = <Body>(hub: Hub, path: string, key: Mode = 'test'): Promise<Body> =>
  ask<Body>(hub, 'GET', path, undefined, key)

export const resultsOf = async (hub: Hub, run: string): Promise<Result<ItemOutput>[]> => {
  const results: Result<ItemOutput>[] = []
  for (let cursor: string | undefined = '0'; cursor !== undefined;) {
    const page: Results<ItemOutput> = await get(hub, `/v1/runs/${run}/results?limit=1000&cursor=${cursor}`)
    results.push(...page.results)
    cursor = page.next
  }
  return results
}

export const leadsOf = async (hub: Hub, key: Mode): Promise<Lead[]> => {
  const leads: Lead[] = []
  for (let cursor = ''; ;) {
    const page: { leads: Lead[]; next?: string } = await get(hub, `/v1/leads?limit=500${cursor}`, key)
    leads.push(...page.leads)
    if (page.next === undefined) return leads
    cursor = `&cursor=${page.next}`
  }
}

export const factsOf = async (hub: Hub, lead: string): Promise<Fact[]> =>
  (await get<{ facts: Fact[] }>(hub, `/v1/leads/${lead}/facts`)).facts

/** The run once it is under way no more. */
export const settled = async (hub: Hub, run: string): Promise<Run> => {
  for (;;) {
    const found = await get<Run>(hub, `/v1/runs/${run}?wait=20s`)
    if (found.status !== 'queued' && found.status !== 'running') return found
  }
}
