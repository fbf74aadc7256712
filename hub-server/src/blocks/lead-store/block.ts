import { HubError } from '../../contracts/errors.ts'
import type { Lead } from '../../contracts/lead.ts'
import type { Result } from '../../contracts/result.ts'
import type { LeadStore } from '../../leads/store.ts'
import type { Block, BlockItem } from '../block.ts'
import { contract } from './contract.ts'

type Item = Parameters<(typeof block)['run']>[0][number]['value']
type Options = Parameters<(typeof block)['run']>[1]

export const block: Block<typeof contract> = {
  contract,
  chunk: 200,
  run: async (items, options, { leads }) => {
    if (options.operation === 'upsert') return upsert(items, options, leads)
    const operation = operations[options.operation]
    const results: Result[] = []
    for (const { index, value } of items) {
      try {
        results.push({ item: index, status: 'done', ...(await operation(leads, value, options)) })
      } catch (thrown) {
        if (!(thrown instanceof HubError)) throw thrown
        results.push(failed(index, thrown))
      }
    }
    return results
  },
}

/** How sure one is of what a person's own list says. */
const confidence = 0.9

/** All in few statements; one that cannot be stored fails alone. */
const upsert = async (items: readonly BlockItem<Item>[], { source }: Options, leads: LeadStore): Promise<Result[]> => {
  const named = await leads.getAll(items.flatMap(({ value }) => value.leadId ?? []))
  const isGone = ({ leadId }: Item): boolean => leadId !== undefined && leadId !== '' && !named.has(leadId)
  const good = items.filter(({ value }) => !isGone(value))
  const stored = await leads.upsertEach(
    good.map(({ value }) => value),
    { source, confidence },
  )
  const shown = await leads.getAll(stored.flatMap((one) => (one instanceof HubError ? [] : [one.id])))
  const outcomes = new Map(good.map(({ index }, at) => [index, stored[at]]))
  return items.map(({ index, value }): Result => {
    const outcome = outcomes.get(index)
    if (outcome === undefined)
      return failed(
        index,
        new HubError('not_found', `There is no lead ${value.leadId}.`, {
          advice: 'Leave “Lead ID” out to store a new one, or search for it by e-mail or name.',
        }),
      )
    if (outcome instanceof HubError) return failed(index, outcome)
    const lead = shown.get(outcome.id)
    return lead
      ? { item: index, status: 'done', ...output(value, lead, outcome.outcome) }
      : failed(
          index,
          new HubError('conflict', 'The lead was deleted while it was stored.', { advice: 'Store it again.' }),
        )
  })
}

const failed = (item: number, error: HubError): Result => ({
  item,
  status: 'failed',
  outputs: [],
  error: error.toValue(),
})

type Found = Pick<Result, 'outputs' | 'reason'>

const output = (item: Item, lead: Lead, outcome: string): Found => ({ outputs: [{ ...item, lead, outcome }] })

const operations: Record<
  'get' | 'search' | 'merge',
  (leads: LeadStore, item: Item, options: Options) => Promise<Found>
> = {
  get: async (leads, item) => {
    const lead = item.leadId ? await leads.get(item.leadId) : await leads.find(item)
    return lead
      ? output(item, lead, 'found')
      : { outputs: [], reason: 'No stored lead has this e-mail or LinkedIn address.' }
  },
  search: async (leads, item, { limit }) => {
    const found = await leads.search(item.searchFor ?? item.email ?? '', limit)
    return found.length > 0
      ? { outputs: found.map((lead) => ({ ...item, lead, outcome: 'found' })) }
      : { outputs: [], reason: 'No stored lead matches.' }
  },
  merge: async (leads, item) => {
    if (!item.leadId || !item.mergeInto)
      throw new HubError('invalid_input', 'To merge, two leads must be named.', {
        advice: 'Give “Lead ID” and “Merge Into”.',
      })
    return output(item, await leads.merge(item.leadId, item.mergeInto), 'merged')
  },
}
