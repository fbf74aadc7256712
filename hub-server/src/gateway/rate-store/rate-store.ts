/** At most `calls` within any `perMs`. */
export interface Rate {
  /** What is counted together: the account, one of its endpoints … */
  readonly key: string
  readonly calls: number
  readonly perMs: number
}

export interface Clock {
  /** Milliseconds; only differences count. */
  readonly now: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface Granted {
  /** Milliseconds from now until each slot, the soonest first; fewer than wanted when the next is too far ahead. */
  readonly waits: readonly number[]
  /** Milliseconds after which it is worth asking for the next; 0 when all that were wanted were given. */
  readonly later: number
  /** Milliseconds for which nobody gets a slot: the vendor's pause, or a quota that is used up. */
  readonly closed: number
}

/** Where slots under vendors' limits are counted. */
export interface RateStore {
  /**
   * Takes up to so many slots under all of the rates.
   * @param horizon none of them further ahead, in milliseconds: {@link horizonMs} and what a call takes to be ready
   */
  readonly take: (account: string, rates: readonly Rate[], wanted: number, horizon?: number) => Promise<Granted>
  /** Nobody gets a slot of this account for so long. */
  readonly pause: (account: string, ms: number) => void
}

/**
 * Taken ahead, so that a process that is late loses none; not further, so that what is forgotten or paused is little.
 */
export const horizonMs = 100

/** A call that takes longer from its permit to a connection that is ready is late. */
export const longestLeadMs = 300

/** Windows longer than this are quotas: calls are counted, not spread out. */
const quotaFromMs = 120_000

export const isQuota = ({ perMs }: Rate): boolean => perMs > quotaFromMs

/** Timers are coarse, processes are busy and networks jitter: this much is left free in every window. Milliseconds. */
const marginOf = ({ perMs }: Rate): number => Math.max(45, perMs * 0.02)

/** Milliseconds between two calls, and how much of a gap that nobody used may still be used. */
export const spacingOf = (rate: Rate): { stepMs: number; burstMs: number } => ({
  stepMs: (rate.perMs + marginOf(rate)) / rate.calls,
  burstMs: marginOf(rate) * 0.2,
})

/** Milliseconds by which a call may miss its slot without harm to the window: with the burst less than the margin. */
export const toleranceOf = (rate: Rate): number => marginOf(rate) * 0.7

/**
 * Milliseconds from one departure to the one `calls` later, where nobody is late: what two on-time calls have between
 * them.
 * Null for windows whose margin is wide enough for calls that are each a little late.
 */
export const leastSpanOf = (rate: Rate): number | null => {
  const margin = marginOf(rate)
  return margin > rate.perMs * 0.02 ? rate.perMs + margin * 0.8 : null
}

/** A call or a few within a window: one that is taken up late meets the next, which no other spreads out. */
export const isSlow = ({ calls, perMs }: Rate): boolean => perMs / calls >= 300
