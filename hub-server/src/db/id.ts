import { randomBytes } from 'node:crypto'

let last = 0
let counter = 0
/** Chance is fetched for many ids at once: a call for each would cost more than all else here. */
let chance = Buffer.alloc(0)
let used = 0

/**
 * A new id: prefix, 48 bits of time, 16 of a counter, 64 of chance, in base 36. Sorts by time within a process,
 * so that indexes grow at their end.
 */
export const newId = (prefix: string): string => {
  const now = Date.now()
  counter = now === last ? counter + 1 : 0
  last = now
  if (used === chance.length) {
    chance = randomBytes(8 * 512)
    used = 0
  }
  const drawn = chance.readBigUInt64BE(used)
  used += 8
  return `${prefix}_${base36(now, 9)}${base36(counter % 46_656, 3)}${base36(drawn, 13)}`
}

const base36 = (number: number | bigint, digits: number): string => number.toString(36).padStart(digits, '0')
