import { isSlow, leastSpanOf, type Rate } from './rate-store/rate-store.ts'

/** One call that left. */
export interface Left {
  readonly at: number
  isAnswered: boolean
  /**
   * Milliseconds by which its answer took longer than others: the service may have taken the call up so much later, and
   * counts it from then.
   */
  late: number
  readonly answered: Promise<void>
  /** Its answer is there, or it failed: at that time, by the clock of `at`. */
  readonly answer: (at: number) => void
}

/** The last calls under a rate, as many as its window takes. */
interface Ring {
  readonly calls: Left[]
  count: number
  /** Milliseconds that an answer takes, rather too few than too many. */
  usual: number
}

/** How much of a slower answer goes into what is usual. */
const newest = 0.1

/**
 * When this process's calls really left, and were answered. A permit says when a call may leave; one that leaves late,
 * or that the service takes up late, has the next ones leave later too, so that no window of the vendor's sees more
 * calls than it allows. Kept for windows of up to two seconds: longer ones have a margin that no lateness uses up.
 */
export const createRecentCalls = () => {
  const rings = new Map<string, Ring>()

  /** The call that must be a window old before the next one may leave. */
  const before = (rate: Rate): { ring: Ring; call: Left } | null => {
    const ring = rings.get(rate.key)
    const call = ring && ring.count >= rate.calls ? ring.calls[ring.count % rate.calls] : undefined
    return ring && call ? { ring, call } : null
  }

  const freeUnder = (rate: Rate): number => {
    const span = leastSpanOf(rate)
    const known = before(rate)
    if (span === null || !known) return -Infinity
    return known.call.at + (isSlow(rate) ? Math.max(span, rate.perMs + known.call.late) : span)
  }

  /**
   * Of a call that is not answered yet it is not known when it will be taken up; unless answers usually take that long.
   */
  const isOpen = (rate: Rate): boolean => {
    const known = isSlow(rate) && leastSpanOf(rate) !== null ? before(rate) : null
    return known !== null && !known.call.isAnswered && known.ring.usual < rate.perMs
  }

  return {
    /** When the next call may leave, by the clock of the times that were noted. */
    freeAt: (rates: readonly Rate[]): number => Math.max(-Infinity, ...rates.map(freeUnder)),
    /** The answers that should be there before the next call leaves. */
    awaited: (rates: readonly Rate[]): Promise<void>[] =>
      rates.filter(isOpen).map((rate) => before(rate)?.call.answered ?? Promise.resolve()),
    note: (rates: readonly Rate[], at: number): Left => {
      const noted = rates.filter((rate) => leastSpanOf(rate) !== null)
      const { promise, resolve } = Promise.withResolvers<void>()
      const call: Left = {
        at,
        isAnswered: false,
        late: 0,
        answered: promise,
        answer: (answeredAt) => {
          if (call.isAnswered) return
          call.isAnswered = true
          for (const { key } of noted) call.late = Math.max(call.late, learn(rings.get(key), answeredAt - at))
          resolve()
        },
      }
      for (const { key, calls } of noted) {
        const ring = rings.get(key) ?? { calls: [], count: 0, usual: 0 }
        rings.set(key, ring)
        ring.calls[ring.count++ % calls] = call
      }
      return call
    },
  }
}

/**
 * Quick to believe that answers are quick, slow to believe that they are slow.
 * @returns by how much this one was late
 */
const learn = (ring: Ring | undefined, took: number): number => {
  if (!ring) return 0
  const late = took - ring.usual
  ring.usual = Math.min(took, ring.usual + late * newest)
  return late
}
