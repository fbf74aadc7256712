import type { Capability } from '../../capabilities/capability.ts'
import { HubError } from '../../contracts/errors.ts'
import type { Asked } from './asking.ts'
import type { ProviderAnswer } from './question.ts'

// The engine has checked the outputs against the capability's schema.
export const toAsked = <Output>({
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

export const nobodyCan = <Output>(capability: Capability): Asked<Output> => ({
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
export const stuckOr = (answer: ProviderAnswer, run: string | null): ProviderAnswer =>
  run && answer.error && (answer.error.kind === 'quota_exceeded' || answer.error.kind === 'unauthorized')
    ? { ...answer, error: { ...answer.error, pauses: true } }
    : answer

export const askedNot = <Output>(): Asked<Output> => ({
  status: 'failed',
  outputs: [],
  at: new Date(),
  error: new HubError(
    'suppressed',
    'This person asked not to be contacted, so nobody was asked about them and nothing was sent.',
  ).toValue(),
})
