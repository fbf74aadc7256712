import type { Static, TSchema } from 'typebox'
import { variantOf, type Capability, type Reach } from '../../capabilities/capability.ts'
import type { NotWritten } from '../../capabilities/records.ts'
import { canDo, notWrittenOf } from '../../connectors/index.ts'
import { HubError } from '../../contracts/errors.ts'
import type { Result } from '../../contracts/result.ts'
import type { Scope } from '../../contracts/scope.ts'
import type { AskOptions } from '../ask.ts'
import { createLock, type Locked } from '../distributed-lock.ts'
import type { ItemCosts } from '../item-costs.ts'
import type { Provider, Providers } from '../providers.ts'
import type { Sendings } from '../sendings.ts'
import { createAskProvider } from './ask-provider.ts'
import type { AskParts, Delivery, ProviderAnswer } from './question.ts'

/** The answer to one input, and who gave it. */
export interface Asked<Output> extends Pick<Result<Output>, 'status' | 'outputs' | 'reason' | 'error' | 'raw'> {
  readonly provider?: string
  readonly connection?: string
  /** When the vendor said it: earlier than now for an answer from the cache. */
  readonly at: Date
  /** What the vendor charged for it when it was asked, micro-USD. */
  readonly price?: number
  /** The ledger row of the call that brought it. */
  readonly ledger?: string
}

export interface Asking {
  readonly scope: Scope
  readonly run: string | null
  /** Ends everything at once. */
  readonly signal: AbortSignal
  /** No new call; what is under way, or paid for, is still fetched. */
  readonly stop: AbortSignal
  /** What names an item of the run for ever: no two messages are sent under one name. */
  readonly nameOf: (item: number) => string
  /** Micro-USD that an item has cost, by every capability that was asked for it. */
  readonly cost: ItemCosts
  /** Micro-USD that one item may cost. */
  readonly itemBudget?: number
  /** Nobody waits for the answer: an outage of the last that can be asked is waited out. */
  readonly patient?: boolean
}

export interface GatewayParts {
  readonly providers: Providers
  readonly modes: Record<Scope['mode'], AskParts>
  readonly sendings: Sendings
  /** Which of these people asked not to be contacted. */
  readonly suppressed: (scope: Scope, people: readonly Reach[]) => Promise<boolean[]>
}

