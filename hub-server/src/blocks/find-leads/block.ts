import type { Static, TSchema } from 'typebox'
import type { Capability } from '../../capabilities/capability.ts'
import { searchCompanies } from '../../capabilities/searchCompanies.ts'
import { searchPeople } from '../../capabilities/searchPeople.ts'
import { HubError } from '../../contracts/errors.ts'
import type { Result } from '../../contracts/result.ts'
import type { Asked, Block, BlockContext, BlockItem } from '../block.ts'
import { isRecord } from '../fields.ts'
import { fieldsOf, observe, saidBy } from '../observations.ts'
import { contract } from './contract.ts'
import { companyLead, personLead } from './leads.ts'
import { checkSizes, companySearch, peopleSearch, placeOf, type Options } from './search.ts'

type Fields = Record<string, unknown>
type Items = Parameters<(typeof block)['run']>[0]

/** One search for each item; the services are asked in turn until one finds somebody. */
export const block: Block<typeof contract> = {
  contract,
  check: checkSizes,
  // A search may give ten thousand.
  chunk: 10,
  run: async (items, options, context) =>
    options.kind === 'people'
      ? search(
          items,
          options,
          context,
          searchPeople,
          (item) => peopleSearch(item, options),
          (item, person, foundBy, { domain }) => personLead(item, person, foundBy, domain),
        )
      : search(items, options, context, searchCompanies, (item) => companySearch(item, options), companyLead),
}

/** Asks what `inputOf` says of each item; `leadOf` makes a lead of what was found. */
const search = async <Input extends TSchema, Output extends TSchema>(
  items: Items,
  options: Options,
  { ask }: BlockContext,
  capability: Capability<Input, Output>,
  inputOf: (item: Items[number]['value']) => Static<Input>,
  leadOf: (item: Fields, found: Static<Output>, foundBy: string, input: Static<Input>) => Fields,
): Promise<Result[]> => {
  const results: Result[] = []
  const searches: { item: BlockItem<Fields>; input: Static<Input> }[] = []
  for (const item of items) {
    try {
      searches.push({ item, input: inputOf(item.value) })
    } catch (thrown) {
      if (!(thrown instanceof HubError)) throw thrown
      results.push({ item: item.index, status: 'failed', outputs: [], error: thrown.toValue() })
    }
  }
  if (searches.length === 0) return results
  const { providers, maxAgeDays, maxPrice, raw } = options
  const answers = await ask(
    capability,
    searches.map(({ input }) => input),
    { providers, maxAgeDays, maxPrice, raw, items: searches.map(({ item }) => item.index) },
  )
  for (const [position, { item, input }] of searches.entries()) {
    const answer = answers[position]
    const observed = (found: Static<Output>, by: Asked<unknown>): Fields =>
      observe(leadOf(item.value, found, by.provider ?? '', input), saidBy(by), saidOf(found, options))
    results.push(
      answer
        ? resultOf(item.index, answer, options, input, (found) => observed(found, answer))
        : unanswered(item.index),
    )
  }
  return results
}

const resultOf = <Found>(
  item: number,
  answer: Asked<Found>,
  { kind }: Options,
  input: object,
  leadOf: (found: Found) => Fields,
): Result => {
  const { status, outputs, reason, error, raw } = answer
  if (status !== 'done') return { item, status, outputs: [], ...(reason && { reason }), ...(error && { error }) }
  const nobody =
    kind === 'people'
      ? `Nobody who fits was found${placeOf(input)}.`
      : `No company that fits was found${placeOf(input)}.`
  const why = outputs.length === 0 ? nobody : reason
  return { item, status, outputs: outputs.map(leadOf), ...(why && { reason: why }), ...(raw !== undefined && { raw }) }
}

/** What an answer says, by the names that observations have: a company's fields are company.<field>. */
const saidOf = (found: unknown, { kind }: Options): Fields => {
  if (kind === 'companies') return fieldsOf({ company: found })
  return fieldsOf(isRecord(found) ? found : {})
}

const unanswered = (item: number): Result => ({
  item,
  status: 'failed',
  outputs: [],
  error: new HubError('bad_response', 'The service did not answer this search.', { advice: 'Try again.' }).toValue(),
})
