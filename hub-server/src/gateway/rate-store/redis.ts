import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { horizonMs, isQuota, spacingOf, type Granted, type Rate } from './rate-store.ts'
import { pauseScript, takeScript, type Script } from './scripts.ts'

/** Longer than an answer takes on a crowded machine, and short enough to go on without it. */
const answerMs = 1_000

export interface Counted extends Granted {
  /** Calls within the window of each quota, in the order of the quotas. */
  readonly used: readonly number[]
}

/** Runs a script in Redis. */
export type RunScript = (script: Script, keys: readonly string[], argument: string | number) => Promise<unknown>

export type RedisRateStore = ReturnType<typeof redisRateStore>

/** Calls counted in Redis, by its own clock. @param now this process's clock, in milliseconds */
export const redisRateStore = (run: RunScript, now: () => number) => {
  const aheadOfUs = createOffset()

  const take = async (
    account: string,
    rates: readonly Rate[],
    { wanted = 1, ahead = 0, horizon = horizonMs },
    known: (rate: Rate) => number,
  ): Promise<Counted> => {
    const asked = rates.map((rate) => {
      if (isQuota(rate)) return { calls: rate.calls, per: rate.perMs * 1000, known: known(rate) }
      const { stepMs, burstMs } = spacingOf(rate)
      return { step: Math.ceil(stepMs * 1000), burst: Math.floor(burstMs * 1000) }
    })
    const question = JSON.stringify({ wanted, ahead: ahead * 1000, horizon: horizon * 1000, rates: asked })
    const began = now()
    const answer = await run(
      takeScript,
      [pauseKey(account), ...rates.map((rate) => keyOf(account, rate.key))],
      question,
    )
    const [closed, later, waits, used, at]: unknown[] = Array.isArray(answer) ? answer : []
    // The slots lie so far from when Redis read the question, which is a while after it was asked.
    const underWay = Number(at) / 1000 - aheadOfUs(Number(at) / 1000, began, now()) - began
    return {
      closed: Number(closed) / 1000,
      later: Number(later) / 1000,
      waits: numbersOf(waits).map((wait) => wait / 1000 + underWay),
      used: numbersOf(used),
    }
  }

  return {
    /**
     * As {@link RateStore}.take.
     * @param known calls that are known to be used of a quota, should Redis have forgotten it
     */
    take: (
      account: string,
      rates: readonly Rate[],
      { wanted, horizon }: { wanted: number; horizon: number },
      known: (rate: Rate) => number,
    ): Promise<Counted> => take(account, rates, { wanted, horizon }, known),
    /** Counts so many calls that go without asking, the first `ahead` milliseconds from now. */
    note: (
      account: string,
      rates: readonly Rate[],
      { calls, ahead }: { calls: number; ahead: number },
      known: (rate: Rate) => number,
    ): Promise<Counted> => take(account, rates, { wanted: calls, ahead, horizon: foreverMs }, known),
    pause: async (account: string, ms: number): Promise<void> => {
      await run(pauseScript, [pauseKey(account)], Math.max(1, Math.ceil(ms)))
    },
  }
}

/**
 * Clocks drift apart by no more, and what was learned about them long ago says little. Part of the time that passed.
 */
const drift = 0.0005

/**
 * How far Redis's clock is ahead of ours, better known with every answer: it read its clock after we asked and before
 * we had the answer, and of many answers some are quick. Without it a process that reads its answers late, or whose
 * questions lie, would call too late or too early.
 */
const createOffset = () => {
  let [least, most, last] = [-Infinity, Infinity, 0]
  return (theirs: number, asked: number, answered: number): number => {
    const slack = (answered - last) * drift
    least = Math.max(least - slack, theirs - answered)
    most = Math.min(most + slack, theirs - asked)
    // One of the clocks was set: what was known before is void.
    if (least > most) [least, most] = [theirs - answered, theirs - asked]
    last = answered
    return (least + most) / 2
  }
}

/**
 * Opens the Redis in which slots are counted. Every function rejects when it is away or does not answer within a
 * second; that is said in the log once for each outage. Reconnects by itself.
 */
export const openRedisRateStore = async (url: string, log: Logger) => {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    // A connection that hangs is given up, and made anew.
    socketTimeout: 5_000,
    retryStrategy: (times) => Math.min(1_000, times * 100),
  })
  let said = false
  const say = (reason: string): void => {
    if (!said) log.warn({ reason }, 'Redis is away: each process keeps to its share of the limits')
    said = true
  }
  redis.on('error', (thrown: Error) => say(thrown.message))

  const run: RunScript = async ({ sha, text }, keys, argument) => {
    try {
      const work = redis.evalsha(sha, keys.length, ...keys, argument).catch((thrown: unknown) => {
        if (thrown instanceof Error && thrown.message.startsWith('NOSCRIPT'))
          return redis.eval(text, keys.length, ...keys, argument)
        throw thrown
      })
      const answer = await inTime(work)
      said = false
      return answer
    } catch (thrown) {
      say(thrown instanceof Error ? thrown.message : String(thrown))
      throw thrown
    }
  }

  // Failing is said by the listener, and ioredis goes on trying.
  await redis.connect().catch(() => undefined)
  return { ...redisRateStore(run, () => performance.now()), close: (): void => redis.disconnect() }
}

const foreverMs = 1e12

/** In braces what a Redis cluster keeps together. */
const keyOf = (account: string, key: string): string => `ainow:limit:{${account}}:${key}`
const pauseKey = (account: string): string => `ainow:pause:{${account}}`

const numbersOf = (list: unknown): number[] => (Array.isArray(list) ? list.map(Number) : [])

const inTime = <Value>(work: Promise<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    // This process may itself have been busy for so long: what has arrived meanwhile is read before it counts as late.
    const timer = setTimeout(() => setImmediate(() => reject(new Error(`no answer within ${answerMs} ms`))), answerMs)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
