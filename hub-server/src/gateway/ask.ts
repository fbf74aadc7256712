/** How to ask: the options that every read takes. */
export interface AskOptions {
  /** Connector ids, in this order; empty: every connected one, the cheapest first. */
  readonly providers?: readonly string[]
  /** Greatest age of a kept answer in days; 0: always ask anew. */
  readonly maxAgeDays?: number
  /** US dollars for one item. */
  readonly maxPrice?: number
  readonly raw?: boolean
  /** An answer that this says no to does not end the search: the next provider is asked. */
  readonly accept?: (output: unknown) => boolean
}
