/** What `./hub run` and `./hub report` know of the hub's REST door; hub-server/src/contracts says all of it. */

/** Micro-USD are millionths of a US dollar. */
export type Run = {
  id: string
  mode: 'test' | 'live'
  status: 'queued' | 'running' | 'paused' | 'done' | 'cancelled'
  items: { total: number; done: number; pending: number; skipped: number; failed: number; uncertain: number }
  /** `price` in micro-USD. */
  usage: { calls: number; cached: number; price: number }
  /** US dollars. */
  budget?: number
  error?: { kind: string; message: string; advice: string }
  createdAt: string
}

/** What a run came to. */
export type Summary = {
  outputs: number
  /** Items that are done and gave none. */
  empty: number
  counted?: { field: string; values: { value: string; outputs: number }[] }
  /** The most frequent first; `first` counts from 0. */
  reasons: {
    status: 'done' | 'skipped' | 'failed' | 'uncertain'
    reason: string
    advice?: string
    items: number
    first: number
  }[]
}

export type Estimate = {
  items: { total: number; looked: number; unable: number }
  /** `first` counts from 0. */
  reasons: { reason: string; advice: string; items: number; first: number }[]
  calls: Range
  /** Micro-USD. */
  price: Range
  cached: number
  seconds: number
  providers: { provider: string; operation: string; calls: number; price: number; seconds: number }[]
}
export type Range = { low: number; likely: number; high: number }

/** `price` in micro-USD, `seconds` of waiting on the services. */
export type ReportRow = {
  run?: Run
  connector?: string
  operation?: string
  day?: string
  calls: number
  items: number
  hits: number
  misses: number
  cached: number
  price: number
  seconds: number
}

/** What is read of an option's JSON Schema. */
export type OptionSchema = { type?: string; enum?: unknown[] }
export type Block = {
  id: string
  name: string
  item: { properties?: Record<string, unknown> }
  options: { properties?: Record<string, OptionSchema> }
}

/** Items that have come to an end, however it was: the `seen` of a long poll. */
export function finished({ items }: Run): number {
  return items.done + items.skipped + items.failed + items.uncertain
}
