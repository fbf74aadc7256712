import { adjectives, nouns } from './words.ts'

/** Company's index ↔ the two words (and a number, once all pairs are used) of its domain and name. */
export interface Domains {
  readonly domainOf: (index: number) => string
  readonly nameOf: (index: number) => string
  /** Null for a domain or name that no company has. Takes www. too. */
  readonly indexOfDomain: (domain: string) => number | null
  readonly indexOfName: (name: string) => number | null
}

const common = (a: number, b: number): number => (b === 0 ? a : common(b, a % b))

/** The number that undoes a multiplication by `factor` modulo `size` (extended Euclid). */
const inverse = (factor: number, size: number): number => {
  let [rest, next, before, now] = [size, factor, 0, 1]
  while (next > 1) {
    const times = Math.floor(rest / next)
    ;[rest, next] = [next, rest - times * next]
    ;[before, now] = [now, before - times * now]
  }
  return ((now % size) + size) % size
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

const positions = (words: readonly string[]): ReadonlyMap<string, number> =>
  new Map(words.map((word, at) => [word, at]))

/** Every index has one domain, every domain at most one index; neighbours look nothing alike. */
export const createDomains = (seed: number): Domains => {
  const size = adjectives.length * nouns.length
  const offset = Math.imul(seed, 0x9e3779b1) >>> 0
  // About the golden section, so that a run of indexes is spread over all words. Products stay below 2⁵³.
  let stride = Math.floor(size * 0.6180339887) + (offset % 1000)
  while (common(stride, size) !== 1) stride++
  const undo = inverse(stride, size)
  const adjectiveAt = positions(adjectives)
  const nounAt = positions(nouns)

  const partsOf = (index: number): { adjective: string; noun: string; round: number } => {
    const pair = ((index % size) * stride + offset) % size
    const adjective = adjectives[pair % adjectives.length] ?? ''
    const noun = nouns[Math.floor(pair / adjectives.length)] ?? ''
    return { adjective, noun, round: Math.floor(index / size) }
  }

  const indexOf = (
    adjective: string | undefined,
    noun: string | undefined,
    round: string | undefined,
  ): number | null => {
    const left = adjectiveAt.get(adjective ?? '')
    const right = nounAt.get(noun ?? '')
    if (left === undefined || right === undefined) return null
    const pair = right * adjectives.length + left
    const within = (((((pair - (offset % size)) % size) + size) % size) * undo) % size
    return (round === undefined ? 0 : Number(round) - 1) * size + within
  }

  return {
    domainOf: (index) => {
      const { adjective, noun, round } = partsOf(index)
      return round === 0 ? `${adjective}-${noun}.example` : `${adjective}-${noun}-${round + 1}.example`
    },
    nameOf: (index) => {
      const { adjective, noun, round } = partsOf(index)
      return `${capital(adjective)} ${capital(noun)}${round === 0 ? '' : ` ${round + 1}`}`
    },
    indexOfDomain: (domain) => {
      const found = /^(?:www\.)?([a-z]+)-([a-z]+)(?:-([2-9]|[1-9]\d{1,5}))?\.example\.?$/.exec(
        domain.trim().toLowerCase(),
      )
      return found ? indexOf(found[1], found[2], found[3]) : null
    },
    indexOfName: (name) => {
      const found =
        /^([a-z]+) ([a-z]+)(?: ([2-9]|[1-9]\d{1,5}))?(?:,? (?:inc|llc|ltd|limited|group|gmbh|co)\.?)?$/.exec(
          name.trim().toLowerCase(),
        )
      return found ? indexOf(found[1], found[2], found[3]) : null
    },
  }
}
