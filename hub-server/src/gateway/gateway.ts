import type { Static, TSchema } from 'typebox'
import type { Capability } from '../capabilities/capability.ts'
import { canDo } from '../connectors/index.ts'
import { HubError } from '../contracts/errors.ts'
import type { Result } from '../contracts/result.ts'
import type { Scope } from '../contracts/scope.ts'
import { createAskProvider, type AskParts, type ProviderAnswer } from './ask-provider.ts'
import type { AskOptions } from './ask.ts'
import type { Provider, Providers } from './providers.ts'

/** The answer to one input, and who gave it. */
export interface Asked<Output> extends Pick<Result<Output>, 'status' | 'outputs' | 'reason' | 'error' | 'raw'> {
  readonly provider?: string
  readonly connection?: string
  /** When the vendor said it: earlier than now for an answer from the cache. */
  readonly at: Date
}

export interface Asking {
  readonly scope: Scope
  readonly run: string | null
  readonly signal: AbortSignal
  readonly onCached: (count: number) => void
}

/** Every call to an outside service goes through here. */
export const createGateway = (providers: Providers, modes: Record<Scope['mode'], AskParts>) => {
  const askProvider = { test: createAskProvider(modes.test), live: createAskProvider(modes.live) }

  /**
   * Asks the providers in order until each input has an acceptable answer; the answers come in the order of the inputs.
   * One bad input never fails the others.
   * @throws HubError not_connected when nobody can be asked, over_budget when all cost more than allowed
   */
  const ask = async <Input extends TSchema, Output extends TSchema>(
    { scope, run, signal, onCached }: Asking,
    capability: Capability<Input, Output>,
    inputs: readonly Static<Input>[],
    options: AskOptions = {},
  ): Promise<Asked<Static<Output>>[]> => {
    const best: (ProviderAnswer | undefined)[] = inputs.map(() => undefined)
    for (const [object, indices] of byObject(capability, inputs)) {
      let open = indices
      for (const provider of affordable(await providers.list(scope, capability, object, options.providers ?? []), options.maxPrice)) {
        const able = open.filter((index) => canDo(provider.connector, provider.operation, inputs[index]))
        if (able.length === 0) continue
        const answers = await askProvider[scope.mode](
          { ...scope, capability, provider, run, signal, options },
          able.map((index) => inputs[index]),
        )
        onCached(answers.filter((answer) => answer.cached).length)
        const settled = new Set<number>()
        able.forEach((index, position) => {
          const answer = answers[position]
          if (!answer) return
          best[index] = better(best[index], answer)
          if (isFinal(answer, capability, options)) settled.add(index)
        })
        open = open.filter((index) => !settled.has(index))
        if (open.length === 0 || signal.aborted) break
      }
    }
    return best.map((answer) => (answer ? toAsked(answer) : nobodyCan(capability)))
  }

  return { ask, providers }
}

export type Gateway = ReturnType<typeof createGateway>

const byObject = (capability: Capability, inputs: readonly unknown[]): Map<string | undefined, number[]> =>
  Map.groupBy(inputs.keys(), (index) => {
    const input = inputs[index]
    return capability.perObject && input && typeof input === 'object' && 'object' in input ? String(input.object) : undefined
  })

const affordable = (providers: Provider[], maxPrice: number | undefined): Provider[] => {
  const fitting = maxPrice === undefined ? providers : providers.filter((provider) => provider.price <= maxPrice * 1_000_000)
  const [cheapest] = [...providers].sort((a, b) => a.price - b.price)
  if (fitting.length === 0 && cheapest)
    throw new HubError('over_budget', `Every provider costs more than ${maxPrice} USD for one item.`, {
      advice: `The cheapest is ${cheapest.connector.manifest.name} at ${cheapest.price / 1_000_000} USD: raise the highest price, or choose others.`,
    })
  return fitting
}

/** Only a read goes on to the next provider: after an error, a miss, or an answer that is not good enough. */
const isFinal = (answer: ProviderAnswer, capability: Capability, { accept }: AskOptions): boolean =>
  capability.effect === 'read' ? answer.status === 'done' && answer.outputs.length > 0 && (accept?.(answer.outputs[0]) ?? true) : answer.status !== 'failed' || answer.error?.kind !== 'not_connected'

/** A later answer replaces an earlier one only if it says more: an answer beats a miss, a miss beats an error. */
const better = (old: ProviderAnswer | undefined, fresh: ProviderAnswer): ProviderAnswer => (old && worth(old) > worth(fresh) ? old : fresh)
const worth = (answer: ProviderAnswer): number => (answer.status !== 'done' ? 0 : answer.outputs.length === 0 ? 1 : 2)

// The engine has checked the outputs against the capability's schema.
const toAsked = <Output>({ cached: _cached, partial: _partial, outputs, ...answer }: ProviderAnswer): Asked<Output> => ({ ...answer, outputs: outputs as Output[] })

const nobodyCan = <Output>(capability: Capability): Asked<Output> => ({
  status: 'failed',
  outputs: [],
  error: new HubError('unsupported', `No connected service can do this with what is given (${capability.name}).`, { advice: 'Give more of the lead: an e-mail, a LinkedIn address, or a name with a domain.' }).toValue(),
  at: new Date(),
})
