import { randomFrom } from '../../hub/random.ts'

/** HOSTILE_SEED=… repeats what an earlier run sent, and in which order. */
export const seed = Number(process.env.HOSTILE_SEED ?? Math.floor(Math.random() * 1e9))
export const isLong = Boolean(process.env.HOSTILE_LONG)

export interface Dice {
  /** From 0, below this. */
  readonly below: (most: number) => number
  readonly chance: (share: number) => boolean
  readonly pick: <Value>(from: readonly Value[]) => Value
}

export const diceOf = (from: number): Dice => {
  const next = randomFrom(from)
  const below = (most: number): number => Math.floor(next() * most)
  return {
    below,
    chance: (share) => next() < share,
    pick: <Value>(from: readonly Value[]): Value => {
      const picked = from[below(from.length)]
      if (picked === undefined) throw new Error('there is nothing to pick from')
      return picked
    },
  }
}
