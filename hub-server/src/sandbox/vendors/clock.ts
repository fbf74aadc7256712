/** The vendors' clock: the real one, put forward by what a test asked for. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  advance(ms: number): void
}

export const createClock = (): Clock => {
  let ahead = 0
  return {
    now: () => Date.now() + ahead,
    advance: (ms) => {
      ahead += ms
    },
  }
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of "500ms", "10s", "1m", "1h", "1d". */
export const millisecondsOf = (duration: string): number => {
  const found = /^(\d+)(ms|s|m|h|d)$/.exec(duration)
  return Number(found?.[1] ?? 0) * (units[found?.[2] ?? 'ms'] ?? 1)
}
