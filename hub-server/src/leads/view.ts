import type { ViewRule } from '../contracts/facts.ts'

/** What is known of one field: the columns of a fact that decide. */
export interface Known {
  readonly field: string
  readonly value: unknown
  readonly source: string
  readonly confidence: number
  readonly at: Date
  /** The address that a verdict is about; absent where that is not known. */
  readonly about?: string
}

export type ViewRules = Readonly<Record<string, ViewRule>>

/**
 * The chosen view: for each field the value of its best fact. Sources that the workspace prefers for a field come
 * first, in their order; then the likelier fact is shown, of two equally likely ones the later; `newest` asks for the
 * age alone.
 * A verdict is only shown beside the address that it is about.
 */
export const viewOf = (facts: readonly Known[], rules: ViewRules = {}): Record<string, unknown> => {
  const byField = Map.groupBy(facts, ({ field }) => field)
  const best = (field: string, among: readonly Known[] = byField.get(field) ?? []): Known | undefined =>
    among.reduce<Known | undefined>(
      (chosen, fact) => (chosen && isBetter(chosen, fact, rules[field]) ? chosen : fact),
      undefined,
    )
  const email = best('email')?.value
  const verdicts = (byField.get('verdict') ?? []).filter(({ about }) => about === undefined || about === email)
  const chosen = [...byField.keys()].flatMap((field) => {
    const fact = field === 'verdict' ? best(field, verdicts) : best(field)
    return fact ? [[field, fact.value] as const] : []
  })
  return Object.fromEntries(chosen)
}

/** Whether the first one is really better: of two that are alike the second, which was stored later, is taken. */
const isBetter = (a: Known, b: Known, { sources = [], newest = false }: ViewRule = {}): boolean => {
  const place = ({ source }: Known): number => {
    const at = sources.findIndex((wanted) => wanted === source || (wanted === 'website' && /^https?:\/\//.test(source)))
    return at < 0 ? sources.length : at
  }
  if (place(a) !== place(b)) return place(a) < place(b)
  if (!newest && a.confidence !== b.confidence) return a.confidence > b.confidence
  return a.at > b.at
}
