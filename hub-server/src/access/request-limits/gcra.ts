/** So many a minute, and so many at once. */
export interface Allowance {
  readonly perMinute: number
  readonly burst: number
}

/** What became of one request under a limit. Milliseconds. */
export interface Taken {
  readonly isAllowed: boolean
  /** How many more may come at once. */
  readonly remaining: number
  /** Until there is room for one more. */
  readonly retryMs: number
  /** Until the whole burst is free again. */
  readonly resetMs: number
}

/** Where requests are counted: in this process, or in Redis for all of them. */
export interface RequestCounts {
  readonly take: (name: string, allowance: Allowance) => Promise<Taken>
  /** Whether the next one would be let through; counts nothing. */
  readonly look: (name: string, allowance: Allowance) => Promise<Taken>
}

const stepOf = ({ perMinute }: Allowance): number => 60_000 / perMinute

/**
 * The generic cell rate algorithm (https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm): of each name only the
 * moment is kept at which it would be as if it had never come.
 * @param due that moment so far, milliseconds
 * @returns the new moment, and what is told
 */
export const takeAt = (due: number | undefined, now: number, allowance: Allowance): { due: number; taken: Taken } => {
  const step = stepOf(allowance)
  const before = Math.max(due ?? now, now)
  const next = before + step
  const over = next - now - allowance.burst * step
  if (over > 1e-6)
    return { due: before, taken: { isAllowed: false, remaining: 0, retryMs: over, resetMs: before - now } }
  const remaining = Math.max(0, Math.floor((now + allowance.burst * step - next) / step + 1e-6))
  return { due: next, taken: { isAllowed: true, remaining, retryMs: 0, resetMs: next - now } }
}

const mostNames = 100_000

/**
 * Counted in this process.
 * @param processes how many share the limits: each has its part of them
 */
export const createLocalCounts = (processes: () => number = () => 1, now = () => performance.now()): RequestCounts => {
  const due = new Map<string, number>()
  const partOf = ({ perMinute, burst }: Allowance): Allowance => {
    const share = Math.max(1, processes())
    return { perMinute: perMinute / share, burst: Math.max(1, Math.floor(burst / share)) }
  }
  const forgetOld = (at: number): void => {
    for (const [name, moment] of due) if (moment <= at) due.delete(name)
    // All of them are busy: those that came first are forgotten first.
    for (const name of due.keys()) {
      if (due.size < mostNames) break
      due.delete(name)
    }
  }
  return {
    take: async (name, allowance) => {
      const at = now()
      if (due.size >= mostNames) forgetOld(at)
      const result = takeAt(due.get(name), at, partOf(allowance))
      due.set(name, result.due)
      return result.taken
    },
    look: async (name, allowance) => takeAt(due.get(name), now(), partOf(allowance)).taken,
  }
}
