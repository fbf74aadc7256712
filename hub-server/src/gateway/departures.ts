import { leastSpanOf, type Rate } from './places/places.ts'

/** The times of the last calls under a rate, as many as its window takes: a ring. */
interface Ring {
  readonly times: number[]
  count: number
}

/**
 * When this process's calls really left. A permit says when a call may leave; whoever leaves late has the next ones leave
 * later too, so that no window of the vendor's sees more calls than it allows. Kept for windows of up to two seconds:
 * those of longer ones have a margin that no lateness uses up.
 */
export const createDepartures = () => {
  const rings = new Map<string, Ring>()

  const freeUnder = (rate: Rate): number => {
    const span = leastSpanOf(rate)
    const ring = rings.get(rate.key)
    if (span === null || !ring || ring.count < rate.calls) return -Infinity
    return (ring.times[ring.count % rate.calls] ?? -Infinity) + span
  }

  return {
    /** When the next call may leave, by the clock of the times that were noted. */
    freeAt: (rates: readonly Rate[]): number => Math.max(-Infinity, ...rates.map(freeUnder)),
    note: (rates: readonly Rate[], at: number): void => {
      for (const rate of rates) {
        if (leastSpanOf(rate) === null) continue
        const ring = rings.get(rate.key) ?? { times: [], count: 0 }
        rings.set(rate.key, ring)
        ring.times[ring.count++ % rate.calls] = at
      }
    },
  }
}
