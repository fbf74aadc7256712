import type { Clock } from '../../hub-server/src/gateway/rate-limiter.ts'

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/**
 * Time that passes only when nothing is left to do at a moment: milliseconds from 0. Whatever takes real time, as a
 * question to Redis, is told to `during`, and time stands still for it.
 */
export const virtualClock = () => {
  let now = 0
  let underWay = 0
  let ended = (): void => undefined
  /** The soonest last. */
  const sleepers: Sleeper[] = []

  const add = (sleeper: Sleeper): void => {
    let [from, to] = [0, sleepers.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if ((sleepers[middle]?.at ?? 0) > sleeper.at) from = middle + 1
      else to = middle
    }
    sleepers.splice(from, 0, sleeper)
  }

  const settle = async (): Promise<void> => {
    do {
      if (underWay > 0) await new Promise<void>((resolve) => (ended = resolve))
      await new Promise((resolve) => setImmediate(resolve))
    } while (underWay > 0)
  }

  const clock: Clock = { now: () => now, sleep: (ms) => new Promise((wake) => add({ at: now + ms, wake })) }
  return {
    ...clock,
    during: async <Value>(work: () => Promise<Value>): Promise<Value> => {
      underWay++
      try {
        return await work()
      } finally {
        if (--underWay === 0) ended()
      }
    },
    /** Lets time pass until that moment. */
    runUntil: async (end: number): Promise<void> => {
      for (;;) {
        await settle()
        const next = sleepers.at(-1)
        if (!next || next.at > end) break
        now = Math.max(now, next.at)
        while ((sleepers.at(-1)?.at ?? Infinity) <= now) sleepers.pop()?.wake()
      }
      now = end
    },
  }
}

export type VirtualClock = ReturnType<typeof virtualClock>
