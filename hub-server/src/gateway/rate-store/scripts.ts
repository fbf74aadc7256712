import { createHash } from 'node:crypto'

export interface Script {
  readonly text: string
  readonly sha: string
}

const script = (text: string): Script => ({ text, sha: createHash('sha1').update(text).digest('hex') })

/**
 * Takes up to `wanted` slots under all rates at once, or none of one. All times in microseconds by Redis's own clock.
 * KEYS: the account's pause, then one for each rate. ARGV: JSON {wanted, ahead, horizon, rates}, slots being
 * `ahead` at the earliest. A rate with `step` and `burst`
 * is evenly spaced (its key holds when the next is due), one with `calls`, `per` and `known` is counted in parts of the
 * window (its key is a hash: part → calls); `known`: what the process knows to be used, for when Redis has forgotten.
 * Answers {closed, later, waits, used, now}; used: of each counted rate, in their order; now: when, by its clock.
 */
export const takeScript = script(`
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local asked = cjson.decode(ARGV[1])
local open = now + math.max(0, redis.call('PTTL', KEYS[1])) * 1000
local parts = 100

local function count(rate, part, calls)
  if not rate.window[part] then
    rate.window[part] = 0
    table.insert(rate.order, part)
    table.sort(rate.order)
  end
  rate.window[part] = rate.window[part] + calls
  rate.total = rate.total + calls
end

local function add(rate, at, calls)
  local part = math.floor(at / rate.width)
  count(rate, part, calls)
  rate.added[part] = (rate.added[part] or 0) + calls
end

local function freeAt(rate)
  local left, at = rate.total, now
  for _, part in ipairs(rate.order) do
    if left < rate.calls then break end
    left = left - rate.window[part]
    at = math.max(now, (part + 1) * rate.width + rate.per)
  end
  return at
end

for i, rate in ipairs(asked.rates) do
  rate.key = KEYS[i + 1]
  if rate.step then
    rate.due = math.max(tonumber(redis.call('GET', rate.key) or 0), now + asked.ahead - rate.burst)
  else
    rate.width, rate.window, rate.order, rate.total, rate.added = rate.per / parts, {}, {}, 0, {}
    local oldest = math.floor((now - rate.per) / rate.width)
    local stored = redis.call('HGETALL', rate.key)
    for j = 1, #stored, 2 do
      local part = tonumber(stored[j])
      if part < oldest then redis.call('HDEL', rate.key, stored[j]) else count(rate, part, tonumber(stored[j + 1])) end
    end
    if #stored == 0 and rate.known > 0 then add(rate, now, rate.known) end
  end
end

local waits, later, closed = {}, 0, 0
while #waits < asked.wanted do
  local closedUntil, next = open, 0
  for _, rate in ipairs(asked.rates) do
    if rate.step then next = math.max(next, rate.due) else closedUntil = math.max(closedUntil, freeAt(rate)) end
  end
  if closedUntil > now or next == 0 then next = math.max(next, closedUntil) end
  if next > now + asked.horizon then
    later, closed = next - asked.horizon - now, closedUntil - now
    break
  end
  for _, rate in ipairs(asked.rates) do
    if rate.step then rate.due = next + rate.step else add(rate, math.max(now, next), 1) end
  end
  table.insert(waits, math.max(0, next - now))
end

local used = {}
for _, rate in ipairs(asked.rates) do
  if rate.step then
    if #waits > 0 then
      local lasts = math.max(1, math.ceil((rate.due - now + rate.burst) / 1000))
      redis.call('SET', rate.key, string.format('%.0f', rate.due), 'PX', lasts)
    end
  else
    for part, calls in pairs(rate.added) do redis.call('HINCRBY', rate.key, string.format('%.0f', part), calls) end
    if next(rate.added) then redis.call('PEXPIRE', rate.key, math.ceil((rate.per + rate.width) / 1000) + 120000) end
    table.insert(used, rate.total)
  end
end
return {math.ceil(closed), math.ceil(later), waits, used, now}
`)

/** KEYS: the account's pause. ARGV: milliseconds. A longer pause stays. */
export const pauseScript = script(`
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], 1, 'PX', ARGV[1]) end
`)
