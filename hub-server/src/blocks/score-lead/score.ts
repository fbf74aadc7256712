import type { Static } from 'typebox'
import { isKnown, valueAt } from '../fields.ts'
import type { Comparison, Rule } from './contract.ts'

export interface Score {
  readonly score: number
  readonly reasons: string[]
}

/** Adds up the points of the rules that hold, between 0 and 100, each with a sentence that a person can read. */
export const scoreOf = (item: Record<string, unknown>, rules: readonly Static<typeof Rule>[]): Score => {
  const held = rules.filter((rule) => holds(rule.is, valueAt(item, rule.field), rule.value))
  const sum = held.reduce((total, rule) => total + rule.points, 0)
  return { score: Math.min(100, Math.max(0, sum)), reasons: held.map((rule) => sentence(rule, valueAt(item, rule.field))) }
}

const holds = (is: Comparison, actual: unknown, wanted: unknown): boolean => {
  if (is === 'known') return isKnown(actual)
  if (is === 'unknown') return !isKnown(actual)
  if (!isKnown(actual)) return false
  const [a, b] = [lower(actual), lower(wanted)]
  switch (is) {
    case 'equal':
      return a === b
    case 'not_equal':
      return a !== b
    case 'contains':
      return b !== '' && a.includes(b)
    case 'contains_any':
      return listOf(b).some((word) => hasWords(a, word))
    case 'one_of':
      return listOf(b).includes(a)
    case 'greater':
      return Number(actual) > Number(wanted)
    case 'less':
      return Number(actual) < Number(wanted)
  }
}

const lower = (value: unknown): string => String(value ?? '').trim().toLowerCase()

const listOf = (text: string): string[] => text.split(',').map((part) => part.trim()).filter(Boolean)

/** As whole words: “CTO” does not stand in “Director”. */
const hasWords = (text: string, words: string): boolean => new RegExp(`(?<![\\p{L}\\p{N}])${words.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}(?![\\p{L}\\p{N}])`, 'u').test(text)

const sayings: Record<Comparison, string> = {
  contains: 'contains',
  contains_any: 'contains one of',
  equal: 'is',
  not_equal: 'is not',
  one_of: 'is one of',
  greater: 'is greater than',
  less: 'is less than',
  known: 'is known',
  unknown: 'is not known',
}

const sentence = ({ field, is, value, points }: Static<typeof Rule>, actual: unknown): string => {
  const signed = `${points >= 0 ? '+' : '−'}${Math.abs(points)}`
  if (is === 'known' || is === 'unknown') return `${signed} ${field} ${sayings[is]}`
  if (is === 'contains_any' || is === 'one_of' || is === 'contains') {
    const hit = listOf(lower(value)).find((word) => (is === 'one_of' ? lower(actual) === word : lower(actual).includes(word)))
    return `${signed} ${field} “${String(actual)}” ${is === 'one_of' ? 'is' : 'contains'} “${hit ?? String(value)}”`
  }
  return `${signed} ${field} ${sayings[is]} ${String(value)}${is === 'equal' ? '' : ` (${String(actual)})`}`
}
