import { facet, type Dice } from './dice.ts'

const [LEFT, RIGHT] = [facet('id.left'), facet('id.right')]

/** Eight digits: the 1 in front keeps the zeros. */
const hex = (value: number): string => (value + 0x100000000).toString(16).slice(1)

/** 24 hex digits from which the index can be read again: the index, masked, then two throws that prove it. */
export interface Ids {
  readonly of: (kind: 'person' | 'company', index: number) => string
  /** Null for an id that nobody has. */
  readonly indexOf: (kind: 'person' | 'company', id: string) => number | null
}

export const createIds = (dice: Dice): Ids => {
  const mask = { person: dice.number(LEFT, 1), company: dice.number(LEFT, 2) }
  const of: Ids['of'] = (kind, index) =>
    hex((index ^ mask[kind]) >>> 0) +
    hex(dice.number(LEFT ^ mask[kind], index)) +
    hex(dice.number(RIGHT ^ mask[kind], index))
  return {
    of,
    indexOf: (kind, id) => {
      if (!/^[0-9a-f]{24}$/.test(id)) return null
      const index = (Number.parseInt(id.slice(0, 8), 16) ^ mask[kind]) >>> 0
      return of(kind, index) === id ? index : null
    },
  }
}
