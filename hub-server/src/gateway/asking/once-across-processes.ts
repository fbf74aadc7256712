import { askClaimed } from './ask-claimed.ts'
import { readKept } from './cache.ts'
import { maxAgeOf, placeOf, type Ask, type AskParts, type ProviderAnswer } from './question.ts'

/** What another process is asking is waited for, and read when it is kept: a lease for each key. */
export const leased =
  (parts: AskParts, ask: Ask): Ask =>
  async (question, units, tell) => {
    const { claims, clock } = parts
    if (!claims || maxAgeOf(question) <= 0) return ask(question, units, tell)
    const answers = new Map<string, ProviderAnswer>()
    const wanted = (keys: readonly string[]) => units.filter(({ key }) => keys.includes(key))
    await askClaimed(
      {
        claims,
        place: placeOf(question),
        read: (keys) => readKept(parts, question, keys),
        ask: (keys) => ask(question, wanted(keys), tell),
        land: (key, answer) => void answers.set(key, answer),
        sleep: (ms) => clock.sleep(ms, question.stop),
      },
      units.map(({ key }) => key),
    ).catch((thrown: unknown) => {
      // What came before the stop is there.
      if (!question.stop.aborted) throw thrown
    })
    return answers
  }
