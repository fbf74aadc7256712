import { HubError } from '../../contracts/errors.ts'
import type { AskOptions } from '../ask.ts'
import type { Sendings } from '../sendings.ts'
import type { Asking } from './asking.ts'
import type { ProviderAnswer } from './question.ts'
import { unasked } from './unasked.ts'
import type { AskOpen } from './waterfall.ts'

/** Messages: each leaves once in all time, by its item's name. */
export const createSendOnce =
  (sendings: Sendings, askInTurn: AskOpen): AskOpen =>
  async (asking, capability, inputs, open, options) => {
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

// Written by this room: an answer as it was given then.
const sentBefore = (outcome: unknown): ProviderAnswer => {
  const answer = outcome as Omit<ProviderAnswer, 'at'> & { at: string }
  return { ...answer, at: new Date(answer.at), cached: true, price: 0 }
}

const neverKnown = (): ProviderAnswer => ({
  ...unasked,
  status: 'uncertain',
  at: new Date(),
  error: new HubError('timeout', 'It was begun before, and whether it was sent is not known.', {
    advice: 'Look at the service whether it was sent. If not, send this one again.',
  }).toValue(),
})
