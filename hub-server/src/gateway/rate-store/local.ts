import {
  horizonMs,
  isQuota,
  longestLeadMs,
  spacingOf,
  type Clock,
  type Granted,
  type RateStore,
  type Rate,
} from './rate-store.ts'
import { countAt, countOf, freeAt, type Window } from './window.ts'

export interface LocalRateStore extends RateStore {
  /** As if the last slot under a rate that could be given ahead had been given: the next is one step after it. */
  readonly useUp: (rate: Rate) => void
  /** What all processes together have used of a quota, as Redis last told. */
  readonly remember: (rate: Rate, used: number) => void
  /** Calls that are known to have been made under a quota, here or as Redis last told. */
  readonly known: (rate: Rate) => number
}

/**
 * Calls counted in this process, which takes only its share of every limit.
 * @param processes how many share the limits
 */
export const createLocalRateStore = (clock: Clock, processes: () => number = () => 1): LocalRateStore => {
  const due = new Map<string, number>()
  const counted = new Map<string, Window>()
  const told = new Map<string, { used: number; until: number }>()
  const paused = new Map<string, number>()

  const windowOf = ({ key }: Rate): Window => {
    const window: Window = counted.get(key) ?? new Map()
    counted.set(key, window)
    return window
  }

  const toldOf = ({ key }: Rate) => {
    const known = told.get(key)
    if (known && known.until <= clock.now()) told.delete(key)
    return told.get(key)
  }

  const quotaFreeAt = (rate: Rate, now: number): number => {
    const known = toldOf(rate)
    const calls = known
      ? Math.floor(Math.max(0, rate.calls - known.used) / processes())
      : Math.max(1, Math.floor(rate.calls / processes()))
    return known && calls === 0 ? known.until : freeAt(windowOf(rate), { ...rate, calls }, now)
  }

  return {
    take: (account, rates, wanted, horizon = horizonMs): Promise<Granted> => {
      const now = clock.now()
      const open = Math.max(now, paused.get(account) ?? 0)
      const quotas = rates.filter(isQuota)
      const spaced = rates
        .filter((rate) => !isQuota(rate))
        .map((rate) => ({ key: rate.key, ...spacingOf(shareOf(rate, processes())) }))
      const waits: number[] = []
      while (waits.length < wanted) {
        const closedUntil = Math.max(open, ...quotas.map((rate) => quotaFreeAt(rate, now)))
        const next = Math.max(
          closedUntil > now ? closedUntil : -Infinity,
          ...spaced.map(({ key, burstMs }) => Math.max(due.get(key) ?? 0, now - burstMs)),
        )
        const at = next === -Infinity ? now : next
        if (at > now + horizon) return Promise.resolve({ waits, later: at - horizon - now, closed: closedUntil - now })
        for (const { key, stepMs } of spaced) due.set(key, at + stepMs)
        for (const rate of quotas) countAt(windowOf(rate), rate, Math.max(now, at))
        waits.push(Math.max(0, at - now))
      }
      return Promise.resolve({ waits, later: 0, closed: 0 })
    },
    pause: (account, ms) => void paused.set(account, Math.max(paused.get(account) ?? 0, clock.now() + ms)),
    useUp: (rate) => {
      const { stepMs } = spacingOf(shareOf(rate, processes()))
      due.set(rate.key, Math.max(due.get(rate.key) ?? 0, clock.now() + horizonMs + longestLeadMs + stepMs))
    },
    remember: (rate, used) => {
      told.set(rate.key, { used, until: clock.now() + rate.perMs })
      counted.delete(rate.key)
    },
    known: (rate) => (toldOf(rate)?.used ?? 0) + countOf(windowOf(rate)),
  }
}

/**
 * All together never pass the limit, whenever each of them calls; where there is less than one call for each, they take
 * a longer time for it.
 */
const shareOf = (rate: Rate, processes: number): Rate =>
  rate.calls >= processes
    ? { ...rate, calls: Math.floor(rate.calls / processes) }
    : { ...rate, calls: 1, perMs: (rate.perMs * processes) / rate.calls }
