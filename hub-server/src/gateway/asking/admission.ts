import type { Ask, ProviderAnswer, Unit } from './question.ts'

/** Asks only what its items may still pay for, and charges them what it has cost. */
export const admitted =
  (ask: Ask): Ask =>
  async (question, units, tell) => {
    const refused = new Map<string, ProviderAnswer>()
    const payers = new Map<string, number>()
    // Of several items that ask the same, the first that may still cost so much pays.
    const admit = ({ key, positions }: Unit): boolean => {
      for (const position of positions) {
        const refusal = question.admit?.(position)
        if (refusal) refused.set(key, refusal)
        else {
          payers.set(key, position)
          refused.delete(key)
          return true
        }
      }
      return false
    }
    const answers = await ask(question, units.filter(admit), async (unit, answer) => {
      await Promise.all([tell(unit, answer), question.charge?.(payers.get(unit.key) ?? 0, answer)])
    })
    return new Map([...refused, ...answers])
  }
