import type { MadeUp } from './made-up.ts'

/**
 * Fields that tell of nobody, of which a value that looks like a program's own is left as it is: of what no schema
 * tells, all else is replaced.
 */
const openTexts: ReadonlySet<string> = new Set([
  'status',
  'state',
  'verdict',
  'outcome',
  'mode',
  'kind',
  'type',
  'block',
  'step',
  'capability',
  'connector',
  'provider',
  'providers',
  'operation',
  'object',
  'depth',
  'seniority',
  'department',
  'country',
  'currency',
  'legalBasis',
  'delimiter',
  'lineEnd',
])

/** Numbers that count, cost or grade something. */
const openNumbers: ReadonlySet<string> = new Set([
  'total',
  'count',
  'items',
  'calls',
  'cached',
  'credits',
  'price',
  'seconds',
  'score',
  'confidence',
  'priority',
  'limit',
  'maxAgeDays',
])

const program = /^[a-z][\w.-]{0,60}$/i
/** As newId writes them, alone or with what follows within: these tie the tables together. */
const ownId = /^[a-z]{2,5}_[a-z0-9]{25}$/
const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/
/** As a program names a field; what a person has named may tell of somebody. */
const fieldName = /^[a-z][a-zA-Z0-9]*(?:[._][a-z][a-zA-Z0-9]*)*$/

/** The same value with everything in it made up that may tell of somebody. */
export const madeUpForm = (madeUp: MadeUp, value: unknown, field = ''): unknown => {
  if (typeof value === 'string') return textIn(madeUp, value, field)
  if (typeof value === 'number') return isOpenNumber(value, field) ? value : madeUp.number(value)
  if (Array.isArray(value)) return value.map((one: unknown) => madeUpForm(madeUp, one, field))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [nameIn(madeUp, name), madeUpForm(madeUp, one, lastOf(name))]),
  )
}

const lastOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1)

const nameIn = (madeUp: MadeUp, name: string): string =>
  fieldName.test(name) || ownId.test(name) ? name : madeUp.text(name)

const textIn = (madeUp: MadeUp, text: string, field: string): string => {
  if (ownId.test(text) || moment.test(text)) return text
  if (openTexts.has(field) && (program.test(text) || text.trim() === '')) return text
  // The columns of a list: they are named in its items, too.
  return field === 'columns' ? nameIn(madeUp, text) : madeUp.text(text)
}

/** Chances, small counts, and what is known to count. */
const isOpenNumber = (number: number, field: string): boolean =>
  openNumbers.has(field) || (number >= 0 && number <= 1) || (Number.isInteger(number) && number >= 0 && number < 100)
