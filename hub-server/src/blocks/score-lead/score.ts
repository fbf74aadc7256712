import type { Static } from 'typebox'
import { compares, hitOf, sayings } from '../conditions.ts'
import { valueAt } from '../fields.ts'
import type { Rule } from './contract.ts'

export interface Score {
  readonly score: number
  readonly reasons: string[]
}

/** Adds up the points of the rules that hold, between 0 and 100, each with a sentence that a person can read. */
export const scoreOf = (item: Record<string, unknown>, rules: readonly Static<typeof Rule>[]): Score => {
  const held = rules.filter((rule) => compares(rule.is, valueAt(item, rule.field), rule.value))
  const sum = held.reduce((total, rule) => total + rule.points, 0)
  return {
    score: Math.min(100, Math.max(0, sum)),
    reasons: held.map((rule) => sentence(rule, valueAt(item, rule.field))),
  }
}

const sentence = ({ field, is, value, points }: Static<typeof Rule>, actual: unknown): string => {
  const signed = `${points >= 0 ? '+' : '−'}${Math.abs(points)}`
  if (is === 'known' || is === 'unknown') return `${signed} ${field} ${sayings[is]}`
  if (is === 'contains_any' || is === 'one_of' || is === 'contains')
    return (
      `${signed} ${field} “${String(actual)}” ${is === 'one_of' ? 'is' : 'contains'} ` +
      `“${hitOf(is, actual, value) ?? String(value)}”`
    )
  return `${signed} ${field} ${sayings[is]} ${String(value)}${is === 'equal' ? '' : ` (${String(actual)})`}`
}
