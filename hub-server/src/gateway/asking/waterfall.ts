import { variantOf, type Capability } from '../../capabilities/capability.ts'
import { canDo } from '../../connectors/index.ts'
import { HubError } from '../../contracts/errors.ts'
import type { Scope } from '../../contracts/scope.ts'
import type { AskOptions } from '../ask.ts'
import type { Provider, Providers } from '../providers.ts'
import type { Asking } from './asking.ts'
import { isTooDear, openBill } from './bill.ts'
import type { Delivery, ProviderAnswer, Question } from './question.ts'

export type AskProvider = (question: Question, inputs: readonly unknown[]) => Promise<ProviderAnswer[]>

/** Asks about those of the inputs that are open. @returns the answers, by the positions of the inputs */
export type AskOpen = (
  asking: Asking,
  capability: Capability,
  inputs: readonly unknown[],
  open: readonly number[],
  options: AskOptions,
  delivery?: Delivery,
) => Promise<Map<number, ProviderAnswer>>

/** What is asked, of whom, until when: the same for each of the providers. */
interface Round {
  readonly asking: Asking
  readonly capability: Capability
  readonly inputs: readonly unknown[]
  readonly options: AskOptions
  readonly delivery?: Delivery
}

/** The providers one after the other, until each of the inputs has an acceptable answer. */
export const createWaterfall =
  (providers: Providers, askProvider: Record<Scope['mode'], AskProvider>): AskOpen =>
  async (asking, capability, inputs, open, options, delivery) => {
    const round: Round = { asking, capability, inputs, options, ...(delivery && { delivery }) }
    const best = new Map<number, ProviderAnswer>()
    for (const [object, indices] of byObject(capability, inputs, open)) {
      const found = await providers.list(asking.scope, capability, object, options.providers ?? [])
      const turns = affordable(found, options.maxPrice)
      let left = indices
      for (const provider of turns) {
        if (left.length === 0) break
        const answers = await askOneProvider(round, askProvider[asking.scope.mode], provider, {
          able: left.filter((index) => canDo(provider.connector, provider.operation, inputs[index])),
          isLast: provider === turns.at(-1),
        })
        left = left.filter((index) => !settle(best, index, answers.get(index), round))
      }
    }
    return best
  }

/** @returns its answers, by the positions of the inputs */
const askOneProvider = async (
  { asking, capability, inputs, options, delivery }: Round,
  ask: AskProvider,
  provider: Provider,
  { able, isLast }: { able: readonly number[]; isLast: boolean },
): Promise<Map<number, ProviderAnswer>> => {
  if (able.length === 0) return new Map()
  const { scope, run, signal, stop } = asking
  const at = (position: number): number => able[position] ?? 0
  const bill = openBill(asking, options, provider, at)
  const question: Question = {
    ...scope,
    capability,
    provider,
    run,
    signal,
    stop,
    options,
    patient: asking.patient === true && (capability.effect !== 'read' || isLast),
    admit: bill.admit,
    charge: bill.charge,
    ...(options.items && { nameOf: (position: number) => asking.nameOf(options.items?.[at(position)] ?? 0) }),
    ...(delivery && {
      delivery: {
        begin: (position) => delivery.begin(at(position)),
        end: (position, answer) => delivery.end(at(position), answer),
      },
    }),
  }
  const asked = able.map((index) => inputs[index])
  const answers = await ask(question, asked).finally(bill.close)
  return new Map(answers.map((answer, position) => [at(position), answer]))
}

/**
 * Takes an answer for the best of an input's, where it is.
 * @returns whether nobody further is asked about the input
 */
const settle = (
  best: Map<number, ProviderAnswer>,
  index: number,
  answer: ProviderAnswer | undefined,
  { capability, options }: Round,
): boolean => {
  if (!answer) return false
  if (isTooDear(answer)) {
    if (!best.has(index)) best.set(index, answer)
    return false
  }
  // What was stopped has no answer, though a service before it had one: those after it were not asked.
  best.set(index, isStopped(answer) ? answer : better(best.get(index), answer))
  return isStopped(answer) || isFinal(answer, capability, options)
}

const byObject = (
  capability: Capability,
  inputs: readonly unknown[],
  open: readonly number[],
): Map<string | undefined, number[]> => Map.groupBy(open, (index) => variantOf(capability, inputs[index]))

const affordable = (providers: Provider[], maxPrice: number | undefined): Provider[] => {
  const fitting =
    maxPrice === undefined ? providers : providers.filter((provider) => provider.price <= maxPrice * 1_000_000)
  const [cheapest] = [...providers].sort((a, b) => a.price - b.price)
  if (fitting.length === 0 && cheapest)
    throw new HubError('over_budget', `Every provider costs more than ${maxPrice} USD for one item.`, {
      advice:
        `The cheapest is ${cheapest.connector.manifest.name} at ${cheapest.price / 1_000_000} USD: raise the ` +
        'highest price, or choose others.',
    })
  return fitting
}

/** Only a read goes on to the next provider: after an error, a miss, or an answer that is not good enough. */
const isFinal = (answer: ProviderAnswer, capability: Capability, { accept }: AskOptions): boolean =>
  capability.effect === 'read'
    ? answer.status === 'done' && answer.outputs.length > 0 && (accept?.(answer.outputs[0]) ?? true)
    : answer.status !== 'failed' || answer.error?.kind !== 'not_connected'

const isStopped = ({ error }: ProviderAnswer): boolean => error?.kind === 'cancelled'

/** A later answer replaces an earlier one only if it says more: an answer beats a miss, a miss beats an error. */
const better = (old: ProviderAnswer | undefined, fresh: ProviderAnswer): ProviderAnswer =>
  old && worth(old) > worth(fresh) ? old : fresh
const worth = (answer: ProviderAnswer): number => {
  if (answer.status !== 'done') return 0
  return answer.outputs.length === 0 ? 1 : 2
}
