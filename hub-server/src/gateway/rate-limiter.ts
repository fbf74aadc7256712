import { HubError } from '../contracts/errors.ts'
import { createRecentCalls, type Left } from './recent-calls.ts'
import { createLocalRateStore } from './rate-store/local.ts'
import {
  horizonMs,
  isQuota,
  longestLeadMs,
  toleranceOf,
  type Clock,
  type RateStore,
  type Rate,
} from './rate-store/rate-store.ts'

export type { Clock, Rate }

/** For a quota or a pause nobody is kept waiting longer; the line of a short window moves, so there one waits. */
const longestWaitMs = 90_000
/** Permits asked for at once. */
const mostAtOnce = 250
/** A line asks no oftener, as slots are given ahead, and no seldomer, as what was answered may have changed. */
const [oftenestMs, seldomestMs] = [horizonMs / 4, 1_000]
/** Tries to be in time for a slot, where the process is busy: one that never is goes all the same. */
const mostTries = 10

/** The answer to the call before is waited for so long, where the next could meet it. */
const longestOpenMs = 2_000

/** How much of the latest lead goes into what the next call is expected to take. */
const newest = 0.2

interface Waiting {
  /** When the slot is due, by the clock. */
  readonly give: (at: number) => void
  readonly refuse: (cause: unknown) => void
}

/** The right to make one call. What must be done before it leaves is done while it waits. */
export interface Permit {
  /** Waits until it is time to get ready: so long before the call is due as the last ones took for it. */
  readonly due: () => Promise<void>
  /**
   * Everything is ready, the connection too: waits until the call may leave. To be called right before its first byte
   * is written, and again where it must be written a second time.
   */
  readonly leave: () => Promise<void>
  /** The service has answered, or will not any more. */
  readonly answered: () => void
}

/** Who waits under the same rates, in the order of coming. */
interface Line {
  readonly account: string
  readonly rates: readonly Rate[]
  readonly waiting: Waiting[]
}

export type RateLimiter = ReturnType<typeof createRateLimiter>

/**
 * Gives slots so that a vendor's limit is used but never passed. Evenly spaced (GCRA) for short windows, so that
 * no fixed window of the vendor sees a burst; counted in a sliding window for long ones. What is paced is what leaves:
 * a call that is not ready when its slot is due takes another one, or makes the next ones wait.
 */
export const createRateLimiter = (clock: Clock, store: RateStore = createLocalRateStore(clock)) => {
  const lines = new Map<string, Line>()
  const recentCalls = createRecentCalls()
  /** How long the last calls took from their permit to being ready, by line. Milliseconds. */
  const leads = new Map<string, number>()
  const leadOf = (key: string): number => leads.get(key) ?? 0

  const serve = async (key: string, { account, rates, waiting }: Line): Promise<void> => {
    try {
      while (waiting.length > 0) {
        // From when it was asked: the answer lies until this process has time to read it.
        const asked = clock.now()
        const wanted = Math.min(mostAtOnce, waiting.length)
        const { waits, later, closed } = await store.take(account, rates, wanted, horizonMs + leadOf(key))
        for (const wait of waits) waiting.shift()?.give(asked + wait)
        if (closed > longestWaitMs) for (const each of waiting.splice(0)) each.refuse(usedUp(closed))
        if (later > 0 && waiting.length > 0)
          await clock.sleep(Math.min(seldomestMs, Math.max(oftenestMs, later)), forever)
      }
    } catch (thrown) {
      for (const each of waiting.splice(0)) each.refuse(thrown)
    } finally {
      lines.delete(key)
    }
  }

  const join = (account: string, rates: readonly Rate[], waiting: Waiting, first: boolean): Waiting[] => {
    const key = lineOf(account, rates)
    const known = lines.get(key)
    if (known) {
      if (first) known.waiting.unshift(waiting)
      else known.waiting.push(waiting)
      return known.waiting
    }
    const line: Line = { account, rates, waiting: [waiting] }
    lines.set(key, line)
    void serve(key, line)
    return line.waiting
  }

  /** @param first before all others: who missed a slot has waited already, and holds a connection open */
  const slotAt = (account: string, rates: readonly Rate[], signal: AbortSignal, first = false): Promise<number> =>
    new Promise((resolve, reject) => {
      const leave = () => {
        const index = line.indexOf(waiting)
        if (index >= 0) line.splice(index, 1)
        reject(cancelled())
      }
      const stay = () => signal.removeEventListener('abort', leave)
      const waiting: Waiting = { give: (at) => (stay(), resolve(at)), refuse: (cause) => (stay(), reject(cause)) }
      const line = join(account, rates, waiting, first)
      signal.addEventListener('abort', leave)
    })

  const until = async (at: number, signal: AbortSignal): Promise<void> => {
    const wait = at - clock.now()
    if (wait > 0) await clock.sleep(wait, signal)
    if (signal.aborted) throw cancelled()
  }

  const permitOf = (account: string, rates: readonly Rate[], signal: AbortSignal, first: number): Permit => {
    const key = lineOf(account, rates)
    let at = first
    let began: number | undefined
    let left: Left | undefined
    const learn = (): void => {
      if (began === undefined) return
      leads.set(key, Math.min(longestLeadMs, leadOf(key) * (1 - newest) + (clock.now() - began) * newest))
      began = undefined
    }
    const othersAnswered = async (): Promise<void> => {
      const open = recentCalls.awaited(rates)
      if (open.length > 0) await Promise.race([Promise.all(open), clock.sleep(longestOpenMs, signal)])
    }
    return {
      due: async () => {
        await othersAnswered()
        await until(Math.max(at, recentCalls.freeAt(rates)) - leadOf(key), signal)
        began = clock.now()
      },
      answered: () => left?.answer(clock.now()),
      leave: async () => {
        learn()
        await othersAnswered()
        let missed = rates
        for (let tries = 1; ; tries++) {
          const free = Math.max(at, recentCalls.freeAt(rates))
          await until(free, signal)
          const late = clock.now() - free
          // A slot that was missed is of no use: calls that go late go together. Late for a short window is in time
          // for a long one; and what a quota counted stays counted.
          missed = missed.filter((rate) => !isQuota(rate) && late > toleranceOf(rate))
          if (tries === mostTries || (missed.length === 0 && recentCalls.freeAt(rates) <= clock.now())) break
          if (missed.length > 0) at = await slotAt(account, missed, signal, true)
        }
        left = recentCalls.note(rates, clock.now())
      },
    }
  }

  return {
    /**
     * Waits for a slot under every one of the rates, given a little ahead.
     * @throws HubError rate_limited when a quota is used up, or the vendor asked to stay away, for longer than 90 s;
     * cancelled when the signal aborts; the permit's functions throw the same
     */
    take: async (account: string, rates: readonly Rate[], signal: AbortSignal): Promise<Permit> => {
      if (signal.aborted) throw cancelled()
      return permitOf(account, rates, signal, await slotAt(account, rates, signal))
    },
    /** The vendor said so itself (429 with Retry-After, or a header): nobody calls before. */
    pause: (account: string, ms: number): void => store.pause(account, ms),
  }
}

const lineOf = (account: string, rates: readonly Rate[]): string =>
  [account, ...rates.map((rate) => rate.key)].join('\n')

const forever = new AbortController().signal

const cancelled = () => new HubError('cancelled', 'The run was stopped before this call was made.')

const usedUp = (ms: number) =>
  new HubError('rate_limited', 'The limit of this account at the service is used up.', {
    retryAfter: Math.ceil(ms / 1000),
    advice: `Try again in ${Math.ceil(ms / 60_000)} minutes, or connect an account with a higher limit.`,
  })
