import type { Summary } from '../../hub-server/src/contracts/run.ts'
import type { Lead } from '../n8n/leads.ts'
import type { World } from '../n8n/world.ts'
import { whenDone } from '../runs/run.ts'
import { rounded } from '../shared/figures.ts'
import { timed } from '../shared/processes.ts'
import { resetCounts } from '../shared/vendor-counts.ts'
import { watchCalls, type Service } from './watch-calls.ts'

export interface PipelineRun {
  readonly leads: number
  readonly seconds: number
  readonly services: Readonly<Record<string, Service>>
  /** What became of the leads in the CRM → how many. */
  readonly outcomes: Readonly<Record<string, number>>
}

/** Verify → Enrich → Score → Sync as one saved pipeline. @param more options of the blocks that ask for answers */
export const savePipeline = async ({ hub: { client } }: World, more: object = {}): Promise<string> => {
  const steps = [
    { block: 'verify-email', options: { depth: 'services', providers: ['hunter'], ...more } },
    { block: 'enrich-lead', options: { want: ['title'], providers: ['apollo'], ...more } },
    { block: 'score-lead' },
    { block: 'sync-crm', options: { crm: 'hubspot' } },
  ]
  return (await client.post('/v1/pipelines', { name: 'Verify, enrich, score, sync', steps })).data.id
}

/** @throws Error where a lead did not come to its end */
export const runPipeline = async (world: World, pipeline: string, leads: readonly Lead[]): Promise<PipelineRun> => {
  const { client } = world.hub
  await resetCounts(world.sandbox)
  const stopWatching = watchCalls(world.sandbox)
  let id = ''
  const ms = await timed(async () => {
    id = (await client.post('/v1/runs', { pipeline, items: leads })).data.run.id
    const { items } = await whenDone(client, id)
    if (items.done !== leads.length) throw new Error(`not all leads came to their end: ${JSON.stringify(items)}`)
  })
  const services = Object.fromEntries(await stopWatching())
  const { data: summary } = await client.get<Summary>(`/v1/runs/${id}/summary`)
  const outcomes = Object.fromEntries((summary.counted?.values ?? []).map(({ value, outputs }) => [value, outputs]))
  return { leads: leads.length, seconds: rounded(ms / 1000, 1), services, outcomes }
}
