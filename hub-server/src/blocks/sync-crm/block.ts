import { describeFields, upsertRecords } from '../../capabilities/records.ts'
import { HubError } from '../../contracts/errors.ts'
import type { Result } from '../../contracts/result.ts'
import type { Block, BlockContext } from '../block.ts'
import { companiesAt, withoutNotWritten } from './companies.ts'
import { contract } from './contract.ts'
import { inForm, type Described } from './form.ts'
import { except, recordOf, type CrmRecord } from './record.ts'
import { sync } from './sync.ts'
import { namesOf, type Place, type Work } from './work.ts'

type Options = Parameters<(typeof block)['run']>[1]

interface Given {
  readonly index: number
  readonly item: Record<string, unknown>
  readonly record: CrmRecord
}

/** Writes only what differs from the values last agreed with the CRM, and says what the CRM took. */
export const block: Block<typeof contract> = {
  contract,
  chunk: 200,
  run: async (items, options, context) => {
    const [crm] = await context.providers(upsertRecords, [options.crm], options.object)
    if (!crm) return []
    const place: Place = { crm, object: options.object, dryRun: options.dryRun, onlyCreate: false }
    const results: Result[] = []
    const given: Given[] = []
    for (const { index, value } of items) {
      const record = recordOf(value, options.object, options.fields)
      if (typeof record === 'string') results.push({ item: index, status: 'skipped', outputs: [], reason: record })
      else given.push({ index, item: value, record })
    }
    const works = await worksOf(given, options, place, context)
    const isTied = options.object === 'contact' && crm.companyIsRecord && crm.can('upsertRecords.company')
    try {
      await sync(works, place, context, isTied ? companiesAt(place, context) : undefined)
    } catch (thrown) {
      // Stopped while it waited for its turn: what has no outcome yet stays open.
      if (!context.signal.aborted) throw thrown
    }
    return [...results, ...works.map((work, at) => resultOf(work, given[at]?.item ?? {}, options))]
  },
}

const worksOf = async (
  given: readonly Given[],
  options: Options,
  place: Place,
  context: BlockContext,
): Promise<Work[]> => {
  if (given.length === 0) return []
  const subjects = await subjectsOf(given, options, context.leads)
  const described = await describedFields(options, place, context)
  const works = given.map(({ index, record }, at): Work => {
    const subject = subjects[at]
    const names = namesOf(place, record.key, subject)
    return formed({ index, record, notWritten: [], names, ...(subject && { subject }) }, described, place)
  })
  await withoutNotWritten(works, place, context)
  // What is written to a field that the person named need not be said to have none.
  const mapped = new Map(options.fields.map(({ from, to }) => [from, to]))
  for (const work of works)
    work.notWritten = work.notWritten.filter(({ field }) => !((mapped.get(field) ?? '') in work.record.custom))
  return works
}

/** The stored leads or companies that the links hang on. A dry run stores nothing. */
const subjectsOf = async (
  given: readonly Given[],
  options: Options,
  leads: BlockContext['leads'],
): Promise<(string | undefined)[]> => {
  if (options.object === 'company') {
    const companies = await leads.companies(
      given.map(({ record }) => record.key),
      options.dryRun,
    )
    return given.map(({ record }) => companies.get(record.key))
  }
  if (!options.dryRun) {
    const items = given.map(({ item, record }) => ({ ...item, email: record.key }))
    return (await leads.upsertAll(items, { source: 'flow', confidence: 0.8 })).map(({ id }) => id)
  }
  const found: (string | undefined)[] = []
  for (const { record } of given) found.push((await leads.find({ email: record.key }))?.id)
  return found
}

/** The account's fields, where a person named some of them. */
const describedFields = async (
  { fields, object }: Options,
  { crm }: Place,
  { ask }: BlockContext,
): Promise<readonly Described[] | undefined> => {
  if (fields.length === 0 || !crm.can(`describeFields.${object}`)) return undefined
  const [answer] = await ask(describeFields, [{ object }], { providers: [crm.id] })
  if (answer?.error)
    throw new HubError(answer.error.kind, answer.error.message, { advice: answer.error.advice, provider: crm.id })
  return answer && answer.outputs.length > 0 ? answer.outputs : undefined
}

const formed = (work: Work, described: readonly Described[] | undefined, { crm }: Place): Work => {
  const custom: Record<string, unknown> = {}
  const notWritten = [...work.notWritten]
  for (const [name, value] of Object.entries(work.record.custom)) {
    const made = inForm(name, value, described, crm.name)
    if ('reason' in made) notWritten.push({ field: name, reason: made.reason })
    else custom[name] = made.value
  }
  const left = notWritten.map(({ field }) => field)
  return { ...work, record: except({ ...work.record, custom }, left), notWritten }
}

const resultOf = (
  { index, outcome, notWritten, reason }: Work,
  item: Record<string, unknown>,
  { crm: provider }: Options,
): Result => {
  if (!outcome) return { item: index, status: 'pending', outputs: [] }
  if ('refused' in outcome) return { item: index, outputs: [], ...outcome.refused }
  const { did, id, url, written } = outcome
  const crm = { provider, outcome: did, ...(id && { id }), ...(url && { url }), written, notWritten }
  return { item: index, status: 'done', outputs: [{ ...item, crm }], ...(reason !== undefined && { reason }) }
}
