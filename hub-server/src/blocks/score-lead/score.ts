import type { Static } from 'typebox'
import { createYielding } from '../../contracts/yielding.ts'
import { compares, hitOf, sayings } from '../conditions.ts'
import { valueAt } from '../fields.ts'
import type { Rule } from './contract.ts'

export interface Score {
  readonly score: number
  readonly reasons: string[]
}

type OneRule = Static<typeof Rule>

/**
 * Adds up the points of the rules that hold, between 0 and 100, each with a sentence that a person can read.
 * @param due gives others a turn now and then: a rule may look for thousands of words in a page's text
 */
export const scoreOf = async (
  item: Record<string, unknown>,
  rules: readonly OneRule[],
  due = createYielding(),
): Promise<Score> => {
  const held: OneRule[] = []
  for (const rule of rules) {
    if (compares(rule.is, valueAt(item, rule.field), rule.value)) held.push(rule)
    await due()
  }
  const sum = held.reduce((total, rule) => total + rule.points, 0)
  return {
    score: Math.min(100, Math.max(0, sum)),
    reasons: held.map((rule) => sentence(rule, valueAt(item, rule.field))),
  }
}

const mostShown = 200

const shown = (value: unknown): string => {
  const text = String(value)
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text
}

const sentence = ({ field, is, value, points }: OneRule, actual: unknown): string => {
  const signed = `${points >= 0 ? '+' : '−'}${Math.abs(points)}`
  if (is === 'known' || is === 'unknown') return `${signed} ${field} ${sayings[is]}`
  if (is === 'contains_any' || is === 'one_of' || is === 'contains')
    return (
      `${signed} ${field} “${shown(actual)}” ${is === 'one_of' ? 'is' : 'contains'} ` +
      `“${shown(hitOf(is, actual, value) ?? value)}”`
    )
  return `${signed} ${field} ${sayings[is]} ${shown(value)}${is === 'equal' ? '' : ` (${shown(actual)})`}`
}
