import type { Capability } from '../../capabilities/capability.ts'
import { enrichCompany } from '../../capabilities/enrichCompany.ts'
import { enrichPerson } from '../../capabilities/enrichPerson.ts'
import { findEmail } from '../../capabilities/findEmail.ts'
import { HubError, type ErrorValue } from '../../contracts/errors.ts'
import type { Asked, Block, BlockContext } from '../block.ts'
import { isRecord, textOf, valueAt } from '../fields.ts'
import { contract } from './contract.ts'
import { begin, domainOf, personKeys, take, type Enriched } from './merge.ts'

type Options = Parameters<(typeof block)['run']>[1]

interface Work {
  readonly index: number
  readonly item: Record<string, unknown>
  state: Enriched
  asked: number
  answered: boolean
  error?: ErrorValue
  /** No credits, no budget or a refused key kept a service from being asked. */
  stuck?: ErrorValue
  readonly raw: Record<string, unknown>
}

/** Providers one after the other: each is asked only for the leads that still miss something it may know. */
export const block: Block<typeof contract> = {
  contract,
  chunk: 200,
  run: async (items, options, context) => {
    const works: Work[] = items.map(({ index, value }) => ({ index, item: value, state: begin(value, options.want, options.overwrite), asked: 0, answered: false, raw: {} }))
    await waterfall(works, enrichPerson, options, context, ofPerson)
    await waterfall(works, findEmail, options, context, ofAddress)
    await waterfall(works, enrichCompany, options, context, ofCompany)
    return works.map((work) => {
      const { lead, enrichedBy, missing } = work.state
      const found = Object.keys(enrichedBy).length > 0
      // Somebody else may have known it; a budget that is used up would have asked on.
      if (missing.length > 0 && work.stuck && (!work.answered || work.stuck.kind === 'over_budget')) return { item: work.index, status: 'failed', outputs: [], error: work.stuck }
      const reason = missing.length === 0 ? undefined : work.asked === 0 && !work.error ? 'Too little is known about this lead to ask anybody: give an e-mail, a LinkedIn address, or a name with a website.' : `Nobody knew: ${missing.join(', ')}.`
      if (!found && missing.length > 0 && work.error) return { item: work.index, status: 'failed', outputs: [], error: work.error }
      return {
        item: work.index,
        status: 'done',
        outputs: [{ ...lead, enrichedBy, missing }],
        ...(reason && { reason }),
        ...(options.raw && { raw: work.raw }),
      }
    })
  },
}

/** How one capability is asked about a lead, and what its answer means for it. */
interface Step {
  readonly isWanted: (missing: readonly string[]) => boolean
  readonly input: (lead: Record<string, unknown>) => Record<string, unknown> | undefined
  readonly read: (output: Record<string, unknown>) => Record<string, unknown>
  readonly names: (options: Options) => readonly string[]
}

const ofPerson: Step = {
  isWanted: (missing) => missing.length > 0,
  input: (lead) => {
    const keys = personKeys(lead)
    return keys.ids || keys.email || keys.linkedin || keys.phone || ((keys.fullName || keys.lastName) && (keys.domain || keys.company)) ? keys : undefined
  },
  read: (output) => output,
  names: ({ providers }) => providers,
}

const ofAddress: Step = {
  isWanted: (missing) => missing.includes('email'),
  input: (lead) => {
    const { email: _email, phone: _phone, ids: _ids, ...keys } = personKeys(lead)
    return (keys.fullName || keys.lastName) && (keys.domain || keys.company) ? keys : undefined
  },
  read: ({ email, confidence, person }) => ({ ...(isRecord(person) && person), email, confidence }),
  names: () => [],
}

const ofCompany: Step = {
  isWanted: (missing) => missing.some((field) => field.startsWith('company.')),
  input: (lead) => {
    const domain = domainOf(lead)
    const name = textOf(lead.company) ?? textOf(valueAt(lead, 'company.name'))
    const ids = valueAt(lead, 'company.ids')
    return domain || name || ids ? { ...(isRecord(ids) && { ids }), ...(domain ? { domain } : name && { name }) } : undefined
  },
  read: ({ confidence, ...company }) => ({ company, confidence }),
  names: () => [],
}

/** Where a vendor does not say how sure it is. */
const usualConfidence = 0.8

const waterfall = async (works: Work[], capability: Capability, options: Options, context: BlockContext, step: Step): Promise<void> => {
  const open = () =>
    works.flatMap((work) => {
      const input = step.isWanted(work.state.missing) ? step.input(work.state.lead) : undefined
      return input ? [{ work, input }] : []
    })
  if (open().length === 0) return
  for (const provider of await providersFor(works, capability, step.names(options), context)) {
    const asking = open()
    if (asking.length === 0 || context.signal.aborted) return
    const answers = await context.ask(
      capability,
      asking.map(({ input }) => input),
      { providers: [provider], maxAgeDays: options.maxAgeDays, maxPrice: options.maxPrice, raw: options.raw, items: asking.map(({ work }) => work.index) },
    )
    answers.forEach((answer, position) => {
      const work = asking[position]?.work
      if (work) apply(work, answer, provider, options.confidence, step)
    })
  }
}

const providersFor = async (works: Work[], capability: Capability, names: readonly string[], context: BlockContext): Promise<string[]> => {
  try {
    return (await context.providers(capability, names)).map(({ id }) => id)
  } catch (thrown) {
    if (!(thrown instanceof HubError) || thrown.kind !== 'not_connected') throw thrown
    for (const work of works) if (work.state.missing.length > 0) work.error ??= thrown.toValue()
    return []
  }
}

const apply = (work: Work, answer: Asked<unknown>, provider: string, wanted: number, step: Step): void => {
  work.asked++
  if (answer.raw !== undefined) work.raw[provider] = answer.raw
  if (answer.error) work.error = answer.error
  if (answer.error?.pauses) work.stuck ??= answer.error
  if (answer.status === 'done') work.answered = true
  const [output] = answer.outputs
  if (!isRecord(output)) return
  const fields = step.read(output)
  const confidence = typeof fields.confidence === 'number' ? fields.confidence : usualConfidence
  work.state = take(work.state, fields, provider, confidence >= wanted)
}
