/** How to ask: the options that every read takes. */
export interface AskOptions {
  /** Connector ids, in this order; empty: every connected one, the cheapest first. */
  readonly providers?: readonly string[]
  /** Greatest age of a kept answer in days; 0: always ask anew. */
  readonly maxAgeDays?: number
  /** US dollars for one item. */
  readonly maxPrice?: number
  readonly raw?: boolean
  /**
   * For each input the item that it is asked for (its index): what one item may cost is counted by it, and no message
   * of it is sent twice.
   */
  readonly items?: readonly number[]
  /** An answer that this says no to does not end the search: the next provider is asked. */
  readonly accept?: (output: unknown) => boolean
}
