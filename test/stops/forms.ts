export interface Form {
  /** Of each block's list. */
  readonly items: number
  /** Stops that all lists meet together. */
  readonly moments: number
  /** From ready to the stop, at most. */
  readonly longestMs: number
}

/** STOPS_LONG=yes: 2,000 items of each block, stopped at 50 moments. */
export const form: Form =
  process.env.STOPS_LONG === 'yes'
    ? { items: 2000, moments: 50, longestMs: 3000 }
    : { items: 120, moments: 6, longestMs: 1500 }

/** So long the work lasts, stops not counted: each moment meets it. */
export const workSeconds = ({ moments, longestMs }: Form): number => (moments * longestMs) / 1000
