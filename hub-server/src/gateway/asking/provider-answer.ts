import type { Capability } from '../../capabilities/capability.ts'
import type { ItemAnswer } from '../../connectors/index.ts'
import { asHubError, HubError, UncertainError } from '../../contracts/errors.ts'
import type { KeptAnswer } from '../answer-cache.ts'
import type { Provider } from '../providers.ts'
import { withoutSecrets, type Redactor } from '../redact.ts'
import type { RunAnswer } from '../run-answers.ts'
import { uncertainOf } from '../attempt.ts'
import type { ProviderAnswer, Question } from './question.ts'

/** What a vendor has just said. @param redact takes the account's secrets out of it */
export const fresh = (question: Question, answer: ItemAnswer, redact: Redactor, at: Date): ProviderAnswer => {
  const { provider, options } = question
  const price = Math.round(answer.credits * provider.creditPrice)
  return {
    status: 'done',
    outputs: redact.answer([...answer.outputs]),
    // Paid for before a later page failed: kept, and said.
    ...(answer.error
      ? { reason: redact.words(`Not all of it: ${answer.error.message}`), partial: true }
      : answer.reason && { reason: redact.words(answer.reason) }),
    ...(options.raw && answer.raw !== undefined && { raw: redact.answer(answer.raw) }),
    at,
    provider: provider.connector.id,
    connection: provider.connection.id,
    // Another run has started the job, and paid for it.
    cached: answer.others === true,
    price: answer.others ? 0 : price,
    charged: price,
    ...(answer.ledger !== undefined && { ledger: answer.ledger }),
    ...((answer.credits > 0 || isByJob(provider)) && { paid: true }),
  }
}

const isByJob = ({ connector, operation }: Provider): boolean => {
  const { one, many } = connector.operations.get(operation) ?? {}
  return (one?.job ?? many?.job ?? one?.callback) !== undefined
}

export const failed = (provider: Provider, thrown: unknown): ProviderAnswer => ({
  status: thrown instanceof UncertainError ? 'uncertain' : 'failed',
  outputs: [],
  error: withoutSecrets(provider, { ...asHubError(thrown).toValue(), provider: provider.connector.id }),
  at: new Date(),
  provider: provider.connector.id,
  connection: provider.connection.id,
  cached: false,
  price: 0,
})

/** Accepted, but the answer cannot be read: for a send nobody knows what became of it. */
export const errorOfEffect = (error: HubError, { effect }: Capability, connector: string): HubError =>
  effect === 'send' && error.kind === 'bad_response' ? uncertainOf(error, connector) : error

export const stopped = () => new HubError('cancelled', 'The run was stopped before this was asked.')

/** What of an answer is kept, for everybody or for its run. */
export const toKeep = ({ outputs, reason, raw, ledger, charged, at }: ProviderAnswer, { options }: Question) => ({
  outputs,
  reason: reason ?? null,
  raw: options.raw ? (raw ?? null) : null,
  ledger: ledger ?? null,
  price: charged ?? null,
  at,
})

/** A kept answer as one of now; undefined where the vendor's own words are wanted and were not kept. */
export const kept = (answer: KeptAnswer | RunAnswer, { provider, options }: Question): ProviderAnswer | undefined =>
  options.raw && answer.raw === null
    ? undefined
    : {
        status: 'done',
        outputs: answer.outputs,
        ...(answer.reason && { reason: answer.reason }),
        ...(answer.raw !== null && { raw: answer.raw }),
        at: answer.at,
        provider: provider.connector.id,
        connection: provider.connection.id,
        cached: true,
        price: 0,
        ...(answer.price !== null && { charged: answer.price }),
        ...(answer.ledger !== null && { ledger: answer.ledger }),
      }
