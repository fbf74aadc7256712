import type { Fact } from '../contracts/facts.ts'

/** What is known of one field: the facts' columns that decide. */
export type Known = Pick<Fact, 'field' | 'value' | 'confidence'> & { at: Date }

/** Of two facts the likelier one is shown; of two equally likely ones the later. */
const better = (a: Known, b: Known): Known => (b.confidence > a.confidence || (b.confidence === a.confidence && b.at >= a.at) ? b : a)

/** The chosen view: for each field the value of its best fact. */
export const viewOf = (facts: readonly Known[]): Record<string, unknown> => {
  const chosen = new Map<string, Known>()
  for (const fact of facts) {
    const current = chosen.get(fact.field)
    chosen.set(fact.field, current ? better(current, fact) : fact)
  }
  return Object.fromEntries([...chosen].map(([field, fact]) => [field, fact.value]))
}
