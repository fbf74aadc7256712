import { failed, stopped } from './provider-answer.ts'
import { placeOf, type Ask, type AskParts, type ProviderAnswer, type Question, type Unit } from './question.ts'
import type { Deferred } from './single-flight.ts'
import { unlessStopped } from './unless-stopped.ts'

/** What this process is asking already is waited for: single flight. */
export const askedOnce = ({ singleFlight }: AskParts, ask: Ask): Ask => {
  const once: Ask = async (question, units, tell) => {
    const found = units.map((unit) => ({ unit, ...singleFlight.join(JSON.stringify([placeOf(question), unit.key])) }))
    const ours = new Map(found.flatMap(({ unit, leads }) => (leads ? [[unit, leads] as const] : [])))
    const theirs = new Map(found.flatMap(({ unit, follows }) => (follows ? [[unit, follows] as const] : [])))
    const answers = await lead(question, ours, tell)
    for (const [unit, answer] of await follow(question, theirs)) answers.set(unit.key, answer)

    // Another run was stopped, or had no money left: that says nothing to this one.
    const own = [...theirs.keys()].filter(({ key }) => !question.stop.aborted && isOnlyTheirs(answers.get(key)))
    if (own.length > 0) for (const [key, answer] of await once(question, own, tell)) answers.set(key, answer)
    return answers
  }

  /** Asks, and lets others have the answers. What was stopped before it had one is told so. */
  const lead = async (
    question: Question,
    pending: ReadonlyMap<Unit, Deferred<ProviderAnswer>>,
    tell: Parameters<Ask>[2],
  ): Promise<Map<string, ProviderAnswer>> => {
    const units = [...pending.keys()]
    try {
      const answers = await ask(question, units, tell).catch((thrown: unknown) => {
        if (question.stop.aborted) return new Map<string, ProviderAnswer>()
        throw thrown
      })
      const all = new Map(units.map(({ key }) => [key, answers.get(key) ?? failed(question.provider, stopped())]))
      for (const [{ key }, deferred] of pending) deferred.resolve(all.get(key) ?? failed(question.provider, stopped()))
      return all
    } catch (thrown) {
      for (const deferred of pending.values()) deferred.reject(thrown)
      throw thrown
    }
  }

  return once
}

const follow = async (
  { provider, stop }: Question,
  theirs: ReadonlyMap<Unit, Promise<ProviderAnswer>>,
): Promise<[Unit, ProviderAnswer][]> => {
  const answers: [Unit, ProviderAnswer][] = []
  for (const [unit, underWay] of theirs) {
    const answer = await unlessStopped(underWay, stop)
    answers.push([unit, answer ? { ...answer, cached: true, price: 0 } : failed(provider, stopped())])
  }
  return answers
}

const isOnlyTheirs = (answer: ProviderAnswer | undefined): boolean =>
  answer?.error?.kind === 'cancelled' || answer?.error?.kind === 'over_budget'
