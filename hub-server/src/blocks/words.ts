/** Words or phrases of a comma-separated list, in lower case, ready to be looked for in many texts. */
export interface WordList {
  /** The first of the list that the text is. */
  readonly same: (text: string) => string | undefined
  /** The first of the list that stands in the text as whole words: “cto” does not stand in “director”. */
  readonly within: (text: string) => string | undefined
}

interface Phrase {
  readonly phrase: string
  /** Its place in the list. */
  readonly order: number
  /** Where its first word begins in it. */
  readonly offset: number
}

const word = /[\p{L}\p{N}]+/gu
const isLetter = (char: string): boolean => /^[\p{L}\p{N}]/u.test(char)
const endsInLetter = (text: string): boolean => /[\p{L}\p{N}]$/u.test(text)

/**
 * The phrases by their first words: a text is gone through once, however long the list is.
 * @param list comma-separated
 */
const readWords = (list: string): WordList => {
  const all = list
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  const known = new Set(all)
  const byWord = new Map<string, Phrase[]>()
  const signs: Phrase[] = []
  for (const [order, phrase] of all.entries()) {
    const [first] = phrase.matchAll(word)
    const one = { phrase, order, offset: first?.index ?? 0 }
    const beside = first ? byWord.get(first[0]) : signs
    if (beside) beside.push(one)
    else if (first) byWord.set(first[0], [one])
  }
  return {
    same: (text) => (known.has(text) ? text : undefined),
    within: (text) => {
      let best: Phrase | undefined
      const offer = (one: Phrase, at: number): void => {
        if ((!best || one.order < best.order) && standsAt(text, one.phrase, at)) best = one
      }
      for (const match of text.matchAll(word))
        for (const one of byWord.get(match[0]) ?? []) offer(one, match.index - one.offset)
      for (const one of signs) for (const at of placesOf(text, one.phrase)) offer(one, at)
      return best?.phrase
    },
  }
}

const standsAt = (text: string, phrase: string, at: number): boolean => {
  if (at < 0 || !text.startsWith(phrase, at)) return false
  const end = at + phrase.length
  return !endsInLetter(text.slice(Math.max(0, at - 2), at)) && !isLetter(text.slice(end, end + 2))
}

function* placesOf(text: string, phrase: string): Generator<number> {
  for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) yield at
}

/** Lists that were read lately; all are forgotten when there are so many. */
const read = new Map<string, WordList>()
const mostKept = 200

/** @param list comma-separated; compared without regard to case */
export const wordsOf = (list: string): WordList => {
  const known = read.get(list)
  if (known) return known
  const fresh = readWords(list)
  if (read.size >= mostKept) read.clear()
  read.set(list, fresh)
  return fresh
}
