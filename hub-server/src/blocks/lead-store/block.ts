import { asHubError, HubError } from '../../contracts/errors.ts'
import type { Lead } from '../../contracts/lead.ts'
import type { Result } from '../../contracts/result.ts'
import type { LeadStore } from '../../leads/store.ts'
import type { Block } from '../block.ts'
import { contract } from './contract.ts'

type Item = Parameters<(typeof block)['run']>[0][number]['value']
type Options = Parameters<(typeof block)['run']>[1]

export const block: Block<typeof contract> = {
  contract,
  chunk: 200,
  run: async (items, options, { leads }) => {
    const results: Result[] = []
    // One after the other: the same person may stand in the list twice.
    for (const { index, value } of items) {
      try {
        results.push({ item: index, status: 'done', ...(await operations[options.operation](leads, value, options)) })
      } catch (thrown) {
        if (!(thrown instanceof HubError)) throw thrown
        results.push({ item: index, status: 'failed', outputs: [], error: asHubError(thrown).toValue() })
      }
    }
    return results
  },
}

type Found = Pick<Result, 'outputs' | 'reason'>

const output = (item: Item, lead: Lead, outcome: string): Found => ({ outputs: [{ ...item, lead, outcome }] })

const operations: Record<'upsert' | 'get' | 'search' | 'merge', (leads: LeadStore, item: Item, options: Options) => Promise<Found>> = {
  upsert: async (leads, item, { source }) => {
    const known = item.leadId ? await leads.get(item.leadId) : undefined
    const { lead, outcome } = await leads.upsert({ email: known?.email, linkedin: known?.linkedin, ...item }, { source, confidence: 0.9 })
    return output(item, lead, outcome)
  },
  get: async (leads, item) => {
    const lead = item.leadId ? await leads.get(item.leadId) : await leads.find(item)
    return lead ? output(item, lead, 'found') : { outputs: [], reason: 'No stored lead has this e-mail or LinkedIn address.' }
  },
  search: async (leads, item, { limit }) => {
    const found = await leads.search(item.searchFor ?? item.email ?? '', limit)
    return found.length > 0 ? { outputs: found.map((lead) => ({ ...item, lead, outcome: 'found' })) } : { outputs: [], reason: 'No stored lead matches.' }
  },
  merge: async (leads, item) => {
    if (!item.leadId || !item.mergeInto)
      throw new HubError('invalid_input', 'To merge, two leads must be named.', { advice: 'Give “Lead ID” and “Merge Into”.' })
    return output(item, await leads.merge(item.leadId, item.mergeInto), 'merged')
  },
}