/** Every call to an outside service goes through here. */
export const createGateway = ({ providers, modes, sendings, suppressed }: GatewayParts) => {
  const askProvider = { test: createAskProvider(modes.test), live: createAskProvider(modes.live) }

  /** The providers one after the other, until each of the inputs has an acceptable answer. */
  const askInTurn = async (
    asking: Asking,
    capability: Capability,
    inputs: readonly unknown[],
    open: readonly number[],
    options: AskOptions,
    delivery?: Delivery,
  ): Promise<Map<number, ProviderAnswer>> => {
    const { scope, run, signal, stop } = asking
    const best = new Map<number, ProviderAnswer>()
    for (const [object, indices] of byObject(capability, inputs, open)) {
      let left = indices
      const turns = affordable(
        await providers.list(scope, capability, object, options.providers ?? []),
        options.maxPrice,
      )
      for (const provider of turns) {
        const able = left.filter((index) => canDo(provider.connector, provider.operation, inputs[index]))
        if (able.length === 0) continue
        const at = (position: number): number => able[position] ?? 0
        const patient = asking.patient === true && (capability.effect !== 'read' || provider === turns.at(-1))
        const bill = openBill(asking, options, provider, at)
        const question = {
          ...scope,
          capability,
          provider,
          run,
          signal,
          stop,
          options,
          patient,
          admit: bill.admit,
          charge: bill.charge,
          ...(options.items && { nameOf: (position: number) => asking.nameOf(options.items?.[at(position)] ?? 0) }),
          ...(delivery && {
            delivery: {
              begin: (position: number) => delivery.begin(at(position)),
              end: (position: number, answer: ProviderAnswer) => delivery.end(at(position), answer),
            },
          }),
        }
        const answers = await askProvider[scope.mode](
          question,
          able.map((index) => inputs[index]),
        ).finally(bill.close)
        const settled = new Set<number>()
        able.forEach((index, position) => {
          const answer = answers[position]
          if (!answer) return
          if (bill.refused(answer)) {
            if (!best.has(index)) best.set(index, answer)
            return
          }
          // What was stopped has no answer, though a service before it had one: those after it were not asked.
          best.set(index, isStopped(answer) ? answer : better(best.get(index), answer))
          if (isStopped(answer) || isFinal(answer, capability, options)) settled.add(index)
        })
        left = left.filter((index) => !settled.has(index))
        if (left.length === 0) break
      }
    }
    return best
  }

  /** Messages: each leaves once in all time, by its item's name. */
  const sendOnce = async (
    asking: Asking,
    capability: Capability,
    inputs: readonly unknown[],
    open: readonly number[],
    options: AskOptions,
  ): Promise<Map<number, ProviderAnswer>> => {
    const { scope } = asking
    const names = new Map(namesOf(asking, open, options).map((name, position) => [open[position] ?? 0, name]))
    const nameOf = (index: number): string => names.get(index) ?? ''
    const known = await sendings.known(scope, [...names.values()])
    const fresh = open.filter((index) => !known.has(nameOf(index)))
    const answers = await askInTurn(asking, capability, inputs, fresh, options, {
      begin: (index) => sendings.begin(scope, nameOf(index)),
      end: (index, answer) => {
        if (answer.status === 'done') return sendings.sent(scope, nameOf(index), answer)
        return answer.status === 'uncertain'
          ? sendings.uncertain(scope, nameOf(index))
          : sendings.forget(scope, [nameOf(index)])
      },
    })
    for (const index of open) {
      const before = known.get(nameOf(index))
      if (before) answers.set(index, before.state === 'sent' ? sentBefore(before.outcome) : neverKnown())
    }
    return answers
  }

  /**
   * Asks the providers in order until each input has an acceptable answer; the answers come in the order of the inputs.
   * One bad input never fails the others. People on the suppression list are neither written to nor looked up.
   * @throws HubError not_connected when nobody can be asked, over_budget when all cost more than allowed
   */
  const ask = async <Input extends TSchema, Output extends TSchema>(
    asking: Asking,
    capability: Capability<Input, Output>,
    inputs: readonly Static<Input>[],
    options: AskOptions = {},
  ): Promise<Asked<Static<Output>>[]> => {
    const { person } = capability
    const silent = person
      ? await suppressed(
          asking.scope,
          inputs.map((input) => person(input) ?? {}),
        )
      : []
    const open = [...inputs.keys()].filter((index) => !silent[index])
    const release = await asking.cost.hold?.(options.items ?? [])
    const answers = await (capability.effect === 'send' ? sendOnce : askInTurn)(
      asking,
      capability,
      inputs,
      open,
      options,
    ).finally(release)
    return inputs.map((_input, index) => {
      if (silent[index]) return askedNot()
      const answer = answers.get(index)
      return answer ? toAsked(stuckOr(answer, asking.run)) : nobodyCan(capability)
    })
  }

  /**
   * For each record the fields that the provider would not write; nobody is asked.
   * @throws HubError not_connected when the provider is not
   */
  const notWritten = async (
    scope: Scope,
    capability: Capability,
    name: string,
    inputs: readonly unknown[],
  ): Promise<NotWritten[][]> => {
    const [provider] = await providers.list(scope, capability, variantOf(capability, inputs[0]), [name])
    const operation = provider?.connector.operations.get(provider.operation)
    if (!provider || !operation) return inputs.map(() => [])
    return Promise.all(
      inputs.map((input) => notWrittenOf(provider.connector, operation, input, provider.connection.fields)),
    )
  }

  const locks = { test: createLock(modes.test.claims), live: createLock(modes.live.claims) }
  /** Does work on what nobody else may work on at once, in any process; see createLock. */
  const locked = <Entry extends Locked>(
    { scope, stop }: Asking,
    connector: string,
    entries: readonly Entry[],
    work: (ready: readonly Entry[]) => Promise<void>,
  ): Promise<void> =>
    locks[scope.mode](scope, connector, entries, (ms) => modes[scope.mode].clock.sleep(ms, stop), work)

  return { ask, providers, notWritten, locked }
}

export type Gateway = ReturnType<typeof createGateway>

const mostFor = ({ itemBudget }: Pick<Asking, 'itemBudget'>, { maxPrice }: AskOptions): number =>
  Math.min(itemBudget ?? Infinity, maxPrice === undefined ? Infinity : maxPrice * 1_000_000)

/**
 * What items pay for one round of questions to one provider: the highest price is taken before an input is asked, so
 * that all that is asked for an item at once stays within what it may cost, and the real price takes its place when it
 * is known.
 */
