import { wavesOf } from '../../capabilities/waves.ts'
import { cacheKeyOf } from '../cache-key.ts'
import { admitted } from './admission.ts'
import { leased } from './once-across-processes.ts'
import { cached } from './cache.ts'
import { call } from './call.ts'
import { askedOnce } from './once-in-process.ts'
import { failed } from './provider-answer.ts'
import { headOf, type Ask, type AskParts, type ProviderAnswer, type Question } from './question.ts'
import { cachedForRun } from './run-cache.ts'

/**
 * The answers of one provider, in the order of the inputs: kept ones first, what is being asked already is waited for,
 * the rest is asked.
 */
export const createAskProvider = (parts: AskParts) => {
  const direct = cachedForRun(parts, admitted(call(parts)))
  const shared = cachedForRun(parts, cached(parts, askedOnce(parts, leased(parts, admitted(call(parts))))))

  return async (question: Question, inputs: readonly unknown[]): Promise<ProviderAnswer[]> => {
    const { capability, provider } = question
    const ask: Ask = capability.effect === 'read' && capability.expiryDays > 0 ? shared : direct
    const answers: ProviderAnswer[] = []
    const entries = inputs.map((input, position) => ({ input, position }))
    for (const units of wavesOf(capability, entries)) {
      const wave = units.map((unit) => ({ ...unit, key: cacheKeyOf(unit.key, provider) }))
      const found = await ask(question, wave, () => Promise.resolve())
      for (const { key, positions } of wave)
        for (const position of positions) answers[position] = found.get(key) ?? failed(provider, new Error('no answer'))
    }
    const free = answers.filter((answer) => answer.cached).length
    if (free > 0) await parts.ledger.cached(headOf(question), free)
    return answers
  }
}
