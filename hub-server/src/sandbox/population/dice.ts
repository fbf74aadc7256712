/** A facet of the population that is thrown for, e.g. 'person.title'; as a number, because it is thrown often. */
export const facet = (name: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

/** Throws that always fall the same way for the same seed, facet and index. */
export interface Dice {
  /** 0 to 2³² − 1. */
  number(facet: number, index: number): number
  /** 0 (included) to 1 (excluded). */
  fraction(facet: number, index: number): number
  pick<Item>(facet: number, index: number, items: readonly Item[]): Item
}

export const createDice = (seed: number): Dice => {
  const number = (what: number, index: number): number => {
    let hash = Math.imul(seed ^ what, 0x9e3779b1) ^ Math.imul(index | 0, 0x85ebca6b)
    // The high half, so that indexes beyond 2³² differ too.
    if (index > 0xffffffff) hash ^= Math.imul(Math.floor(index / 0x100000000), 0xc2b2ae35)
    // The last steps of MurmurHash3: every bit of the input changes half of the output.
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash = Math.imul(hash ^ (hash >>> 16), 0x9e3779b1)
    return (hash ^ (hash >>> 15)) >>> 0
  }
  const fraction = (what: number, index: number): number => number(what, index) / 0x100000000
  return {
    number,
    fraction,
    pick: (what, index, items) => {
      const item = items[number(what, index) % items.length]
      if (item === undefined) throw new RangeError('There is nothing to pick from.')
      return item
    },
  }
}
