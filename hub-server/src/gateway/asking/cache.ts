import { kept, toKeep } from './provider-answer.ts'
import { maxAgeOf, placeOf, type Ask, type AskParts, type ProviderAnswer, type Question } from './question.ts'

/** Leaves out what is known, and keeps what is new. */
export const cached =
  (parts: AskParts, ask: Ask): Ask =>
  async (question, units, tell) => {
    const { capability } = question
    const found = await readKept(
      parts,
      question,
      units.map(({ key }) => key),
    )
    const open = units.filter(({ key }) => !found.has(key))
    const answers = await ask(question, open, async (unit, answer) => {
      await tell(unit, answer)
      if (answer.status !== 'done' || answer.partial || maxAgeOf(question) <= 0) return
      const row = { key: unit.key, ...toKeep(answer, question) }
      await parts.answers.keep(placeOf(question), row, capability.expiryDays)
    })
    return new Map([...found, ...answers])
  }

/** Kept answers that are young enough, by key. */
export const readKept = async (
  { answers }: AskParts,
  question: Question,
  keys: readonly string[],
): Promise<Map<string, ProviderAnswer>> => {
  const known = await answers.read(placeOf(question), keys, maxAgeOf(question))
  const found = [...known.values()].flatMap((row) => {
    const answer = kept(row, question)
    return answer ? [[row.key, answer] as const] : []
  })
  return new Map(found)
}
