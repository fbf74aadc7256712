import type { Compared, Comparison, Condition, FieldCondition } from '../contracts/condition.ts'
import { isKnown, valueAt } from './fields.ts'

type Item = Record<string, unknown>

/** Whether a value compares so. What is not known compares with nothing: it is neither `equal` nor `not_equal`. */
export const compares = (is: Comparison, actual: unknown, wanted: Compared | undefined): boolean => {
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
    case 'one_of':
      return hitOf(is, actual, wanted) !== undefined
    case 'greater':
      return Number(actual) > Number(wanted)
    case 'less':
      return Number(actual) < Number(wanted)
  }
}

/** Of several words that a value is compared with, the first that it has. */
export const hitOf = (is: Comparison, actual: unknown, wanted: Compared | undefined): string | undefined => {
  const [text, words] = [lower(actual), listOf(lower(wanted))]
  if (is === 'one_of') return words.has(text) ? text : undefined
  return words.values().find((word) => (is === 'contains_any' ? hasWords(lookedAt(text), word) : text.includes(word)))
}

/** Whether a condition holds for an item. */
export const holds = (condition: Condition, item: Item): boolean => {
  if ('all' in condition) return condition.all.every((one) => holds(one, item))
  if ('any' in condition) return condition.any.some((one) => holds(one, item))
  if ('not' in condition) return !holds(condition.not, item)
  return compares(condition.is, valueAt(item, condition.field), condition.value)
}

/** Why a condition holds for an item, or does not: "verdict is deliverable". */
export const reasonOf = (condition: Condition, item: Item): string => {
  if ('not' in condition) return reasonOf(condition.not, item)
  if (!('all' in condition) && !('any' in condition)) return fieldReason(condition, valueAt(item, condition.field))
  const all = 'all' in condition
  const conditions = all ? condition.all : condition.any
  // One that does not hold decides about all; one that holds, about any.
  const deciding = conditions.find((one) => holds(one, item) !== all)
  return deciding ? reasonOf(deciding, item) : conditions.map((one) => reasonOf(one, item)).join(' and ')
}

const fieldReason = ({ field, is, value }: FieldCondition, actual: unknown): string => {
  if (!isKnown(actual)) return `${field} is not known`
  if (is === 'known' || is === 'unknown') return `${field} is known (${shown(actual)})`
  const saying = compares(is, actual, value) ? sayings[is] : contrary[is]
  return `${field} ${saying} ${String(value)}${lower(actual) === lower(value) ? '' : ` (${shown(actual)})`}`
}

/** A comparison in words; completes "<field> … <value>". */
export const sayings: Readonly<Record<Comparison, string>> = {
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

const contrary: Readonly<Record<Comparison, string>> = {
  contains: 'does not contain',
  contains_any: 'contains none of',
  equal: 'is not',
  not_equal: 'is',
  one_of: 'is none of',
  greater: 'is not greater than',
  less: 'is not less than',
  known: 'is not known',
  unknown: 'is known',
}

const lower = (value: unknown): string =>
  String(value ?? '')
    .trim()
    .toLowerCase()

/** A list is taken apart once, not for each item that it is compared with. */
const lists = new Map<string, ReadonlySet<string>>()
const mostLists = 500

const listOf = (text: string): ReadonlySet<string> => {
  const known = lists.get(text)
  if (known) return known
  const parts = text.split(',').map((part) => part.trim())
  const list = new Set(parts.filter(Boolean))
  lists.set(text, list)
  const oldest = lists.keys().next()
  if (lists.size > mostLists && !oldest.done) lists.delete(oldest.value)
  return list
}

/** Words are looked for in so much of a text: in a page, in more than any field of a person. */
const longestText = 30_000
const lookedAt = (text: string): string => (text.length > longestText ? text.slice(0, longestText) : text)

/** As whole words: “CTO” does not stand in “Director”. */
const hasWords = (text: string, words: string): boolean => {
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1))
    if (
      !endsInWord(text.slice(Math.max(0, at - 2), at)) &&
      !beginsInWord(text.slice(at + words.length, at + words.length + 2))
    )
      return true
  return false
}

const endsInWord = (before: string): boolean => /[\p{L}\p{N}]$/u.test(before)
const beginsInWord = (after: string): boolean => /^[\p{L}\p{N}]/u.test(after)

const mostShown = 60

const shown = (value: unknown): string => {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text
}
