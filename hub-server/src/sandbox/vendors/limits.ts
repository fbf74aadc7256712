import { millisecondsOf, type Clock } from './clock.ts'
import type { Limit } from './format.ts'

/** One limit's state after a call, as vendors tell it in headers. */
export interface Rate {
  readonly limit: number
  readonly remaining: number
  /** Seconds until the next call is free, rounded up; 0 while calls remain. */
  readonly reset: number
}

export type Admission =
  | { readonly admitted: true; readonly rates: readonly Rate[] }
  | { readonly admitted: false; readonly retryAfter: number; readonly rates: readonly Rate[] }

/** Where a call goes, as limits see it. */
export interface CallPlace {
  readonly key: string
  readonly server: string
  readonly bucket: string
  readonly operation: string | undefined
  readonly route: string
}

/** The times of the last calls, oldest first, never more than the limit allows: a ring that grows as it fills. */
interface Window {
  readonly times: number[]
  head: number
}

/**
 * Exact sliding windows: in no stretch of `per` are more than `calls` admitted. A refused call does not count.
 */
export const createLimits = (limits: readonly Limit[], clock: Clock) => {
  const windows = new Map<string, Window>()
  const running = new Map<string, number>()

  const concerns = (limit: Limit, at: CallPlace): boolean =>
    (limit.server === undefined || limit.server === at.server) &&
    (limit.bucket === undefined || limit.bucket === at.bucket) &&
    (limit.operation === undefined || limit.operation === at.operation)

  const nameOf = (number: number, limit: Limit, at: CallPlace): string =>
    `${number} ${limit.scope === 'endpoint' ? (at.operation ?? at.route) : ''} ${at.key}`

  const windowOf = (name: string): Window => {
    const known = windows.get(name)
    if (known) return known
    const fresh = { times: [], head: 0 }
    windows.set(name, fresh)
    return fresh
  }

  const forget = (window: Window, before: number): void => {
    while (window.head < window.times.length && (window.times[window.head] ?? 0) <= before) window.head++
    if (window.head > 1024 && window.head * 2 > window.times.length) {
      window.times.splice(0, window.head)
      window.head = 0
    }
  }

  return {
    /** Counts a call, or says when to come again. */
    admit(at: CallPlace): Admission {
      const now = clock.now()
      const held = limits.flatMap((limit, number) => {
        if (!concerns(limit, at) || limit.calls === undefined || limit.per === undefined) return []
        const [per, window] = [millisecondsOf(limit.per), windowOf(nameOf(number, limit, at))]
        forget(window, now - per)
        return [{ calls: limit.calls, per, window, used: window.times.length - window.head }]
      })
      const waits = held.map(({ calls, per, window, used }) =>
        used < calls ? 0 : (window.times[window.head] ?? now) + per - now,
      )
      const crowded = limits.some(
        (limit, number) =>
          limit.concurrency !== undefined &&
          concerns(limit, at) &&
          (running.get(nameOf(number, limit, at)) ?? 0) >= limit.concurrency,
      )
      const wait = Math.max(0, ...waits)
      const admitted = wait === 0 && !crowded
      if (admitted) for (const { window } of held) window.times.push(now)
      const rates = held.map(({ calls, used }, number) => ({
        limit: calls,
        remaining: Math.max(0, calls - used - (admitted ? 1 : 0)),
        reset: Math.ceil((waits[number] ?? 0) / 1000),
      }))
      return admitted ? { admitted, rates } : { admitted, rates, retryAfter: Math.max(1, Math.ceil(wait / 1000)) }
    },

    /** Tells of a call under way; call what it gives when the answer is out. */
    begin(at: CallPlace): () => void {
      const names = limits.flatMap((limit, number) =>
        limit.concurrency !== undefined && concerns(limit, at) ? [nameOf(number, limit, at)] : [],
      )
      for (const name of names) running.set(name, (running.get(name) ?? 0) + 1)
      return () => {
        for (const name of names) running.set(name, (running.get(name) ?? 1) - 1)
      }
    },

    /** As if nobody had called. */
    reset(): void {
      windows.clear()
    },
  }
}
export type Limits = ReturnType<typeof createLimits>
