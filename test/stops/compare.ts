import type { ItemResult } from './reading.ts'

/** What another run of the same says in other words: when, under which id of a vendor, and whether a record was new. */
const ofTheRun = new Set([
  'verifiedAt',
  'at',
  'ledger',
  'sentAt',
  'id',
  'url',
  'outcome',
  'changed',
  'written',
  'notWritten',
])

/** A result as text, without what another run of the same says in other words. */
export const ofItem = (result: ItemResult | undefined): string =>
  JSON.stringify(result, (key, value: unknown) => (ofTheRun.has(key) ? undefined : value))

/** Items whose result is not that of the other run. */
export const differing = (results: readonly ItemResult[], others: readonly ItemResult[]): number[] =>
  results.flatMap((result, item) => (ofItem(result) === ofItem(others[item]) ? [] : [item]))

/** Results that say, in whatever field, that nobody was asked because of a stop. */
export const unasked = (results: readonly ItemResult[]): ItemResult[] =>
  results.filter((result) =>
    /was (stopped|cancelled)|cancelled before|not asked|"kind":"cancelled"/.test(JSON.stringify(result)),
  )