const openBill = (
  { cost, itemBudget }: Pick<Asking, 'cost' | 'itemBudget'>,
  options: AskOptions,
  provider: Provider,
  indexOf: (position: number) => number,
) => {
  const most = mostFor({ itemBudget }, options)
  const itemOf = (position: number): number | undefined => options.items?.[indexOf(position)]
  const reserved = new Map<number, number>()
  const refusals = new Set<ProviderAnswer>()
  const add = (item: number, price: number): void => cost.set(item, (cost.get(item) ?? 0) + price)
  const release = (position: number): void => {
    const item = reserved.get(position)
    if (item === undefined) return
    reserved.delete(position)
    add(item, -provider.price)
  }
  return {
    admit: (position: number): ProviderAnswer | undefined => {
      const item = itemOf(position)
      const spent = item === undefined ? 0 : (cost.get(item) ?? 0)
      if (spent + provider.price > most) {
        const refusal = tooDear(provider, most)
        refusals.add(refusal)
        return refusal
      }
      if (item === undefined) return undefined
      reserved.set(position, item)
      add(item, provider.price)
      return undefined
    },
    charge: async (position: number, { price, cached }: ProviderAnswer): Promise<void> => {
      const item = reserved.get(position)
      release(position)
      if (item === undefined || cached || price === 0) return
      add(item, price)
      await cost.keep?.(item, price)
    },
    refused: (answer: ProviderAnswer): boolean => refusals.has(answer),
    /** What was admitted and then not asked costs nothing. */
    close: (): void => {
      for (const position of [...reserved.keys()]) release(position)
    },
  }
}

/** One item may send several messages: the second is the item's name with /1. */
const namesOf = ({ nameOf }: Asking, open: readonly number[], { items }: AskOptions): string[] => {
  const counts = new Map<number, number>()
  return open.map((index) => {
    const item = items?.[index]
    if (item === undefined) throw new Error('a message is sent for an item: its index must be given')
    const ordinal = counts.get(item) ?? 0
    counts.set(item, ordinal + 1)
    return `${nameOf(item)}/${ordinal}`
  })
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

// The engine has checked the outputs against the capability's schema.
const toAsked = <Output>({
  cached: _cached,
  partial: _partial,
  paid: _paid,
  price: _price,
  charged,
  outputs,
  ...answer
}: ProviderAnswer): Asked<Output> => ({
  ...answer,
  ...(charged !== undefined && { price: charged }),
  outputs: outputs as Output[],
})

const nobodyCan = <Output>(capability: Capability): Asked<Output> => ({
  status: 'failed',
  outputs: [],
  error: new HubError('unsupported', `No connected service can do this with what is given (${capability.name}).`, {
    advice: adviceFor(capability),
  }).toValue(),
  at: new Date(),
})

/** Every connected service lacks something, or cannot honour something that is given. */
const adviceFor = ({ name, effect }: Capability): string => {
  if (effect === 'send')
    return 'Connect another service, or leave out what not every service takes, such as a sender of your own.'
  if (name.startsWith('search')) return 'Leave out a criterion, say which company is meant, or connect another service.'
  return 'Give more of the lead: an e-mail, a LinkedIn address, or a name with a domain.'
}

/** No credits, or a refused key, and nobody else has answered: a run waits for a person to mend that. */
const stuckOr = (answer: ProviderAnswer, run: string | null): ProviderAnswer =>
  run && answer.error && (answer.error.kind === 'quota_exceeded' || answer.error.kind === 'unauthorized')
    ? { ...answer, error: { ...answer.error, pauses: true } }
    : answer

// Written by this room: an answer as it was given then.
const sentBefore = (outcome: unknown): ProviderAnswer => {
  const answer = outcome as Omit<ProviderAnswer, 'at'> & { at: string }
  return { ...answer, at: new Date(answer.at), cached: true, price: 0 }
}

const unasked = { outputs: [], provider: '', connection: '', cached: false, price: 0 }

const tooDear = ({ connector, price }: Provider, most: number): ProviderAnswer => ({
  ...unasked,
  status: 'failed',
  at: new Date(),
  error: new HubError(
    'over_budget',
    `${connector.manifest.name} costs up to ${price / 1_000_000} USD, and this item may cost ${most / 1_000_000} ` +
      'USD in all.',
    { advice: 'Raise what one item may cost, or choose cheaper providers.' },
  ).toValue(),
})

const neverKnown = (): ProviderAnswer => ({
  ...unasked,
  status: 'uncertain',
  at: new Date(),
  error: new HubError('timeout', 'It was begun before, and whether it was sent is not known.', {
    advice: 'Look at the service whether it was sent. If not, send this one again.',
  }).toValue(),
})

const askedNot = <Output>(): Asked<Output> => ({
  status: 'failed',
  outputs: [],
  at: new Date(),
  error: new HubError(
    'suppressed',
    'This person asked not to be contacted, so nobody was asked about them and nothing was sent.',
  ).toValue(),
})
