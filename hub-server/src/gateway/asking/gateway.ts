import type { Static, TSchema } from 'typebox'
import { variantOf, type Capability, type Reach } from '../../capabilities/capability.ts'
import type { NotWritten } from '../../capabilities/records.ts'
import { notWrittenOf } from '../../connectors/index.ts'
import type { Scope } from '../../contracts/scope.ts'
import type { AskOptions } from '../ask.ts'
import { createLock, type Locked } from '../distributed-lock.ts'
import type { Providers } from '../providers.ts'
import type { Sendings } from '../sendings.ts'
import { createAskProvider } from './ask-provider.ts'
import type { Asked, Asking } from './asking.ts'
import type { AskParts } from './question.ts'
import { askedNot, nobodyCan, stuckOr, toAsked } from './replies.ts'
import { createSendOnce } from './send-once.ts'
import { createWaterfall } from './waterfall.ts'

export type { Asked, Asking }

export interface GatewayParts {
  readonly providers: Providers
  readonly modes: Record<Scope['mode'], AskParts>
  readonly sendings: Sendings
  /** Which of these people asked not to be contacted. */
  readonly suppressed: (scope: Scope, people: readonly Reach[]) => Promise<boolean[]>
}

/** Every call to an outside service goes through here. */
export const createGateway = (parts: GatewayParts) => ({
  ask: createAsk(parts),
  providers: parts.providers,
  notWritten: createNotWritten(parts.providers),
  locked: createLocked(parts.modes),
})

export type Gateway = ReturnType<typeof createGateway>

const createAsk = ({ providers, modes, sendings, suppressed }: GatewayParts) => {
  const askInTurn = createWaterfall(providers, {
    test: createAskProvider(modes.test),
    live: createAskProvider(modes.live),
  })
  const sendOnce = createSendOnce(sendings, askInTurn)
  /**
   * Asks the providers in order until each input has an acceptable answer; the answers come in the order of the inputs.
   * One bad input never fails the others. People on the suppression list are neither written to nor looked up.
   * @throws HubError not_connected when nobody can be asked, over_budget when all cost more than allowed
   */
  return async <Input extends TSchema, Output extends TSchema>(
    asking: Asking,
    capability: Capability<Input, Output>,
    inputs: readonly Static<Input>[],
    options: AskOptions = {},
  ): Promise<Asked<Static<Output>>[]> => {
    const { person } = capability
    const people = person ? inputs.map((input) => person(input) ?? {}) : []
    const silent = person ? await suppressed(asking.scope, people) : []
    const open = [...inputs.keys()].filter((index) => !silent[index])
    const release = await asking.cost.hold?.(options.items ?? [])
    const way = capability.effect === 'send' ? sendOnce : askInTurn
    const answers = await way(asking, capability, inputs, open, options).finally(release)
    return inputs.map((_input, index) => {
      if (silent[index]) return askedNot()
      const answer = answers.get(index)
      return answer ? toAsked(stuckOr(answer, asking.run)) : nobodyCan(capability)
    })
  }
}

/**
 * For each record the fields that the provider would not write; nobody is asked.
 * @throws HubError not_connected when the provider is not
 */
const createNotWritten =
  (providers: Providers) =>
  async (scope: Scope, capability: Capability, name: string, inputs: readonly unknown[]): Promise<NotWritten[][]> => {
    const [provider] = await providers.list(scope, capability, variantOf(capability, inputs[0]), [name])
    const operation = provider?.connector.operations.get(provider.operation)
    if (!provider || !operation) return inputs.map(() => [])
    return Promise.all(
      inputs.map((input) => notWrittenOf(provider.connector, operation, input, provider.connection.fields)),
    )
  }

/** Does work on what nobody else may work on at once, in any process; see createLock. */
const createLocked = (modes: GatewayParts['modes']) => {
  const locks = { test: createLock(modes.test.claims), live: createLock(modes.live.claims) }
  return <Entry extends Locked>(
    { scope, stop }: Asking,
    connector: string,
    entries: readonly Entry[],
    work: (ready: readonly Entry[]) => Promise<void>,
  ): Promise<void> =>
    locks[scope.mode](scope, connector, entries, (ms) => modes[scope.mode].clock.sleep(ms, stop), work)
}
