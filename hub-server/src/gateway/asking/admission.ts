import type { Ask, ProviderAnswer, Question, Unit } from './question.ts'

/** Asks only what its items may still pay for, and charges them what it has cost. */
export const admitted =
  (ask: Ask): Ask =>
  async (question, units, tell) => {
    const admissions = new Map(units.map((unit) => [unit.key, admissionOf(question, unit)]))
    const refused = [...admissions].flatMap(([key, { refusal }]) => (refusal ? [[key, refusal] as const] : []))
    const open = units.filter(({ key }) => admissions.get(key)?.payer !== undefined)
    const answers = await ask(question, open, async (unit, answer) => {
      const payer = admissions.get(unit.key)?.payer ?? 0
      await Promise.all([tell(unit, answer), question.charge?.(payer, answer)])
    })
    return new Map([...refused, ...answers])
  }

/** Who pays for it, or why nobody does. */
interface Admission {
  readonly payer?: number
  readonly refusal?: ProviderAnswer
}

/** Of several items that ask the same, the first that may still cost so much pays. */
const admissionOf = ({ admit }: Question, { positions }: Unit): Admission => {
  let refusal: ProviderAnswer | undefined
  for (const position of positions) {
    refusal = admit?.(position)
    if (!refusal) return { payer: position }
  }
  return refusal ? { refusal } : {}
}
