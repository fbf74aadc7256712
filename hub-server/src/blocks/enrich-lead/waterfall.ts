import type { Capability } from '../../capabilities/capability.ts'
import { HubError, type ErrorValue } from '../../contracts/errors.ts'
import type { Asked, BlockContext } from '../block.ts'
import { isRecord } from '../fields.ts'
import { observe, saidBy, usualConfidence } from '../observations.ts'
import { saidIn, take, type Enriched } from './merge.ts'
import type { Options, Step } from './steps.ts'

/** One lead, and what came of asking about it. */
export interface Work {
  readonly index: number
  state: Enriched
  asked: number
  /** Somebody answered, with or without knowing the lead. */
  answered: boolean
  error?: ErrorValue
  /** No credits, no budget or a refused key kept a service from being asked. */
  stuck?: ErrorValue
  /** The run was stopped before everybody was asked. */
  stopped: boolean
  readonly raw: Record<string, unknown>
}

interface Open {
  readonly work: Work
  readonly input: Record<string, unknown>
}

/** Asks one capability's providers in turn, each about the leads that still miss something. */
export const waterfall = async (
  works: readonly Work[],
  capability: Capability,
  options: Options,
  context: BlockContext,
  step: Step,
): Promise<void> => {
  if (openIn(works, step).length === 0) return
  for (const provider of await providersFor(works, capability, step.names(options), context)) {
    const open = openIn(works, step)
    if (context.signal.aborted) for (const { work } of open) work.stopped = true
    if (open.length === 0 || context.signal.aborted) return
    const inputs = open.map(({ input }) => input)
    const { maxAgeDays, maxPrice, raw } = options
    const asking = { providers: [provider], maxAgeDays, maxPrice, raw, items: open.map(({ work }) => work.index) }
    const answers = await context.ask(capability, inputs, asking)
    for (const [position, { work }] of open.entries()) {
      const answer = answers[position]
      if (answer) apply(work, answer, provider, options.confidence, step)
    }
  }
}

const openIn = (works: readonly Work[], step: Step): Open[] =>
  works.flatMap((work) => {
    if (work.stopped || !step.isWanted(work.state.missing)) return []
    const input = step.input(work.state.lead)
    return input ? [{ work, input }] : []
  })

const providersFor = async (
  works: readonly Work[],
  capability: Capability,
  names: readonly string[],
  context: BlockContext,
): Promise<string[]> => {
  try {
    return (await context.providers(capability, names)).map(({ id }) => id)
  } catch (thrown) {
    if (!(thrown instanceof HubError) || thrown.kind !== 'not_connected') throw thrown
    for (const work of works) if (work.state.missing.length > 0) work.error ??= thrown.toValue()
    return []
  }
}

/** What the service said is noted with the lead in any case; it is taken where the service is sure enough. */
const apply = (work: Work, answer: Asked<unknown>, provider: string, wanted: number, step: Step): void => {
  if (answer.error?.kind === 'cancelled') work.stopped = true
  if (work.stopped) return
  work.asked++
  if (answer.raw !== undefined) work.raw[provider] = answer.raw
  if (answer.error) work.error = answer.error
  if (answer.error?.pauses) work.stuck ??= answer.error
  if (answer.status === 'done') work.answered = true
  const [output] = answer.outputs
  if (!isRecord(output)) return
  const fields = step.read(output)
  const confidence = typeof fields.confidence === 'number' ? fields.confidence : usualConfidence
  const lead = observe(work.state.lead, saidBy(answer), saidIn(fields), confidence)
  work.state = { ...work.state, lead }
  if (confidence >= wanted) work.state = take(work.state, fields, { provider, at: answer.at })
}
