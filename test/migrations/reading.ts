import type { Hub } from '../hub/hub-process.ts'
import type { Fact, ItemResult, StoredLead, StoredRun } from './expected.ts'

type Key = 'test' | 'live'

/** @throws when the answer is not a success */
export const ask = async <Body>(
  hub: Hub,
  method: string,
  path: string,
  body?: unknown,
  key: Key = 'test',
  headers?: Record<string, string>,
): Promise<Body> => {
  const answer = await hub.call<Body>(method, path, { key: hub.keys[key], body, headers })
  if (answer.status >= 300) throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.text}`)
  return answer.body
}

export const get = <Body>(hub: Hub, path: string, key: Key = 'test'): Promise<Body> =>
  ask<Body>(hub, 'GET', path, undefined, key)

export const resultsOf = async (hub: Hub, run: string): Promise<ItemResult[]> => {
  const results: ItemResult[] = []
  for (let cursor: string | undefined = '0'; cursor !== undefined;) {
    const page: { results: ItemResult[]; next?: string } = await get(
      hub,
      `/v1/runs/${run}/results?limit=1000&cursor=${cursor}`,
    )
    results.push(...page.results)
    cursor = page.next
  }
  return results
}

export const leadsOf = async (hub: Hub, key: Key): Promise<StoredLead[]> => {
  const leads: StoredLead[] = []
  for (let cursor = ''; ;) {
    const page: { leads: StoredLead[]; next?: string } = await get(hub, `/v1/leads?limit=500${cursor}`, key)
    leads.push(...page.leads)
    if (page.next === undefined) return leads
    cursor = `&cursor=${page.next}`
  }
}

export const factsOf = async (hub: Hub, lead: string): Promise<Fact[]> =>
  (await get<{ facts: Fact[] }>(hub, `/v1/leads/${lead}/facts`)).facts

/** The run once it is under way no more. */
export const settled = async (hub: Hub, run: string): Promise<StoredRun> => {
  for (;;) {
    const found = await get<StoredRun>(hub, `/v1/runs/${run}?wait=20s`)
    if (found.status !== 'queued' && found.status !== 'running') return found
  }
}
