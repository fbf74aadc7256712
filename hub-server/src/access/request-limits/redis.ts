import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { createLocalCounts, type Allowance, type RequestCounts, type Taken } from './gcra.ts'

/** The same as {@link takeAt}, where Redis's own clock counts. Times in microseconds: Lua's numbers are doubles. */
const script = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local step, burst, counts = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1'
local before = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local due = before + step
local over = due - now - burst * step
if over > 1 then return {0, 0, math.ceil(over), math.ceil(before - now)} end
if counts then redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', math.ceil((due - now) / 1000) + 1) end
return {1, math.floor((burst * step - (due - now)) / step + 0.000001), 0, math.ceil(due - now)}`

/** So long Redis may take; then this process counts by itself. Milliseconds. */
const patienceMs = 250

export interface SharedCounts extends RequestCounts {
  readonly close: () => Promise<void>
}

/** Counted in Redis, for all processes together; while it is away each counts its part. */
export const createRedisCounts = (url: string, processes: () => number, log: Logger): SharedCounts => {
  const redis = new Redis(url, {
    commandTimeout: patienceMs,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    connectTimeout: 2_000,
  })
  const own = createLocalCounts(processes)
  let isAway = false
  redis.on('error', (error: Error) => {
    if (!isAway) log.warn({ err: error }, 'Redis is away: each process counts requests by itself')
    isAway = true
  })
  redis.on('ready', () => (isAway = false))

  const ask = async (name: string, { perMinute, burst }: Allowance, counts: boolean): Promise<Taken> => {
    const step = 60_000_000 / perMinute
    const answer = await redis.eval(script, 1, `hub:requests:${name}`, step, burst, counts ? '1' : '0')
    const [isAllowed, remaining, retry, reset] = (answer as number[]).map(Number)
    return {
      isAllowed: isAllowed === 1,
      remaining: remaining ?? 0,
      retryMs: (retry ?? 0) / 1000,
      resetMs: (reset ?? 0) / 1000,
    }
  }

  const orOwn = async (way: 'take' | 'look', name: string, allowance: Allowance): Promise<Taken> => {
    if (isAway || redis.status !== 'ready') return own[way](name, allowance)
    try {
      return await ask(name, allowance, way === 'take')
    } catch (thrown) {
      log.warn({ err: thrown }, 'Redis did not answer in time: this request is counted here')
      return own[way](name, allowance)
    }
  }

  return {
    take: (name, allowance) => orOwn('take', name, allowance),
    look: (name, allowance) => orOwn('look', name, allowance),
    close: async () => redis.disconnect(),
  }
}
